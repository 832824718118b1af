package api

import (
	"bytes"
	"database/sql"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

func sectionNamed(title, parent string) cms.NewEntry {
	return cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: parent, Lang: "en", Title: title}
}

// trash puts an entry into the trash the short way.
func (s *site) trash(t testing.TB, entry string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.Dir, store.File)+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE entries SET trashed_at = ? WHERE id = ?", "2026-11-25 10:00:00+00:00", entry); err != nil {
		t.Fatal(err)
	}
}

// TestLanguagesOfItems: what is served is what was asked for or the original,
// and a missing language is an error that lists the ones there are.
func TestLanguagesOfItems(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	// Original unpublished, translation public.
	half := s.page(t, s.About, "Half")
	s.Translate(t, half, "fr", "Moitié")
	s.Publish(t, half, "fr")
	s.unpublish(t, half, "en")
	// Original withdrawn, translation public.
	sorry := s.page(t, s.About, "Sorry")
	s.Translate(t, sorry, "fr", "Pardon")
	s.Publish(t, sorry, "fr")
	s.withdraw(t, sorry, "en", "legal")
	// Unpublished in its only language.
	away := s.page(t, s.About, "Away")
	s.unpublish(t, away, "en")
	// Withdrawn in its only language; a draft in another.
	wrong := s.page(t, s.About, "Wrong")
	s.Translate(t, wrong, "fr", "Faux")
	s.withdraw(t, wrong, "en", "consent")
	// In the trash.
	old := s.page(t, s.About, "Old")
	s.Translate(t, old, "fr", "Vieux")
	s.trash(t, old)
	// A draft in the trash.
	never := s.Create(t, cms.NewEntry{Kind: models.KindPage, Section: s.About, Lang: "en", Title: "Never"})
	s.trash(t, never)

	for _, tt := range []struct {
		name   string
		target string
		status int
		lang   string   // served
		reason string   // of the language, or of the withdrawal
		others []string // languages that a problem lists
	}{
		{"original", s.Page, 200, "en", ReasonOriginal, nil},
		{"original in french", s.BEPage, 200, "fr", ReasonOriginal, nil},
		{"asked original", s.Page + "?lang=en", 200, "en", ReasonRequested, nil},
		{"missing", s.Page + "?lang=fr", 404, "", "", []string{"en"}},
		{"unknown language", s.Page + "?lang=de", 404, "", "", []string{"en"}},
		{"translation of unpublished", half + "?lang=fr", 200, "fr", ReasonRequested, nil},
		{"unpublished original", half, 404, "", "", []string{"fr"}},
		{"unpublished original asked", half + "?lang=en", 404, "", "", []string{"fr"}},
		{"withdrawn original", sorry, 410, "", "legal", []string{"fr"}},
		{"withdrawn original asked", sorry + "?lang=en", 410, "", "legal", []string{"fr"}},
		{"beside a withdrawn original", sorry + "?lang=fr", 200, "fr", ReasonRequested, nil},
		{"never there beside it", sorry + "?lang=nl", 404, "", "", []string{"fr"}},
		{"unpublished", away, 404, "", "", nil},
		{"withdrawn", wrong, 410, "", "consent", nil},
		{"withdrawn asked", wrong + "?lang=en", 410, "", "consent", nil},
		{"draft beside withdrawn", wrong + "?lang=fr", 404, "", "", nil},
		{"deleted", old, 410, "", "deleted", nil},
		{"deleted asked", old + "?lang=en", 410, "", "deleted", nil},
		{"draft of deleted", old + "?lang=fr", 404, "", "", nil},
		{"deleted draft", never, 404, "", "", nil},
		{"draft", s.Draft, 404, "", "", nil},
	} {
		b := s.get(t, Root+"/pages/"+tt.target, tt.status)
		if tt.status == 200 {
			var it Item
			decode(t, b, &it)
			_, asked, ok := strings.Cut(tt.target, "lang=")
			if it.Lang != tt.lang || it.Language.Served != tt.lang || it.Language.Reason != tt.reason || (it.Language.Requested != nil) != ok || ok && *it.Language.Requested != asked {
				t.Errorf("%s: %s, %+v", tt.name, it.Lang, it.Language)
			}
			continue
		}
		var p Problem
		decode(t, b, &p)
		var others []string
		for _, a := range p.Languages {
			others = append(others, a.Lang)
			s.get(t, local(t, a.Links.JSON), http.StatusOK)
		}
		if p.Reason != tt.reason || !slices.Equal(others, tt.others) {
			t.Errorf("%s: reason %q, languages %v, want %q, %v", tt.name, p.Reason, others, tt.reason, tt.others)
		}
	}
}

// TestNotFoundIsOneAnswer: what is missing, malformed, foreign, a draft or
// unpublished gives the same bytes and headers.
func TestNotFoundIsOneAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	away := s.page(t, s.About, "Away")
	s.unpublish(t, away, "en")
	wrongKind := s.news(t, s.Root, "Withdrawn news", models.Values{"date": "2026-01-01"})
	s.withdraw(t, wrongKind, "en", "error")
	draftSection := s.Create(t, sectionNamed("Hidden", s.Root))

	want := s.do(t, http.MethodGet, Root+"/pages/01kawg3k8h0000000000000000")
	if want.Code != http.StatusNotFound {
		t.Fatalf("a random id = %d", want.Code)
	}
	for name, id := range map[string]string{
		"draft": s.Draft, "unpublished": away, "live, of another kind": s.News, "a section": s.About, "withdrawn, of another kind": wrongKind,
		"a draft section": draftSection, "upper case": strings.ToUpper(s.Page), "short": "x", "long": strings.Repeat("0", 3000),
		"wrong letters": "il0000000000000000000000uo", "not ASCII": "%C3%A9", "injection": "1%20OR%201=1", "NUL": "%00", "dots": "%2e%2e", "star": "*",
	} {
		for _, query := range []string{"", "?lang=en", "?lang=nl&body=none"} {
			got := s.do(t, http.MethodGet, Root+"/pages/"+id+query)
			if got.Code != want.Code || !bytes.Equal(got.Body.Bytes(), want.Body.Bytes()) || !maps.EqualFunc(got.Header(), want.Header(), slices.Equal) {
				t.Errorf("%s%s: %d %v %s\nwant %d %v %s", name, query, got.Code, got.Header(), got.Body, want.Code, want.Header(), want.Body)
			}
		}
	}
	var p Problem
	decode(t, want.Body.Bytes(), &p)
	if p.Instance != Root+"/pages" {
		t.Errorf("instance = %q, want it to stop before the id", p.Instance)
	}
}

// TestAbsolute: on another site every address in a text leads back to us, and
// the blocks keep what was written.
func TestAbsolute(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := func(attrs map[string]any) block.Mark { return block.Mark{Type: "link", Attrs: attrs} }
	id := s.page(t, s.About, "Links",
		block.Paragraph(block.Text("typed", link(map[string]any{"href": "/en/about-us/?a=(1)#x"})), block.Text(" "), block.Text("ref", link(map[string]any{"ref": "news:" + s.News}))),
		block.Node{Type: "button", Attrs: map[string]any{"label": "Go", "link": "/en/belgium/", "style": "primary"}},
		block.Node{Type: "button", Attrs: map[string]any{"label": "There", "link": "https://elsewhere.example/"}},
		block.Node{Type: "logos", Attrs: map[string]any{"title": "Partners", "items": []any{map[string]any{"name": "Partner", "url": "https://partner.example/"}}}},
		block.Node{Type: "cards", Attrs: map[string]any{"mode": "auto", "layout": "list", "title": "News", "query": map[string]any{"kind": "news", "limit": 3}}},
		block.Node{Type: "contact", Attrs: map[string]any{"source": "section:" + s.Belgium, "show": []any{"email"}}},
		block.Node{Type: "section_list", Attrs: map[string]any{"show": []any{"list"}}},
	)
	var it Item
	s.into(t, Root+"/pages/"+id+"?body=blocks,html,markdown", &it)
	for _, bad := range []string{`href="/`, `src="/`} {
		if strings.Contains(*it.Body.HTML, bad) {
			t.Errorf("%s in %s", bad, *it.Body.HTML)
		}
	}
	if strings.Contains(*it.Body.Markdown, "](/") {
		t.Errorf("an address without site in %s", *it.Body.Markdown)
	}
	for _, want := range []string{
		`href="https://site.example/en/about-us/?a=(1)#x"`, `href="https://site.example/en/news/2026/a-treaty-enters-into-force"`,
		`href="https://site.example/en/belgium/"`, `href="https://elsewhere.example/"`,
	} {
		if !strings.Contains(*it.Body.HTML, want) {
			t.Errorf("no %s in %s", want, *it.Body.HTML)
		}
	}
	if !bytes.Contains(it.Body.Blocks, []byte(`"href":"/en/about-us/?a=(1)#x"`)) || !bytes.Contains(it.Body.Blocks, []byte(`"link":"/en/belgium/"`)) {
		t.Errorf("blocks were changed: %s", it.Body.Blocks)
	}
}

// TestAddressAttrs: whatever block or mark gets an attribute with an address,
// this package knows of it.
func TestAddressAttrs(t *testing.T) {
	t.Parallel()
	var walk func(where string, attrs []block.Attr)
	walk = func(where string, attrs []block.Attr) {
		for _, a := range attrs {
			address := a.Type == block.TypeURL || a.Type == block.TypeTarget
			if address != addressAttrs[a.Name] {
				t.Errorf("attribute %s of %s: an address is %v, known as one is %v", a.Name, where, address, addressAttrs[a.Name])
			}
			walk(where+"."+a.Name, a.Of)
		}
	}
	for _, spec := range block.Specs() {
		walk(spec.Type, spec.Attrs)
	}
}

// TestPrivateStaysPrivate plants words in every place that is not public and
// looks for them in every answer, headers included.
func TestPrivateStaysPrivate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const canary = "zqxw"
	word := func(n string) string { return canary + n }
	s.topic(t, "t-justice", "Justice")
	// Old words of a public page, then new ones in its draft.
	s.Write(t, s.Page, "en", word("oldsummary"), block.Paragraph(block.Text(word("oldbody"))))
	s.Publish(t, s.Page, "en")
	s.Clock.Advance(24 * time.Hour)
	s.Write(t, s.Page, "en", "Clean.", block.Paragraph(block.Text("Clean.")))
	s.Publish(t, s.Page, "en")
	before := s.everything(t)
	doc := block.Empty("en")
	doc.Doc.Content = []block.Node{block.Paragraph(block.Text(word("draftbody"), block.Mark{Type: "link", Attrs: map[string]any{"href": "https://" + word("drafthref") + ".example/"}}))}
	s.save(t, cms.SaveDraft{Entry: s.Page, Lang: "en", Title: word("drafttitle"), Summary: word("draftsummary"), Body: doc, Fields: models.Values{"search_title": word("draftfield")}})
	s.save(t, cms.SaveDraft{Entry: s.News, Lang: models.Facts, Fields: models.Values{"date": "2026-03-01", "source": word("draftfact"), "note": word("draftnote")}})
	// A draft of its own, a translation never published, a section with words.
	never := s.Create(t, cms.NewEntry{Kind: models.KindPage, Section: s.About, Lang: "en", Title: word("nevertitle"), Slug: word("neverslug")})
	s.Translate(t, s.Page, "fr", word("translation"))
	s.Create(t, sectionNamed(word("section"), s.About))
	if after := s.everything(t); !maps.EqualFunc(before, after, bytes.Equal) {
		t.Error("saving drafts changed what readers get")
	}
	// Public facts with private ones among them.
	id := s.Create(t, cms.NewEntry{Kind: models.KindNews, Section: s.Root, Lang: "en", Title: "Public", Facts: models.Values{
		"date": "2026-01-01", "note": word("note"), "review_by": "2031-12-24", "source": "Public source", "topics": []any{"t-justice"},
	}})
	s.Write(t, id, "en", "Public.", block.Paragraph(block.Text("See "), block.Text("this", block.Mark{Type: "link", Attrs: map[string]any{"ref": "page:" + never}})))
	s.Publish(t, id, "en")
	gone := s.page(t, s.About, word("gonetitle"), block.Paragraph(block.Text(word("gonebody"))))
	s.withdraw(t, gone, "en", "consent")
	s.unpublish(t, s.BEPage, "fr")

	answers := s.everything(t)
	for _, extra := range []string{
		"/news/" + id, "/pages/" + gone, "/pages/" + gone + "?lang=en", "/pages/" + never, "/pages/" + s.BEPage, "/pages/" + s.Page + "?lang=fr",
		"/pages?section=en/about-us/" + word("section"), "/pages?sort=title&limit=1", "/nothing",
	} {
		w := s.do(t, http.MethodGet, Root+extra)
		answers[extra] = dump(w)
	}
	for target, b := range answers {
		// A request may be repeated to whoever made it.
		if strings.Contains(target, canary) {
			b = bytes.ReplaceAll(b, []byte(word("section")), nil)
		}
		for _, secret := range []string{
			canary, "2031-12-24", `"note":"z`, "review_by", s.Admin.ID, s.Admin.Name, s.Admin.Email, "Nos formations", "password", never + `"}],"title`,
		} {
			if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(secret))) {
				t.Errorf("%q in the answer to %s: %s", secret, target, b)
			}
		}
	}
	if !bytes.Contains(answers["/news/"+id], []byte("Public source")) {
		t.Error("the public fact is missing: the test looks in the wrong place")
	}
}
