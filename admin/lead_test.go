package admin

import (
	"strings"
	"testing"

	"meridian/cms/media"
	"meridian/models"
)

// TestLeadIsDescribed: choosing a lead picture brings a field for what it shows,
// with what was said of it last; both are saved, and each language has its own.
func TestLeadIsDescribed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", Title: "The forum", Section: o.About, People: models.PeopleNone})
	b := o.Upload(t, media.Upload{Name: "tree.png", Title: "The tree", Section: o.About, People: models.PeopleNone})
	if bad, err := o.Library.DescribeMany(t.Context(), o.Admin, []media.Description{{ID: a.ID, Lang: "en", Text: "Children in a hall"}}); err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	const field = "fields.lead_description"
	w := o.as(o.Author).opens(o.Draft, "en")
	if _, there := w.form[field]; there {
		t.Error("there is no picture, and a field for what it shows")
	}
	w.reads(w.page(200, w.get(w.at+"?put=facts.lead_picture&media="+b.ID)))
	if got, there := w.form[field]; !there || got[0] != "" {
		t.Errorf("of a picture that nobody described, %q is proposed (%v)", got, there)
	}
	page := w.page(200, w.get(w.at+"?put=facts.lead_picture&media="+a.ID))
	wantWords(t, page, "Description of the lead picture", "Leave it empty if it only decorates", "Children in a hall")
	w.reads(page)
	w.form.Set(field, "A hall full of children")
	w.does("save")
	if d := o.DraftOf(t, o.Draft, "en"); d.Fields.Str("lead_description") != "A hall full of children" {
		t.Errorf("saved %v", d.Fields)
	}
	// Said of the picture that was chosen in the same form.
	if got := o.asset(a.ID).Descriptions["en"]; got != "A hall full of children" {
		t.Errorf("remembered as %q", got)
	}
	// What somebody wrote stays when another picture is chosen.
	w.reads(w.page(200, w.get(w.at+"?put=facts.lead_picture&media="+b.ID)))
	if got := w.form.Get(field); got != "A hall full of children" {
		t.Errorf("the words became %q", got)
	}
	// A mistake is said at the field, and leads there.
	w.form.Set(field, strings.Repeat("x", models.AssetDescriptionMax+1))
	if r := w.presses("save"); r.Code != 422 || !strings.Contains(r.Body.String(), `href="#f-fields-lead_description"`) {
		t.Errorf("too long is %d: %s", r.Code, r.Body)
	}
	w = o.as(o.Author).opens(o.Draft, "en")
	w.form.Set(field, "")
	w.does("save")
	page = w.page(200, w.get(w.at))
	wantWords(t, page, "The lead picture has no description.", "Leave it so only if it decorates.")
}
