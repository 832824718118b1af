package admin

import (
	"net/url"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/models"
	"meridian/models/store"
)

// topic adds a topic with a name in English and returns it.
func (o *office) topic(label string) models.Term {
	o.t.Helper()
	term, err := o.CMS.PutTerm(o.t.Context(), o.Admin, cms.PutTerm{Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: label}}})
	if err != nil {
		o.t.Fatal(err)
	}
	return term
}

// term returns a term as stored.
func (o *office) term(id string) (term models.Term) {
	o.t.Helper()
	o.View(o.t, func(r *store.Read) (err error) {
		term, err = r.Term(id)
		return err
	})
	return term
}

func TestTermScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	if body := v.page(200, v.get("/admin/terms")); !strings.Contains(body, "This list is empty") {
		t.Error("an empty list does not say so")
	}
	v.page(200, v.get("/admin/terms/instrument/new"))
	w := v.post("/admin/terms/instrument/new", url.Values{
		"label.en": {"Convention"}, "definition.en": {"A treaty."}, "label.ar": {"اتفاقية"},
		"short": {"CRC"}, "reference": {"A/RES/44/25"}, "kind": {"treaty"}, "adopted": {"1989-11"}, "url": {"https://treaty.example/"},
	})
	at := strings.TrimPrefix(w.Header().Get("Location"), "/admin/terms/instrument/")
	if w.Code != 303 || !models.ValidID(at) {
		t.Fatalf("adding = %d to %q\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	crc := o.term(at)
	if l, _ := crc.Own("ar"); l.Slug != "اتفاقية" || crc.Data.Str("adopted") != "1989-11" || crc.Data.Str("kind") != "treaty" {
		t.Errorf("stored %+v", crc)
	}
	o.topic("A <b>") // names are text
	o.topic("B")
	for _, lang := range []string{"en", "ar"} {
		u := o.Admin
		if err := o.accounts.UpdateProfile(t.Context(), u, account.Profile{Name: u.Name, Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(u)
		for _, path := range []string{"/admin/terms", "/admin/terms/topic", "/admin/terms/instrument", "/admin/terms/region", "/admin/terms/region/new", "/admin/terms/instrument/" + at, "/admin/terms/instrument/" + at + "/merge", "/admin/terms/instrument/" + at + "/delete"} {
			if body := v.page(200, v.get(path)); strings.Contains(body, "term.") && strings.Contains(body, ">term.") {
				t.Errorf("%s in %s lacks a sentence", path, lang)
			}
		}
	}
	for _, path := range []string{"/admin/terms/kind", "/admin/terms/topic/" + at, "/admin/terms/topic/" + o.NewID()} {
		v.page(404, v.get(path))
	}
	v.page(403, o.as(o.Editor).get("/admin/terms"))
}

func TestTermForm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	law, rights := o.topic("Law"), o.topic("Rights")
	at := "/admin/terms/topic/" + rights.ID
	form := hidden(v.page(200, v.get(at)))
	with := func(pairs ...string) url.Values {
		out := url.Values{"version": form["version"]}
		for i := 0; i < len(pairs); i += 2 {
			out.Set(pairs[i], pairs[i+1])
		}
		return out
	}
	for _, tt := range []struct {
		name string
		form url.Values
		says []string
	}{
		{"no name", with("definition.fr", "Une phrase."), []string{"Write a name.", "Name (French)", "Une phrase."}},
		{"a taken address", with("label.en", "My rights", "slug.en", "law"), []string{"is the address of another one", `value="law"`, "My rights"}},
	} {
		body := v.page(422, v.post(at, tt.form))
		for _, s := range tt.says {
			if !strings.Contains(body, s) {
				t.Errorf("%s: the answer lacks %q", tt.name, s)
			}
		}
	}
	o.wantTo(v.post(at, with("label.en", "Human rights", "slug.en", "human-rights")), at)
	// The same form again: the term changed since, and both texts are there.
	body := v.page(409, v.post(at, with("label.en", "Their rights", "slug.en", "rights")))
	for _, s := range []string{"Their rights", "Stored meanwhile: Human rights", "Stored meanwhile: human-rights"} {
		if !strings.Contains(body, s) {
			t.Errorf("a stale form is answered without %q", s)
		}
	}
	form = hidden(body)
	o.wantTo(v.post(at, with("label.en", "Their rights", "slug.en", "rights")), at)
	if got := o.term(rights.ID); got.Label("en") != "Their rights" || !got.Holds("en", "human-rights") {
		t.Errorf("stored %+v", got)
	}
	w := v.post("/admin/terms/topic/"+rights.ID+"/move", url.Values{"to": {"up"}})
	o.wantTo(w, "/admin/terms/topic#t-"+rights.ID)
	list := v.page(200, v.get("/admin/terms/topic"))
	if strings.Index(list, "Their rights") > strings.Index(list, law.Label("en")) {
		t.Error("moving up did not change the list")
	}
}

func TestTermMergeAndDelete(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	law, rights := o.topic("Law"), o.topic("Rights")
	d := o.Edition(t, o.Draft, models.Facts)
	if _, err := o.CMS.Save(t.Context(), o.Admin, cms.SaveDraft{Entry: o.Draft, Lang: models.Facts, Version: d.Version, Fields: models.Values{"topics": []any{law.ID}}}); err != nil {
		t.Fatal(err)
	}
	at := "/admin/terms/topic/" + law.ID
	if body := v.page(200, v.get(at)); !strings.Contains(body, "Not public yet") {
		t.Error("the term does not say where it is used")
	}
	body := v.page(409, v.post(at+"/delete", url.Values{"version": {law.Version()}}))
	if !strings.Contains(body, "is in use") || !strings.Contains(body, "Not public yet") {
		t.Error("the refusal does not say what uses it")
	}
	v.page(409, v.post(at+"/merge", url.Values{"version": {"old"}, "into": {rights.ID}}))
	if body := v.page(422, v.post(at+"/merge", url.Values{"version": {law.Version()}, "into": {""}})); !strings.Contains(body, "Choose one of the answers offered") {
		t.Error("merging into nothing is not refused in words")
	}
	o.wantTo(v.post(at+"/merge", url.Values{"version": {law.Version()}, "into": {rights.ID}}), "/admin/terms/topic/"+rights.ID)
	if body := v.page(200, v.get("/admin/terms/topic/"+rights.ID)); !strings.Contains(body, "is now part of") || !strings.Contains(body, "Not public yet") {
		t.Error("what carried the one does not carry the other")
	}
	v.page(404, v.get(at))
	if body := v.page(200, v.get("/admin/entries/"+o.Draft+"/en")); !strings.Contains(body, `value="`+rights.ID+`" checked`) || strings.Contains(body, law.ID) {
		t.Error("the editor shows the merged term")
	}
	gone := o.topic("Gone")
	v.page(200, v.get("/admin/terms/topic/"+gone.ID+"/delete"))
	o.wantTo(v.post("/admin/terms/topic/"+gone.ID+"/delete", url.Values{"version": {gone.Version()}}), "/admin/terms/topic")
	v.page(404, v.get("/admin/terms/topic/"+gone.ID))
}
