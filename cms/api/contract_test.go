package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract compares answers with the description: every answer of every test
// of this package passes through it (see site.do).
type contract struct {
	doc     map[string]any
	answers map[string]any // of paths
	when    []string       // all conditions there are

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

var described = sync.OnceValue(func() *contract {
	c := &contract{doc: decoded(Description()), compiled: map[string]*jsonschema.Schema{}}
	c.answers = c.doc["paths"].(map[string]any)
	seen := map[string]bool{}
	each(c.doc, func(m map[string]any) {
		for _, w := range whenOf(m) {
			seen[w] = true
		}
	})
	c.when = slices.Sorted(maps.Keys(seen))
	return c
})

// decoded decodes an object as the validator wants it.
func decoded(b []byte) map[string]any {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	return v.(map[string]any)
}

// each calls f for every object in a value.
func each(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, e := range v {
			each(e, f)
		}
	case []any:
		for _, e := range v {
			each(e, f)
		}
	}
}

func whenOf(m map[string]any) []string {
	list, _ := m["x-when"].([]any)
	var out []string
	for _, w := range list {
		out = append(out, w.(string))
	}
	return out
}

// asked returns the conditions that a request to a path meets.
func (c *contract) asked(path string, query url.Values) map[string]bool {
	values := map[string][]string{}
	if p, ok := c.answers[path].(map[string]any); ok {
		list, _ := p["get"].(map[string]any)["parameters"].([]any)
		for _, p := range list {
			p := c.follow(p.(map[string]any))
			if d, ok := p["schema"].(map[string]any)["default"]; ok {
				values[p["name"].(string)] = strings.Split(strings.Trim(strings.ReplaceAll(fmt.Sprint(d), " ", ","), "[]"), ",")
			}
		}
	}
	for name := range query {
		values[name] = strings.Split(query.Get(name), ",")
	}
	out := map[string]bool{}
	for _, w := range c.when {
		name, value, has := strings.Cut(w, "=")
		switch {
		case has && slices.Contains(values[name], value), !has && query.Has(name) && query.Get(name) != "none":
			out[w] = true
		}
	}
	return out
}

func (c *contract) follow(m map[string]any) map[string]any {
	ref, ok := m["$ref"].(string)
	if !ok {
		return m
	}
	var v any = c.doc
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		v = v.(map[string]any)[part]
	}
	return v.(map[string]any)
}

// settled returns a copy of a schema in which it is decided what the request
// gets: members that were asked for are required, the others are not there.
func settled(v any, asked map[string]bool) any {
	met := func(m map[string]any) bool {
		return slices.ContainsFunc(whenOf(m), func(w string) bool { return asked[w] })
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = settled(e, asked)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, e := range v {
			out[name] = settled(e, asked)
		}
		if properties, ok := v["properties"].(map[string]any); ok {
			required, _ := v["required"].([]any)
			required = slices.Clone(required)
			kept := out["properties"].(map[string]any)
			for name, p := range properties {
				if m := p.(map[string]any); m["x-when"] == nil {
					continue
				} else if met(m) {
					required = append(required, name)
				} else {
					delete(kept, name)
				}
			}
			if len(required) > 0 {
				out["required"] = required
			}
		}
		if of, ok := v["anyOf"].([]any); ok {
			wanted := slices.ContainsFunc(of, func(e any) bool { return met(e.(map[string]any)) })
			var kept []any
			for _, e := range of {
				if m := e.(map[string]any); m["x-when"] == nil && !wanted || met(m) {
					kept = append(kept, settled(e, asked))
				}
			}
			out["anyOf"] = kept
		}
		if by, ok := v["discriminator"].(map[string]any); ok {
			choose(out, by["propertyName"].(string), by["mapping"].(map[string]any))
		}
		return out
	}
	return v
}

// choose looks at the member that tells alternatives apart, in place of trying
// them all, as the discriminator says.
func choose(schema map[string]any, member string, mapping map[string]any) {
	null := slices.ContainsFunc(schema["oneOf"].([]any), func(e any) bool { return e.(map[string]any)["type"] == "null" })
	delete(schema, "oneOf")
	var values, all []any
	for value, ref := range mapping {
		values = append(values, value)
		is := map[string]any{"required": []any{member}, "properties": map[string]any{member: map[string]any{"const": value}}}
		all = append(all, map[string]any{"if": is, "then": map[string]any{"$ref": ref}})
	}
	one := map[string]any{"type": "object", "required": []any{member}, "properties": map[string]any{member: map[string]any{"enum": values}}, "allOf": all}
	if null {
		schema["if"] = map[string]any{"type": "null"}
		schema["else"] = one
		return
	}
	maps.Copy(schema, one)
}

// schema compiles the schema at a pointer for requests that meet conditions.
func (c *contract) schema(pointer string, asked map[string]bool) (*jsonschema.Schema, error) {
	key := fmt.Sprint(slices.Sorted(maps.Keys(asked)), pointer)
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.compiled[key]; ok {
		return s, nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	doc := map[string]any{
		"paths":      settled(c.answers, asked),
		"components": map[string]any{"schemas": settled(c.doc["components"].(map[string]any)["schemas"], asked)},
	}
	if err := compiler.AddResource("mem:///openapi.json", doc); err != nil {
		return nil, err
	}
	s, err := compiler.Compile("mem:///openapi.json#" + pointer)
	c.compiled[key] = s
	return s, err
}

// route returns the described path that a target is an address of, "" for none.
func (c *contract) route(path string) string {
	if path == Root+"/" {
		return Root
	}
	if _, ok := c.answers[path]; ok {
		return path
	}
	if i := strings.LastIndexByte(path, '/'); i > len(Root) && i+1 < len(path) {
		if _, ok := c.answers[path[:i]+"/{id}"]; ok {
			return path[:i] + "/{id}"
		}
	}
	return ""
}

const problemPointer = "/components/schemas/Problem"

// of returns the schema of an answer with a status to a request.
func (c *contract) of(method, target string, status int) (*jsonschema.Schema, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	path := c.route(u.Path)
	if path == "" || method != http.MethodGet && method != http.MethodHead {
		return c.schema(problemPointer, nil)
	}
	responses := c.answers[path].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)
	r, ok := responses[fmt.Sprint(status)].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the status %d of %s is not described", status, path)
	}
	for typ := range r["content"].(map[string]any) {
		escape := strings.NewReplacer("~", "~0", "/", "~1").Replace
		pointer := strings.Join([]string{"", "paths", escape(path), "get", "responses", fmt.Sprint(status), "content", escape(typ), "schema"}, "/")
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil {
			query = url.Values{}
		}
		return c.schema(strings.NewReplacer("{", "%7B", "}", "%7D", "+", "%2B").Replace(pointer), c.asked(path, query))
	}
	return nil, fmt.Errorf("the answer %d of %s has no described content", status, path)
}

// compare holds an answer against the description.
func (c *contract) compare(method, target string, w *httptest.ResponseRecorder) error {
	if method == http.MethodOptions && w.Code == http.StatusNoContent {
		return nil
	}
	if path, _, _ := strings.Cut(target, "?"); Owns(path) && !strings.HasPrefix(path, Root) && w.Code < http.StatusBadRequest {
		return nil // for people
	}
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	if path := c.route(u.Path); path != "" && (method == http.MethodGet || method == http.MethodHead) {
		if err := c.compareHeaders(path, w); err != nil {
			return err
		}
	}
	if w.Code == http.StatusNotModified || w.Body.Len() == 0 {
		return nil
	}
	s, err := c.of(method, target, w.Code)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// compareHeaders wants the described type and headers, and none that a reader
// of the description would not expect.
func (c *contract) compareHeaders(path string, w *httptest.ResponseRecorder) error {
	responses := c.answers[path].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)
	r, ok := responses[fmt.Sprint(w.Code)].(map[string]any)
	if !ok {
		return fmt.Errorf("the status %d of %s is not described", w.Code, path)
	}
	if content, ok := r["content"].(map[string]any); ok {
		typ, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		if _, ok := content[typ]; !ok {
			return fmt.Errorf("%s answers %d with the type %q", path, w.Code, typ)
		}
	}
	headers, _ := r["headers"].(map[string]any)
	for _, name := range []string{"ETag", "Cache-Control", "Last-Modified", "Content-Language", "Link", "Retry-After"} {
		h, described := headers[name].(map[string]any)
		value := w.Header().Get(name)
		if value != "" && !described {
			return fmt.Errorf("%s answers %d with the header %s, which is not described", path, w.Code, name)
		}
		if value == "" && described && c.follow(h)["required"] == true {
			return fmt.Errorf("%s answers %d without the header %s", path, w.Code, name)
		}
	}
	return nil
}

// wantDescribed fails for an answer that is not as it is described.
func wantDescribed(t testing.TB, method, target string, w *httptest.ResponseRecorder) {
	t.Helper()
	if err := described().compare(method, target, w); err != nil {
		body := w.Body.Bytes()
		if len(body) > 1000 {
			body = body[:1000]
		}
		t.Errorf("%s %s is not as described: %.1000s\n%s", method, target, err.Error(), body)
	}
}

// TestDescription: the document is valid by the schema of OpenAPI 3.1, whole,
// and answers like everything else.
func TestDescription(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.get(t, DescriptionPath, http.StatusOK)
	if !bytes.Equal(b, Description()) {
		t.Error("it is another one than Description returns")
	}
	if !json.Valid(b) {
		t.Fatal("it is not JSON")
	}
	c := jsonschema.NewCompiler()
	c.AssertVocabs()
	for _, name := range []string{"schema", "schema-base", "dialect", "meta"} {
		v := decoded(read(t, "testdata/openapi-3.1/"+name+".json"))
		if err := c.AddResource(v["$id"].(string), v); err != nil {
			t.Fatal(err)
		}
	}
	meta, err := c.Compile("https://spec.openapis.org/oas/3.1/schema-base/WORK-IN-PROGRESS")
	if err != nil {
		t.Fatal(err)
	}
	doc := decoded(b)
	doc["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/WORK-IN-PROGRESS"
	if err := meta.Validate(doc); err != nil {
		t.Errorf("not an OpenAPI document: %v", err)
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	used := map[string]bool{}
	each(doc, func(m map[string]any) {
		ref, ok := m["$ref"].(string)
		if !ok {
			return
		}
		if rest, ok := strings.CutPrefix(ref, "#/components/schemas/"); ok {
			used[rest] = true
			if _, ok := schemas[rest]; !ok {
				t.Errorf("%s leads nowhere", ref)
			}
		}
	})
	for name := range schemas {
		if !used[name] && name != "Problem" {
			t.Errorf("the schema %s is used nowhere", name)
		}
	}
	// Closed: an object that says nothing of further members takes any.
	for name, v := range schemas {
		each(v, func(m map[string]any) {
			if m["properties"] != nil && m["additionalProperties"] != false {
				t.Errorf("an object in %s is open", name)
			}
		})
	}
}

// TestContractIsFelt: what the description does not say is found.
func TestContractIsFelt(t *testing.T) {
	t.Parallel()
	for _, answer := range []struct {
		target, body string
		code         int
	}{
		{Root + "/changes", `{"items":[],"more":false}`, 200},
		{Root + "/changes", `{"items":[],"next":"https://site.example/","more":false,"x":1}`, 200},
		{Root + "/pages/x", `{}`, 404},
		{Root + "/pages", `{}`, 404},
		{Root + "/nothing", `{"type":"urn:meridian:problem:other"}`, 404},
	} {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", freshness)
		w.Header().Set("ETag", `"x"`)
		w.WriteHeader(answer.code)
		w.WriteString(answer.body)
		if err := described().compare(http.MethodGet, answer.target, w); err == nil {
			t.Errorf("%s %d %s passes", answer.target, answer.code, answer.body)
		}
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
