package admin

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"meridian/cms/cmstest"
	"meridian/models"
)

// The desk names an entry once, however many of its languages changed, and in
// the language of who reads it.
func TestDeskNamesEntriesOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	page := o.as(o.Admin)
	body := page.page(200, page.get("/admin/"))
	_, lately, found := strings.Cut(body, ">Lately<")
	if !found {
		t.Fatal("no list of what changed lately")
	}
	if n := strings.Count(lately, `<a class="t" href="/admin/entries/`+o.News+"/"); n != 1 {
		t.Errorf("news in two languages is listed %d times", n)
	}
	wantWords(t, lately, `href="`+entryURL(o.News, "en")+`" lang="en"`, "Whole site")
}

// Who adds a block goes on typing: the cursor is in its first field. A block
// without one is scrolled to.
func TestInsertTakesTheCursorAlong(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := o.as(o.Admin).opens(o.Page, "en")
	for _, tt := range []struct{ typ, field string }{{"paragraph", ".text"}, {"contact", ".source"}, {"divider", ""}} {
		r := w.presses("insert:start:" + tt.typ)
		to := r.Header().Get("Location")
		if tt.field == "" {
			if !strings.HasPrefix(to, w.at+"#b-") {
				t.Errorf("%s leads to %s", tt.typ, to)
			}
			continue
		}
		id, ok := strings.CutPrefix(to, w.at+"?at=")
		if !ok {
			t.Fatalf("%s leads to %s", tt.typ, to)
		}
		page := w.page(200, w.get(to))
		if n := strings.Count(page, " autofocus"); n != 1 || !strings.Contains(page, `name="b.`+id+tt.field+`"`) {
			t.Errorf("%s: %d fields want the cursor", tt.typ, n)
		}
		w.reads(page)
	}
}

// What names a section, a region or a status is chosen, not typed; the fields
// of a contact card are folded away unless it is filled in by hand.
func TestBlocksAreChosenFrom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := o.as(o.Admin).opens(o.Page, "en")
	page := w.does("insert:start:section_list")
	wantWords(t, page, `<option value="associate">Associate</option>`)
	page = w.does("insert:start:cards")
	wantWords(t, page, `<option value="section:`+o.About+`">`, `<option value="section:`+o.Belgium+`">`)
	page = w.does("insert:start:image")
	wantWords(t, page, "Choose or upload…")

	w.does("insert:start:contact")
	id := w.blockID(0)
	card := func(page string) string {
		_, rest, _ := strings.Cut(page, `id="b-`+id+`"`)
		card, _, _ := strings.Cut(rest, `<div class="block `)
		return card
	}
	w.form.Set("b."+id+".source", "section:"+o.Belgium)
	page = w.does("save")
	wantWords(t, card(page), `<option value="section:`+o.Belgium+`" selected>Belgium</option>`, `<details class="minor"><summary>Without a record`)
	w.form.Set("b."+id+".source", "")
	w.form.Set("b."+id+".inline.name", "Front desk")
	wantWords(t, card(w.does("save")), `<details class="minor" open><summary>Without a record`)

	// What is no longer there to choose stays chosen.
	w.form.Set("b."+id+".source", "section:"+o.NewID())
	gone := w.form.Get("b." + id + ".source")
	wantWords(t, card(w.does("save")), `<option value="`+gone+`" selected>`)
}

// Long lists of choices and places without words are folded, with the number
// of what is chosen beside the name.
func TestLongChoicesFold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := Words{Lang: "en", catalogue: o.h.catalogue}
	var terms []models.Term
	for i := range 14 {
		terms = append(terms, models.Term{ID: "t" + strconv.Itoa(i), Labels: []models.TermLabel{{Lang: "en", Label: "Instrument " + strconv.Itoa(i)}}})
	}
	f := newForm(w, "editor", nil)
	options := fieldOptions{Terms: map[string][]models.Term{models.VocabularyInstrument: terms}}
	fields := []models.Field{{Name: "instruments", Kind: models.FieldTerm, Vocabulary: models.VocabularyInstrument, Many: true}, {Name: "place", Kind: models.FieldPlace}}
	list := f.controls("facts.", fields, models.Values{"instruments": []any{"t1", "t3"}}, options)
	if c := list[0].Field; !c.Fold || c.ChosenCount() != 2 {
		t.Errorf("14 instruments: folded %v with %d chosen", c.Fold, c.ChosenCount())
	}
	if c := list[1]; !c.Fold || c.Open {
		t.Errorf("a place without words: folded %v, open %v", c.Fold, c.Open)
	}
	list = f.controls("facts.", fields, models.Values{"place": map[string]any{"city": "Brussels"}}, options)
	if c := list[1]; !c.Open {
		t.Error("a place with words is closed")
	}
	options.Terms[models.VocabularyInstrument] = terms[:5]
	if c := f.controls("facts.", fields[:1], nil, options)[0]; c.Field.Fold {
		t.Error("five instruments are folded")
	}
	wantWords(t, o.as(o.Admin).page(200, o.as(o.Admin).get(entryURL(o.News, "en"))), `<details class="fold"><summary>Place</summary>`)
}

// An empty field begins where its language does; words decide for themselves.
func TestEmptyFieldsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct{ ui, lang, value, want string }{
		{"ar", "", "", "rtl"}, {"ar", "en", "", "auto"}, {"en", "ar", "", "rtl"}, {"en", "", "", "auto"}, {"ar", "ar", "Hello", "auto"},
	} {
		f := newForm(Words{Lang: tt.ui, catalogue: o.h.catalogue}, "editor", nil)
		if got := f.Field(Field{Name: "title", Lang: tt.lang, Value: tt.value}).Dir; got != tt.want {
			t.Errorf("screens %s, words %q in %q: %s, want %s", tt.ui, tt.value, tt.lang, got, tt.want)
		}
	}
}

// The first publication shows title and summary and folds the rest; its dates
// read as people write them.
func TestFirstPublicationIsShort(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	r := v.post("/admin/new", url.Values{"kind": {"news"}, "section": {o.Root}, "lang": {"en"}, "title": {"A hearing"}})
	at, _ := strings.CutSuffix(r.Header().Get("Location"), "/en")
	w := v.opens(at[strings.LastIndexByte(at, '/')+1:], "en")
	w.form.Set("facts.date", "2026-04-05")
	w.does("save")
	page := w.page(200, w.get(w.at+"/publish"))
	wantWords(t, page, `<details class="fold"><summary>Show every word</summary>`, "<ins>5 April 2026</ins>")
}

// The beginning of the content has no way back, what lies below has one.
func TestCrumbsLeadSomewhere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	if page := v.page(200, v.get("/admin/content")); strings.Contains(page, `class="crumbs"`) {
		t.Error("the first list has a way back to itself")
	}
	wantWords(t, v.page(200, v.get("/admin/content/"+o.About)), `class="crumbs"`, `<a href="/admin/content/`+o.Root+`"`)
}

// Before the set-up there is nothing to go back to, and nothing broke.
func TestFreshPageOffersNothing(t *testing.T) {
	t.Parallel()
	o := officeOver(t, cmstest.Bare(t), cmstest.Base)
	v := o.visitor()
	page := v.page(503, v.get("/admin/sign-in"))
	wantWords(t, page, "This site has not been set up yet")
	for _, s := range []string{"Reference", "Back to your desk", ">503<"} {
		if strings.Contains(page, s) {
			t.Errorf("the page says %q", s)
		}
	}
}

// An address keeps its direction in a sentence that runs the other way.
func TestAddressesStandApart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	f := Flash{Code: "published", Args: map[string]string{"Address": "/ar/x", "Took": "3"}}
	for lang, want := range map[string]string{"ar": "\u2066/ar/x\u2069", "en": " /ar/x "} {
		w := Words{Lang: lang, Dir: models.Direction(lang), catalogue: o.h.catalogue}
		if got := w.flash(f).Text; !strings.Contains(got, want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

// How far an edition is behind is one sentence with the comma of the language.
func TestStatesReadAsOneSentence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := o.as(o.Admin).opens(o.News, "en")
	w.form.Set("title", "A treaty enters into force today")
	w.does("save")
	o.Publish(t, o.News, "en")
	v := o.as(o.Admin)
	wantWords(t, v.page(200, v.get("/admin/news")), "<span>live, 1 behind</span>")
}
