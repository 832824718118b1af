package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/data/demo"
)

const demoSecret = "seven-sections-and-a-sea"

// demoServer serves the demonstration network on a real listener.
func demoServer(t *testing.T) *httptest.Server {
	t.Helper()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: demoSecret}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{Install: cms.Install}), handlerOptions{Base: base, CacheBytes: 8 << 20, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = h
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// item is what the test reads of an item.
type item struct {
	ID, Lang, Title string
	OriginalLang    string `json:"original_lang"`
	Type            string
	Facts           map[string]any
	Editions        []struct{ Lang string }
	Translation     *struct {
		Fresh, Machine bool
		BlocksBehind   int `json:"blocks_behind"`
	}
}

// TestDemonstrationNumbers counts through public HTTP alone.
func TestDemonstrationNumbers(t *testing.T) {
	t.Parallel()
	srv := demoServer(t)
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	want := net.Expectations
	list := func(query string) (items []item, count int) {
		var l struct {
			Items []item
			Count int
			Next  *string
		}
		getJSON(t, srv.URL+"/api/v1/"+query, &l)
		if l.Next != nil {
			t.Fatalf("%s has more than one page", query)
		}
		return l.Items, l.Count
	}
	sections, _ := list("sections?lang=en&limit=200&count=true")
	members, regions := 0, map[string]int{}
	for _, s := range sections {
		if s.Type == "organisation" && s.Facts["status"] == "member" {
			members++
			region, _ := s.Facts["region"].(string)
			regions[region]++
		}
	}
	if members != want.Sections {
		t.Errorf("%d member sections, want %d", members, want.Sections)
	}
	for r, n := range want.SectionsByRegion {
		if regions[r] != n {
			t.Errorf("%s: %d sections, want %d", r, regions[r], n)
		}
	}
	for lang, n := range want.NewsByLanguage {
		if _, got := list("news?count=true&limit=200&lang=" + lang); got != n {
			t.Errorf("news in %s: %d, want %d", lang, got, n)
		}
	}
	name := map[string]string{}
	for _, n := range net.News {
		name[n.Title["en"]] = n.ID
	}
	var missing, behind, foreign []string
	news, _ := list("news?limit=200&lang=en")
	if len(news) != want.News {
		t.Errorf("%d news, want %d", len(news), want.News)
	}
	for _, n := range news {
		if n.OriginalLang != "en" {
			foreign = append(foreign, name[n.Title])
		}
		if !slices.ContainsFunc(n.Editions, func(e struct{ Lang string }) bool { return e.Lang == "nl" }) {
			missing = append(missing, name[n.Title])
			continue
		}
		var nl item
		getJSON(t, srv.URL+"/api/v1/news/"+n.ID+"?lang=nl", &nl)
		if nl.Translation != nil && !nl.Translation.Fresh {
			behind = append(behind, name[n.Title])
		}
	}
	for what, pair := range map[string][2][]string{
		"news_missing_nl": {missing, want.NewsMissingNL}, "news_outdated_nl": {behind, want.NewsOutdatedNL}, "news_original_not_en": {foreign, want.NewsNotEnglish},
	} {
		slices.Sort(pair[0])
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	// The twelve written texts, each at its own address as HTML.
	written := 0
	for _, p := range net.Pages {
		for _, n := range net.Tree {
			if n.ID != p.ID {
				continue
			}
			path := "/en/" + n.Slug["en"]
			switch {
			case n.ID == "home":
				path = "/en/"
			case n.Parent != "":
				for _, up := range net.Tree {
					if up.ID == n.Parent {
						path = "/en/" + up.Slug["en"] + "/" + n.Slug["en"]
					}
				}
			}
			res, err := http.Get(srv.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK && strings.Contains(string(body), strings.ReplaceAll(p.Summary["en"], "'", "&#39;")) {
				written++
			} else {
				t.Errorf("%s: %s, without its summary", path, res.Status)
			}
		}
	}
	if written != want.Pages {
		t.Errorf("%d written texts, want %d", written, want.Pages)
	}
	for _, r := range net.Redirects {
		res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(srv.URL + r.From)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusMovedPermanently {
			t.Errorf("%s: %s", r.From, res.Status)
		}
		if res, err = http.Get(srv.URL + res.Header.Get("Location")); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s does not lead to a page in one hop: %v, %v", r.From, res, err)
		}
	}
}

// browserLike is a client that sends what browsers send with their forms.
type browserLike struct {
	t    *testing.T
	base string
	c    *http.Client
}

func newBrowserLike(t *testing.T, base string) *browserLike {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browserLike{t, base, &http.Client{Jar: jar}}
}

func (b *browserLike) get(path string) string {
	b.t.Helper()
	res, err := b.c.Get(b.base + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		b.t.Fatalf("GET %s: %s", path, res.Status)
	}
	return string(body)
}

func (b *browserLike) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", b.base)
	res, err := b.c.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// TestEditPublishAndSeeIt is the journey of the issue: sign in, change a page
// of the demonstration, publish it, and find it in the next HTML and JSON.
func TestEditPublishAndSeeIt(t *testing.T) {
	t.Parallel()
	srv := demoServer(t)
	b := newBrowserLike(t, srv.URL)
	if code, body := b.post("/admin/sign-in", url.Values{"email": {"sec-editor@meridian.example"}, "password": {demoSecret}}); code != http.StatusOK {
		t.Fatalf("sign in: %d %s", code, body)
	}
	var l struct{ Items []item }
	getJSON(t, srv.URL+"/api/v1/pages?lang=en&limit=200", &l)
	var id string
	for _, it := range l.Items {
		if it.Title == "Our mission" {
			id = it.ID
		}
	}
	page := srv.URL + "/en/about-us/our-mission"
	before, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	_ = before.Body.Close()

	var head struct{ Next string }
	getJSON(t, srv.URL+"/api/v1/changes?limit=200", &head)
	for prev := ""; prev != head.Next; {
		prev = head.Next
		getJSON(t, head.Next, &head)
	}
	next, err := url.Parse(head.Next)
	if err != nil {
		t.Fatal(err)
	}
	since := next.Query().Get("since")

	editor := b.get("/admin/entries/" + id + "/en")
	form := formOf(t, editor, "/admin/entries/"+id+"/en")
	words := "Words that were not there a second ago"
	form.Set("summary", words)
	if code, body := b.post("/admin/entries/"+id+"/en", form); code != http.StatusOK || !strings.Contains(body, words) {
		t.Fatalf("save: %d %s", code, body)
	}
	if said := b.get("/en/about-us/our-mission"); strings.Contains(said, words) {
		t.Fatal("readers see a draft")
	}
	form = formOf(t, b.get("/admin/entries/"+id+"/en/publish"), "/admin/entries/"+id+"/en/publish")
	if code, body := b.post("/admin/entries/"+id+"/en/publish", form); code != http.StatusOK || !strings.Contains(body, "/en/about-us/our-mission") {
		t.Fatalf("publish: %d %s", code, body)
	}
	res, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if !strings.Contains(string(body), words) {
		t.Error("the next request does not show the new words")
	}
	if before.Header.Get("ETag") == res.Header.Get("ETag") {
		t.Error("the ETag did not move")
	}
	var it struct{ Summary string }
	getJSON(t, srv.URL+"/api/v1/pages/"+id+"?lang=en", &it)
	if it.Summary != words {
		t.Errorf("the next JSON says %q", it.Summary)
	}
	var changes struct {
		Items []struct{ Entry, Lang, Action string }
	}
	getJSON(t, fmt.Sprintf("%s/api/v1/changes?since=%s", srv.URL, since), &changes)
	if len(changes.Items) != 1 || changes.Items[0].Entry != id || changes.Items[0].Action != "updated" {
		t.Errorf("the journal says %+v", changes.Items)
	}
}

// formOf returns what a browser would send for the form of a page that posts
// to action, without any of its buttons.
func formOf(t *testing.T, page, action string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	var form *html.Node
	for n := range doc.Descendants() {
		if to, ok := attr(n, "action"); n.Data == "form" && ok && to == action {
			form = n
		}
	}
	if form == nil {
		t.Fatalf("no form posts to %s", action)
	}
	id, _ := attr(form, "id")
	within := func(n *html.Node) bool {
		if owner, ok := attr(n, "form"); ok {
			return owner == id
		}
		for p := range n.Ancestors() {
			if p == form {
				return true
			}
		}
		return false
	}
	text := func(n *html.Node) string {
		var b strings.Builder
		for c := range n.Descendants() {
			if c.Type == html.TextNode {
				b.WriteString(c.Data)
			}
		}
		return b.String()
	}
	out := url.Values{}
	for n := range doc.Descendants() {
		name, named := attr(n, "name")
		if n.Type != html.ElementNode || !named || !within(n) {
			continue
		}
		value, _ := attr(n, "value")
		switch n.Data {
		case "textarea":
			out.Add(name, text(n))
		case "select":
			for o := range n.Descendants() {
				if _, chosen := attr(o, "selected"); o.Data == "option" && (chosen || !out.Has(name)) {
					v, _ := attr(o, "value")
					out.Set(name, v)
				}
			}
		case "input":
			typ, _ := attr(n, "type")
			_, checked := attr(n, "checked")
			if typ == "submit" || (typ == "checkbox" || typ == "radio") && !checked {
				continue
			}
			out.Add(name, value)
		}
	}
	return out
}
