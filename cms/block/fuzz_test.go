package block

import (
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func addFixtures(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(fixtures, "*", "*", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 4000 {
			f.Add(raw)
		}
	}
}

// FuzzParse: whatever is accepted can be normalised, stored, read again, shown
// as a form and rendered, and says the same all the way.
func FuzzParse(f *testing.F) {
	addFixtures(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			return
		}
		d.Normalize(counter())
		once := string(d.JSON())
		d.Normalize(counter())
		if twice := string(d.JSON()); twice != once {
			t.Fatalf("normalised twice:\n%s\n%s", once, twice)
		}
		back, err := Parse([]byte(once))
		if err != nil {
			t.Fatalf("own JSON is refused: %v\n%s", err, once)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Fatalf("own JSON reads differently:\n%s", diff)
		}
		got, problems := ParseForm(d.Lang, values(d.Form()))
		if len(problems) > 0 {
			t.Fatalf("own form is refused: %v\n%s", problems, once)
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatalf("own form reads differently:\n%s", diff)
		}
		render(t, d, site{d.Lang})
	})
}

// FuzzDecode: the reader of what is stored reads nothing that the careful one
// refuses, and the same as that.
func FuzzDecode(f *testing.F) {
	addFixtures(f)
	f.Add([]byte(`{"doc":{"attrs":{"a":[1,-2,true,{"b":"\\u00e9\\n\""}]},"content":[{"type":"divider"}],"type":"doc"},"lang":"en","schema":1}`))
	f.Add([]byte(`{"doc":{"type":"doc","type":"doc"},"lang":"en","schema":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if d, err := Parse(raw); err == nil {
			d.Normalize(counter())
			if _, ok := decodeStored(string(d.JSON())); !ok {
				t.Fatalf("what is stored is not read as that:\n%s", d.JSON())
			}
		}
		d, ok := decodeStored(string(raw))
		if !ok {
			return
		}
		careful, err := decodeAny(raw)
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		if diff := cmp.Diff(careful, d); diff != "" {
			t.Fatalf("read differently:\n%s", diff)
		}
	})
}

// FuzzRender: even a text that nobody checked renders to balanced, allow-listed
// HTML.
func FuzzRender(f *testing.F) {
	addFixtures(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Decode(raw)
		if err != nil {
			return
		}
		for i := range d.Doc.Content {
			if !topLevel(d.Doc.Content[i].Type) {
				return // HTML answers with an error
			}
		}
		render(t, d, site{"fr"})
		render(t, d, hostile{`"><script>X(1)</script>`})
	})
}

// FuzzDocument renders texts that are valid by construction, which mutating JSON
// seldom yields.
func FuzzDocument(f *testing.F) {
	for i := range byte(8) {
		// Enough bits for a whole document: with too few the generator gives up.
		bits := make([]byte, 64<<10)
		_, _ = rand.NewChaCha8([32]byte{i}).Read(bits)
		f.Add(bits)
	}
	f.Fuzz(rapid.MakeFuzz(rendersSafely))
}

// FuzzInline: what the notation accepts prints to something that reads the same.
func FuzzInline(f *testing.F) {
	for _, s := range append(payloads, "**a __b__ c**", "[a **b**](page:7f3k#k3mq8wzt \"t\" hreflang=nl)", "[[UN]{lang=en abbr=\"United [Nations]\"}](https://a.example/(x))",
		`\*\*a\\ \[b\] {br} {{section_count as_of=2026-11-20}}`, "a]{b [c] (d)", "***x***", "a\nb\r\nc") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := ParseInline(s)
		if err != nil {
			return
		}
		for _, cell := range []bool{false, true} {
			printed := printInline(want, cell)
			got, err := ParseInline(printed)
			if err != nil {
				t.Fatalf("%q printed as %q is refused: %v", s, printed, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q printed as %q reads differently:\n%s", s, printed, diff)
			}
		}
	})
}

// FuzzForm: whatever is typed into a form is either refused with a problem at a
// field, or becomes a document whose form reads back as the same.
func FuzzForm(f *testing.F) {
	for _, typ := range []string{"paragraph", "bullet_list", "ordered_list", "quote", "callout", "table", "heading", "image", "logos", "cards", "contact"} {
		f.Add(typ, "- a\n  b\n\n  c\n  1a. d\n- e\n\ntext", "page:7f3k", "3")
		f.Add(typ, "| a | {colspan=2} b {p} c |\n| {{section_count}} |", "https://a.example/", "")
	}
	f.Fuzz(func(t *testing.T, typ, text, link, number string) {
		const id = "k3mq8wzt"
		v := url.Values{"block": {id + ":" + typ}}
		if spec := specByType[typ]; spec != nil {
			for _, a := range spec.Attrs {
				value := text
				switch a.Type {
				case TypeInt:
					value = number
				case TypeRef, TypeMedia, TypeURL, TypeTarget:
					value = link
				}
				v.Set(fieldName(id, a.Name), value)
				for _, sub := range a.Of {
					v.Set(fieldName(id, a.Name)+".0."+sub.Name, value)
				}
				v.Set(fieldName(id, a.Name)+".0.ref", link)
			}
		}
		v.Set(fieldName(id, "text"), text)
		d, problems := ParseForm("en", v)
		for _, p := range problems {
			if s := p.Text("fr"); strings.HasPrefix(s, "problem.") {
				t.Fatalf("no words for %q", p.Code)
			}
		}
		again := values(d.FormWith(v, problems))
		if specByType[typ] != nil && topLevel(typ) && strings.ReplaceAll(again.Get("b."+id+".text"), "\r\n", "\n") != strings.ReplaceAll(text, "\r\n", "\n") && again.Has("b."+id+".text") {
			t.Fatalf("typed %q, shown again %q", text, again.Get("b."+id+".text"))
		}
		if len(problems) > 0 {
			return
		}
		got, problems := ParseForm("en", values(d.Form()))
		if len(problems) > 0 {
			t.Fatalf("own form is refused: %v\n%s", problems, d.JSON())
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatalf("own form reads differently:\n%s\n%s", diff, d.JSON())
		}
		render(t, d, site{"en"})
	})
}
