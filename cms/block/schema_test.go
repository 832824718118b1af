package block_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"meridian/cms/api"
	"meridian/cms/block"
)

// schema is what the JSON interface says of texts.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(api.Description()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///openapi.json#/components/schemas/Text")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// publishable reports whether a text may be published as it is.
func publishable(d *block.Document) bool {
	return !slices.ContainsFunc(d.Checks(block.Inert{}), func(f block.Finding) bool { return f.Severity == block.Error })
}

// TestTextsAreAsDescribed: whatever can be published is as the description of
// the JSON interface says.
func TestTextsAreAsDescribed(t *testing.T) {
	t.Parallel()
	s := schema(t)
	validate := func(d *block.Document) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.JSON()))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
	files, err := filepath.Glob("../../web/testdata/blocks/*/valid/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d texts: %v", len(files), err)
	}
	published := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := block.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		d.Normalize(block.Counter())
		if !publishable(d) {
			continue
		}
		for _, n := range d.Doc.Content {
			published[n.Type] = true
		}
		if err := validate(d); err != nil {
			t.Errorf("%s: %v\n%s", file, err, d.JSON())
		}
	}
	for _, b := range block.Specs() {
		if b.Kind != block.KindPart && !published[b.Type] {
			t.Errorf("no text with %s was looked at", b.Type)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := block.GenDocument().Draw(t, "text")
		if d.Validate() != nil {
			t.Skip("not valid")
		}
		d.Normalize(block.Counter())
		// One block that is not finished would hide all others.
		d.Doc.Content = slices.DeleteFunc(d.Doc.Content, func(n block.Node) bool {
			one := block.Empty(d.Lang)
			one.Doc.Content = []block.Node{n}
			return !publishable(one)
		})
		if err := validate(d); err != nil {
			t.Fatalf("%v\n%s", err, d.JSON())
		}
	})
}
