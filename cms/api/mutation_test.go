package api

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// goldenTargets are the requests that the goldens answer, as far as the
// description asks: the address, and the parameters that decide what is there.
var goldenTargets = map[string]string{
	"changes": "/changes", "changes-none": "/changes", "index": "", "tree": "/tree",
	"include-item": "/sections/x?fields=id&include=section,author", "include-list": "/pages?fields=title&include=section,editions,media,author",
	"page-blocks": "/pages/x?body=blocks&fields=id", "network": "/network", "network-former": "/network", "network-none": "/network",
	"sections": "/sections", "section-organisation": "/sections/x", "section-root": "/sections/x?body=none",
	"pages-empty": "/pages?count=true", "page-original": "/pages/x?body=blocks,html,markdown", "page-translation": "/pages/x?body=html",
	"news": "/news/x", "news-first-page": "/news?count=true", "news-next": "/news", "news-fields": "/news?fields=title,url,section&body=html",
	"resolve-moved": "/resolve?url=x&fields=title,url,language", "resolve-news": "/resolve?url=x&fields=title", "resolve-term": "/resolve?url=x",
	"problem-parameters": "/pages", "problem-not-found": "/pages/x", "problem-language": "/pages/x", "problem-gone": "/pages/x", "problem-resync": "/changes",
	"problem-resolve": "/resolve?url=x", "problem-network": "/network", "problem-unknown-route": "/pages/x/secret", "problem-method": "/pages",
}

// mayLack are the members that an answer may be without, and why. Anything
// else that goes missing is found.
var mayLack = map[string]string{
	`/(facts|fields)/(\w+)$`:                "a field nobody filled in has no value",
	`/facts/(place|local_names/\d+)/(\w+)$`: "nor has a part of one",
	`/names/[a-z]{2}$`:                      "a site has a name in the languages it has one in",
	// What says nothing is left out of texts.
	`/attrs/(alt|anchor|as_of|caption|cite|decorative|dir|headerCol|headerRow|hreflang|inline|link|media|note|query|region|role|show|source|source_ref|source_url|title)$`: "the editor gave none",
	`/attrs/(inline|query|items/\d+)/\w+$`:                                   "nor a part of one",
	`/content/\d+/marks$|/caption/\d+/marks$`:                                "plain words have no marks",
	`/content/\d+/.*/content/\d+/content$|/content/\d+/content/\d+/content$`: "a paragraph in a cell or in an item of a list may be empty",
	`/content/\d+/content/\d+/content/\d+/attrs$`:                            "a cell is one column wide",
	`/doc/content$`: "a text may be empty",
}

// mustHave are exceptions from mayLack.
var mustHave = regexp.MustCompile(`/facts/date$`)

// mayBeNull are the members that can have no value, and so may be null.
var mayBeNull = strings.Fields(`
	type section source_revision as_of translation body image requested next url point country region corrected date term item
	editions media author`)

// TestMutations: no golden can lose, rename or gain a member, or change the
// type of a value, without the description saying no.
func TestMutations(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) != len(goldenTargets) {
		t.Fatalf("%d goldens, want %d: each needs a line in goldenTargets (%v)", len(names), len(goldenTargets), err)
	}
	var all, passed int
	excused := map[string]bool{}
	for _, name := range names {
		m := mutated(t, name, excused)
		all, passed = all+m.tried, passed+m.passed
	}
	for pattern, why := range mayLack {
		if !excused[pattern] {
			t.Errorf("no golden needs the excuse %q (%s)", pattern, why)
		}
	}
	t.Logf("%d mutations, %d of them excused", all, passed)
	if all < 8000 {
		t.Errorf("only %d mutations", all)
	}
}

// mutation is a golden that is changed in one place after another.
type mutation struct {
	testing.TB
	name          string
	root          any
	schema, block *jsonschema.Schema
	excused       map[string]bool
	tried, passed int
}

func mutated(t *testing.T, name string, excused map[string]bool) *mutation {
	t.Helper()
	head, body, ok := bytes.Cut(read(t, name), []byte("\n\n"))
	status, err := strconv.Atoi(string(head[:3]))
	if !ok || err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	target, method := goldenTargets[strings.TrimSuffix(filepath.Base(name), ".txt")], http.MethodGet
	if strings.HasSuffix(name, "problem-method.txt") {
		method = http.MethodPost
	}
	m := &mutation{TB: t, name: name, excused: excused}
	if m.root, err = jsonschema.UnmarshalJSON(bytes.NewReader(unscrubbed(body))); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if m.schema, err = described().of(method, Root+target, status); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if m.block, err = described().schema("/components/schemas/"+blockName, nil); err != nil {
		t.Fatal(err)
	}
	if err := m.schema.Validate(m.root); err != nil {
		t.Errorf("%s itself is not as described: %v", name, err)
		return m
	}
	m.walk("", m.root, func(v any) { m.root = v })
	return m
}

// topBlock is the pointer of a block of a text.
var topBlock = regexp.MustCompile(`/blocks/doc/content/\d+$`)

var scrubbed = regexp.MustCompile(`\b(ROOT|ABOUT|BELGIUM|PAGE|NEWS|BEPAGE|DRAFT|ID-\d+)\b`)

// unscrubbed puts something random in the place of the names that stand for it
// in goldens; see readable.
func unscrubbed(b []byte) []byte {
	b = scrubbed.ReplaceAll(b, []byte("01m88yxtm0nw70tdp895pvfzqn"))
	return []byte(strings.NewReplacer("INSTALLATION", "01m88yxtm0", "EPOCH", "abc", `"HASH"`, `"`+strings.Repeat("0a", 32)+`"`, `"BLOCK"`, `"abcdefgh"`).Replace(string(b)))
}

// try wants the changed golden to be refused.
func (m *mutation) try(pointer, what, excuse string) {
	m.tried++
	if m.schema.Validate(m.root) != nil {
		return
	}
	if m.passed++; excuse == "" {
		m.Errorf("%s: %s of %s passes", m.name, what, pointer)
	}
	m.excused[excuse] = true
}

// walk changes a value and all in it; set puts another one in its place.
func (m *mutation) walk(pointer string, v any, set func(any)) {
	member := pointer[strings.LastIndexByte(pointer, '/')+1:]
	for _, other := range []any{"text", 7.5, true, nil, map[string]any{}, []any{}} {
		if fmt.Sprintf("%T", other) == fmt.Sprintf("%T", v) || other == 7.5 && isNumber(v) {
			continue
		}
		set(other)
		excuse := ""
		if other == nil && slices.Contains(mayBeNull, member) || v == nil && member == "media" {
			excuse = "null"
		}
		m.try(pointer, fmt.Sprintf("the type %T", other), excuse)
	}
	set(v)
	if topBlock.MatchString(pointer) { // the rest of the answer has nothing to do with it
		root, schema := m.root, m.schema
		m.root, m.schema = v, m.block
		defer func() { m.root, m.schema = root, schema }()
	}
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			m.walk(pointer+"/"+strconv.Itoa(i), e, func(x any) { v[i] = x })
		}
	case map[string]any:
		v["unknown_member"] = "x"
		m.try(pointer, "an unknown member", "")
		delete(v, "unknown_member")
		for _, name := range slices.Sorted(maps.Keys(v)) {
			value, at := v[name], pointer+"/"+name
			delete(v, name)
			m.try(at, "the loss", lackable(at))
			v[name+"_x"] = value
			m.try(at, "another name", "")
			delete(v, name+"_x")
			v[name] = value
			m.walk(at, value, func(x any) { v[name] = x })
		}
	}
}

// lackable returns the pattern that excuses the loss of a member, "" for none.
func lackable(pointer string) string {
	if mustHave.MatchString(pointer) {
		return ""
	}
	for _, l := range mayLackForms {
		if l.MatchString(pointer) {
			return l.String()
		}
	}
	return ""
}

var mayLackForms = func() (list []*regexp.Regexp) {
	for _, pattern := range slices.Sorted(maps.Keys(mayLack)) {
		list = append(list, regexp.MustCompile(pattern))
	}
	return list
}()

func isNumber(v any) bool {
	switch v.(type) {
	case float64, interface{ Int64() (int64, error) }:
		return true
	}
	return false
}
