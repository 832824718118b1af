package api

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meridian/cms/live"
)

// TestParameters: everything wrong with a request is named, and nothing wrong
// is passed over.
func TestParameters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	long := strings.Repeat("x", 5000)
	item := "/pages/" + s.Page
	for _, tt := range []struct {
		target  string
		pointer string // "" = 200
		code    string
	}{
		{"/pages", "", ""},
		{"/pages?", "", ""},
		{"/pages?lang=fr&section=" + s.About + "&sort=-title&limit=200&count=true&fields=title,url&body=html,markdown,blocks", "", ""},
		{"/news?topic=t-justice&year=2026&sort=date&body=none&count=false", "", ""},
		{"/pages?lang=pt-BR", "", ""},
		{"/pages?lang=zh-Hant", "", ""},
		{item + "?lang=en&body=none&fields=id", "", ""},
		{"/changes?limit=1", "", ""},

		{"/pages?Lang=fr", "/query/Lang", codeUnknown},
		{"/pages?langs=fr", "/query/langs", codeUnknown},
		{"/pages?filter[title]=x&filter[title][contains]=y&filter[updated_at][lt]=2026-01-01T00:00:00%2B02:00&filter[topics][null]=true", "", ""},
		{"/pages?fallback=fr,en&fresh=true&sort=-published_at,title,updated_at&include=section,editions,media,author", "", ""},
		{"/news?filter[date][gte]=2026&filter[date]=2026-03-01&filter[place.city][starts]=Gen&filter[source][null]=false", "", ""},
		{"/news?filter[lead_picture][null]=false", "/query/filter[lead_picture][null]", codeField},
		{"/news?filter[lead_description][starts]=A", "/query/filter[lead_description][starts]", codeField},
		{"/sections?filter[directory]=true&filter[country][in]=BE,FR&filter[local_names.acronym]=X&filter[place][null]=true", "", ""},

		{"/pages?filter=x", "/query/filter", codeUnknown},
		{"/pages?filter[=x", "/query/filter[", codeUnknown},
		{"/pages?filter[title][eq][ne]=x", "/query/filter[title][eq][ne]", codeUnknown},
		{"/pages?filter[title]x=x", "/query/filter[title]x", codeUnknown},
		{"/pages?filter[]=x", "/query/filter[]", codeField},
		{"/pages?filter[colour]=x", "/query/filter[colour]", codeField},
		{"/pages?filter[body]=x", "/query/filter[body]", codeField},
		{"/pages?filter[body][contains]=x", "/query/filter[body][contains]", codeField},
		{"/pages?filter[country]=BE", "/query/filter[country]", codeField},
		{"/pages?filter[title][like]=x", "/query/filter[title][like]", codeOperator},
		{"/pages?filter[title][]=x", "/query/filter[title][]", codeOperator},
		{"/pages?filter[title][EQ]=x", "/query/filter[title][EQ]", codeOperator},
		{"/pages?filter[summary][contains]=x", "/query/filter[summary][contains]", codeOperator},
		{"/pages?filter[updated_at][starts]=2026", "/query/filter[updated_at][starts]", codeOperator},
		{"/sections?filter[place]=x", "/query/filter[place]", codeOperator},
		{"/sections?filter[directory][lt]=true", "/query/filter[directory][lt]", codeOperator},
		{item + "?filter[title]=x", "/query/filter[title]", codeUnknown},
		{"/network?filter[title]=x", "/query/filter[title]", codeUnknown},
		{"/pages?filter[title]=x&filter[title]=y", "/query/filter[title]", codeDuplicate},
		{"/pages?filter[title]=", "/query/filter[title]", codeValue},
		{"/pages?filter[title]=%ff", "/query/filter[title]", codeValue},
		{"/pages?filter[title]=" + long, "/query/filter[title]", codeValue},
		{"/pages?filter[title][in]=a,,b", "/query/filter[title][in]", codeValue},
		{"/pages?filter[title][in]=" + strings.Repeat("a,", 50) + "a", "/query/filter[title][in]", codeValue},
		{"/pages?filter[title][null]=yes", "/query/filter[title][null]", codeValue},
		{"/pages?filter[updated_at][gt]=2026-01-01", "/query/filter[updated_at][gt]", codeValue},
		{"/pages?filter[topics]=t-other", "/query/filter[topics]", codeValue},
		{"/pages?filter[topics][in]=t-justice,t-other", "/query/filter[topics][in]", codeValue},
		{"/pages?filter[owner]=x", "/query/filter[owner]", codeValue},
		{"/pages?filter[id][in]=x", "/query/filter[id][in]", codeValue},
		{"/news?filter[date]=2026", "/query/filter[date]", codeValue},
		{"/news?filter[date][gt]=2026-01", "/query/filter[date][gt]", codeValue},
		{"/news?filter[date][starts]=26", "/query/filter[date][starts]", codeValue},
		{"/sections?filter[directory]=1", "/query/filter[directory]", codeValue},
		{"/pages?fallback=", "/query/fallback", codeValue},
		{"/pages?fallback=en,en", "/query/fallback", codeValue},
		{"/pages?fallback=en,und", "/query/fallback", codeValue},
		{"/pages?fallback=aa,ab,ac,ad,ae,af,ag,ah,ai,aj,ak", "/query/fallback", codeValue},
		{item + "?fallback=en", "/query/fallback", codeUnknown},
		{"/pages?fresh=1", "/query/fresh", codeValue},
		{"/pages?include=", "/query/include", codeValue},
		{"/pages?include=section,body", "/query/include", codeValue},
		{item + "?include=user", "/query/include", codeValue},
		{"/pages?sort=title,title", "/query/sort", codeValue},
		{"/pages?sort=title,-title", "/query/sort", codeValue},
		{"/pages?sort=title,", "/query/sort", codeValue},
		{"/pages?sort=,title", "/query/sort", codeValue},
		{"/news?sort=title,date,published_at,updated_at", "/query/sort", codeValue},
		{"/tree?depth=0", "/query/depth", codeValue},
		{"/tree?depth=21", "/query/depth", codeValue},
		{"/tree?lang=und", "/query/lang", codeValue},
		{"/tree?limit=1", "/query/limit", codeUnknown},
		{"/resolve", "/query/url", codeValue},
		{"/resolve?url=", "/query/url", codeValue},
		{"/resolve?url=en/about-us", "/query/url", codeValue},
		{"/resolve?url=https://elsewhere.example/en/about-us/", "/query/url", codeValue},
		{"/resolve?url=//elsewhere.example/en/about-us/", "/query/url", codeValue},
		{"/resolve?url=javascript:/en/", "/query/url", codeValue},
		{"/resolve?url=/" + long, "/query/url", codeValue},
		{"/resolve?url=/en/&lang=en", "/query/lang", codeUnknown},
		{"/pages?a/b~c=1", "/query/a~1b~0c", codeUnknown},
		{"/pages?%00=1", "/query/\x00", codeUnknown},
		{"/pages?=1", "/query/", codeUnknown},
		{"/pages?_method=DELETE", "/query/_method", codeUnknown},
		{"/pages?year=2026", "/query/year", codeUnknown},
		{"/sections?topic=t-justice", "/query/topic", codeUnknown},
		{"/changes?lang=fr", "/query/lang", codeUnknown},
		{"?lang=fr", "/query/lang", codeUnknown},
		{item + "?limit=1", "/query/limit", codeUnknown},
		{item + "?sort=title", "/query/sort", codeUnknown},
		{"/pages?lang=fr&lang=fr", "/query/lang", codeDuplicate},
		{"/pages?lang=fr;limit=1", "/query", codeMalformed},
		{"/pages?lang=%zz", "/query", codeMalformed},

		{"/pages?lang=", "/query/lang", codeValue},
		{"/pages?lang=und", "/query/lang", codeValue},
		{"/pages?lang=FR", "/query/lang", codeValue},
		{"/pages?lang=fr%00", "/query/lang", codeValue},
		{item + "?lang=und", "/query/lang", codeValue},
		{item + "?lang=*", "/query/lang", codeValue},
		{"/pages?limit=0", "/query/limit", codeValue},
		{"/pages?limit=-1", "/query/limit", codeValue},
		{"/pages?limit=201", "/query/limit", codeValue},
		{"/pages?limit=1000000000", "/query/limit", codeValue},
		{"/pages?limit=99999999999999999999", "/query/limit", codeValue},
		{"/pages?limit=%2B5", "/query/limit", codeValue},
		{"/pages?limit=05", "/query/limit", codeValue},
		{"/pages?limit=5.0", "/query/limit", codeValue},
		{"/pages?limit=", "/query/limit", codeValue},
		{"/pages?count=1", "/query/count", codeValue},
		{"/pages?count=TRUE", "/query/count", codeValue},
		{"/pages?sort=", "/query/sort", codeValue},
		{"/pages?sort=hash", "/query/sort", codeValue},
		{"/pages?sort=date", "/query/sort", codeValue},
		{"/pages?sort=--title", "/query/sort", codeValue},
		{"/pages?sort=title,url", "/query/sort", codeValue},
		{"/pages?sort=position", "/query/sort", codeValue},
		{"/pages?sort=" + url.QueryEscape("title;drop table entries--"), "/query/sort", codeValue},
		{"/pages?sort=" + url.QueryEscape("(case when 1=1 then id end)"), "/query/sort", codeValue},
		{"/news?year=26", "/query/year", codeValue},
		{"/news?year=2026-01", "/query/year", codeValue},
		{"/news?topic=", "/query/topic", codeValue},
		{"/news?topic=t-other", "/query/topic", codeValue},
		{"/news?topic=" + url.QueryEscape("' or 1=1 --"), "/query/topic", codeValue},
		{"/pages?section=", "/query/section", codeValue},
		{"/pages?section=nowhere", "/query/section", codeValue},
		{"/pages?section=/en/nowhere/", "/query/section", codeValue},
		{"/pages?section=und/", "/query/section", codeValue},
		{"/pages?section=" + s.Page, "/query/section", codeValue},
		{"/pages?section=" + s.Draft, "/query/section", codeValue},
		{"/pages?section=00000000000000000000000000", "/query/section", codeValue},
		{"/pages?section=en/about-us/our-mission", "/query/section", codeValue},
		{"/pages?section=" + long, "/query/section", codeValue},
		{"/pages?section=https://elsewhere.example/en/about-us/", "/query/section", codeValue},
		{"/pages?fields=", "/query/fields", codeValue},
		{"/pages?fields=title,", "/query/fields", codeValue},
		{"/pages?fields=title,title", "/query/fields", codeValue},
		{"/pages?fields=Title", "/query/fields", codeValue},
		{"/pages?fields=password_hash", "/query/fields", codeValue},
		{"/pages?fields=facts.note", "/query/fields", codeValue},
		{"/pages?body=", "/query/body", codeValue},
		{"/pages?body=text", "/query/body", codeValue},
		{"/pages?body=html,none", "/query/body", codeValue},
		{"/pages?body=html,html", "/query/body", codeValue},
		{"/pages?cursor=", "/query/cursor", codeCursor},
		{"/pages?cursor=x", "/query/cursor", codeCursor},
		{"/pages?cursor=" + long, "/query/cursor", codeCursor},
		{"/changes?since=", "/query/since", codeCursor},
		{"/changes?since=5", "/query/since", codeCursor},
		{"/changes?since=a.-1", "/query/since", codeCursor},
		{"/changes?since=a.01", "/query/since", codeCursor},
		{"/changes?since=a.b", "/query/since", codeCursor},
		{"/changes?since=A.1", "/query/since", codeCursor},
		{"/changes?since=" + long + ".1", "/query/since", codeCursor},
		{"/changes?limit=201", "/query/limit", codeValue},
	} {
		w := s.do(t, http.MethodGet, Root+tt.target)
		if tt.pointer == "" {
			if w.Code != http.StatusOK {
				t.Errorf("GET %s = %d, want 200: %s", tt.target, w.Code, w.Body)
			}
			continue
		}
		var p Problem
		decode(t, w.Body.Bytes(), &p)
		if w.Code != http.StatusBadRequest || p.Status != w.Code || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s = %d %v: %s", tt.target, w.Code, w.Header(), w.Body)
			continue
		}
		if !slices.ContainsFunc(p.Errors, func(f Fault) bool { return f.Pointer == tt.pointer && f.Code == tt.code }) {
			t.Errorf("GET %s: errors %+v, want %s at %s", tt.target, p.Errors, tt.code, tt.pointer)
		}
	}
}

// TestParametersAllAtOnce: one answer names every fault, and is bounded
// whatever was sent.
func TestParametersAllAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var p Problem
	decode(t, s.get(t, Root+"/pages?lang=X&limit=0&colour=red", http.StatusBadRequest), &p)
	if len(p.Errors) != 3 {
		t.Errorf("errors = %+v, want three", p.Errors)
	}
	var many strings.Builder
	for i := range 1000 {
		many.WriteString("&p" + strings.Repeat("<", i%200) + "=1")
	}
	b := s.get(t, Root+"/pages?x=1"+many.String(), http.StatusBadRequest)
	if len(b) > 20_000 || bytes.ContainsAny(b, "<") {
		t.Errorf("answer of %d bytes, want it bounded and escaped", len(b))
	}
}

// TestSection: an id, an address with or without slashes, and an old address
// name the same section.
func TestSection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var want list
	s.into(t, Root+"/pages?section="+s.Belgium, &want)
	if len(want.Items) != 1 || want.Items[0].ID != s.BEPage {
		t.Fatalf("pages of Belgium = %+v", want.Items)
	}
	for _, section := range []string{"en/belgium", "/en/belgium/", "fr/belgique", "/fr/belgique", "https://site.example/fr/belgique/"} {
		var got list
		s.into(t, Root+"/pages?section="+url.QueryEscape(section), &got)
		if len(got.Items) != 1 || got.Items[0].ID != s.BEPage {
			t.Errorf("section=%s: %+v", section, got.Items)
		}
	}
	var all, root list
	s.into(t, Root+"/pages", &all)
	s.into(t, Root+"/pages?section=/en/", &root)
	if len(all.Items) != 2 || len(root.Items) != 2 {
		t.Errorf("all %d, below the root %d, want 2 and 2", len(all.Items), len(root.Items))
	}
}

// TestParams: the page cache learns of exactly the parameters that the
// handlers take.
func TestParams(t *testing.T) { // alone, because it counts allocations
	for _, r := range routes() {
		path := strings.ReplaceAll(r.path, ":id", "00000000000000000000000000")
		if got := Params(path); !slices.Equal(got, r.params.list()) {
			t.Errorf("Params(%s) = %v, want %v", path, got, r.params.list())
		}
	}
	for _, path := range []string{"", "/", "/en/", "/api/v1x", "/api/v1/users", "/api/v1/pages/", "/api/v1/pages/a/b", "/api/v1/changes/x"} {
		if got := Params(path); got != nil {
			t.Errorf("Params(%s) = %v, want none", path, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Params("/api/v1/pages/00000000000000000000000000") }); n > 0 {
		t.Errorf("Params allocates %v times", n)
	}
}

// TestRoutesCoverKinds: a kind that is public can be read.
func TestRoutesCoverKinds(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, r := range routes() {
		paths = append(paths, r.path)
	}
	for _, k := range live.Kinds {
		if !slices.Contains(paths, Root+"/"+k.Plural) || !slices.Contains(paths, Root+"/"+k.Plural+"/:id") {
			t.Errorf("no routes for %s in %v", k.Name, paths)
		}
	}
}
