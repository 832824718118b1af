package site_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/site"
	"meridian/models"
	"meridian/models/store"
)

// fixture is the seeded site of cmstest and what readers' pages need besides:
// every shape of page once.
type fixture struct {
	*cmstest.Env
	http.Handler
	log *bytes.Buffer

	Rights, Palestine, Long, Stale, Machine, Arabic, Gone, Press, Hostile string
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{Env: cmstest.New(t), log: new(bytes.Buffer)}
	f.Handler = serve(t, f.Env, f.log)
	f.Tx(t, func(tx *store.Tx) error {
		for _, term := range []models.Term{
			{ID: "mena", Vocabulary: models.VocabularyRegion, Labels: []models.TermLabel{{Lang: "en", Label: "Middle East and North Africa", Slug: "mena"}, {Lang: "ar", Label: "الشرق الأوسط", Slug: "الشرق-الأوسط"}}},
			{ID: "justice", Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: "Justice & children", Slug: "justice"}, {Lang: "fr", Label: "Justice", Slug: "justice-fr"}}},
			{ID: "liberty", Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: "Liberty", Slug: "liberty"}}},
		} {
			if err := tx.PutTerm(term, f.Admin.ID); err != nil {
				return err
			}
		}
		for lang, notice := range map[string]string{"en": "Demonstration content."} {
			s := cmstest.Site()
			s.Notice = map[string]string{lang: notice}
			if err := tx.PutSite(s, f.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})

	f.Rights = f.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: f.Root, Lang: "en", Title: "Rights", Nav: models.NavMain})
	f.Publish(t, f.Rights, "en")
	if err := f.CMS.Unpublish(t.Context(), f.Admin, f.Rights, "en", f.Edition(t, f.Rights, "en").Version); err != nil {
		t.Fatal(err)
	}
	f.Palestine = f.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: f.Rights, Lang: "ar", Title: "فلسطين", Facts: models.Values{
		"country": "PS", "region": "mena", "status": "member", "founded": "1991", "joined": "1992", "languages": []any{"ar", "en"},
		"email": "contact@ps.site.example", "phone": "+970 2 000 0000", "website": "https://ps.site.example/",
		"place":       map[string]any{"street": "1 Main Street", "city": "Ramallah", "country": "PS"},
		"local_names": []any{map[string]any{"name": "الحركة العالمية", "acronym": "DCI", "lang": "ar"}},
	}})
	f.Write(t, f.Palestine, "ar", "فرع فلسطين.", paragraph("نعمل من أجل الأطفال."))
	f.Publish(t, f.Palestine, "ar")
	f.Translate(t, f.Palestine, "en", "Palestine")
	f.Publish(t, f.Palestine, "en")

	f.Long = f.page(t, f.About, "en", "Long page", "A page with contents.",
		heading("Why"), paragraph("Because."), heading("How & when"), paragraph("So."), heading("Who"), paragraph("All."))
	f.Stale = f.page(t, f.About, "en", "Changing page", "It changes.", paragraph("First words."))
	f.Translate(t, f.Stale, "fr", "Page changeante")
	f.Publish(t, f.Stale, "fr")
	body := f.DraftOf(t, f.Stale, "en").Body
	doc, err := block.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	doc.Doc.Content[0].Content = []block.Node{block.Text("Other words.")}
	f.Write(t, f.Stale, "en", "It changes.", doc.Doc.Content...)
	f.Publish(t, f.Stale, "en")
	f.Machine = f.page(t, f.About, "en", "Machine page", "It is translated.", paragraph("Words."))
	if _, err := f.CMS.Translate(t.Context(), f.Admin, cms.NewEdition{Entry: f.Machine, Lang: "fr", Title: "Page machine", Copy: true, Machine: true}); err != nil {
		t.Fatal(err)
	}
	f.Publish(t, f.Machine, "fr")
	f.Arabic = f.page(t, f.Root, "ar", "عن الحركة", "من نحن.", paragraph("نص."))
	f.Gone = f.page(t, f.About, "en", "Gone page", "Soon gone.", paragraph("Text."))
	if err := f.CMS.Withdraw(t.Context(), f.Admin, f.Gone, "en", f.Edition(t, f.Gone, "en").Version, "consent"); err != nil {
		t.Fatal(err)
	}
	f.Press = f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Palestine, Lang: "en", Title: "A statement", Facts: models.Values{
		"date": "2025-10-01", "date_precision": "month", "type": "press", "topics": []any{"justice", "liberty"}, "about": []any{f.Belgium},
		"place": map[string]any{"city": "Geneva", "country": "CH"}, "source": "Report <1>", "source_url": "https://source.example/r?a=1&b=2",
	}})
	f.Write(t, f.Press, "en", "What we say.", paragraph("We say it."))
	f.Publish(t, f.Press, "en")
	f.Hostile = f.page(t, f.About, "en", `<script>alert(1)</script> "quoted' & </script><style>`, `</script><img src=x onerror=alert(1)>`, paragraph(`<b onclick="x()">no</b>`))
	return f
}

func (f *fixture) page(t testing.TB, section, lang, title, summary string, blocks ...block.Node) string {
	t.Helper()
	id := f.Create(t, cms.NewEntry{Kind: models.KindPage, Section: section, Lang: lang, Title: title})
	f.Write(t, id, lang, summary, blocks...)
	f.Publish(t, id, lang)
	return id
}

// path is the address of an edition as the site writes it.
func (f *fixture) path(t testing.TB, entry, lang string) string {
	t.Helper()
	d := f.Edition(t, entry, lang)
	return "/" + lang + "/" + *d.Path
}

func serve(t testing.TB, env *cmstest.Env, log *bytes.Buffer) http.Handler {
	t.Helper()
	h, err := site.New(env.Live, site.Options{Clock: env.Clock.Now, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t testing.TB, h http.Handler, target string, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for _, fn := range edit {
		fn(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func method(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }

func accept(langs string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Accept-Language", langs) }
}

var style = regexp.MustCompile(`<style>[^<]*</style>`)

// golden compares a page with its golden file; the style has tests of its own.
func golden(t testing.TB, name string, page []byte) {
	t.Helper()
	cmstest.Golden(t, name, style.ReplaceAll(page, []byte("<style></style>")))
}

func paragraph(text string) block.Node { return block.Paragraph(block.Text(text)) }

func heading(text string) block.Node {
	return block.Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text(text)}}
}
