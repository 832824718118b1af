package cms_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// saves overwrites the fields of an edition, or facts, and nothing else.
func saves(t *testing.T, env *cmstest.Env, id, lang string, fields models.Values) {
	t.Helper()
	d := env.DraftOf(t, id, lang)
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{
		Entry: id, Lang: lang, Version: env.Edition(t, id, lang).Version, Title: d.Title, Summary: d.Summary, Fields: fields,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLeadDescription: what the checks say of the description of a lead picture,
// with and without one, in each language for itself.
func TestLeadDescription(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleNone})
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Has a picture"})
	env.Write(t, id, "en", "A page.", cmstest.Picture(a.ID, "A tree"))
	env.Translate(t, id, "fr", "A une image")
	found := func(lang string) string {
		t.Helper()
		ed, err := env.CMS.Editor(t.Context(), env.Admin, id, lang)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range ed.Findings {
			if f.Field == "lead_description" {
				out = append(out, string(f.Severity[0])+" "+f.Code)
			}
		}
		return strings.Join(out, ", ")
	}
	const missing = "w lead_description_missing"
	for _, tt := range []struct {
		lead    bool
		alt     string
		en, fr  string
		refused bool
	}{
		{false, "", "", "", false},
		{false, "IMG_2041.jpg", "e image.alt_filename", "", true},
		{false, "A tree", "", "", false},
		{true, "", missing, missing, false},
		{true, "A tree in a yard", "", missing, false},
		{true, "IMG_2041", "e image.alt_filename", missing, true},
		{true, "tree.webp", "e image.alt_filename", missing, true},
		{true, "Photo of a tree", "e image.alt_prefix", missing, true},
	} {
		facts, fields := models.Values{"note": tt.alt}, models.Values{}
		if tt.lead {
			facts["lead_picture"] = a.ID
		}
		if tt.alt != "" {
			fields["lead_description"] = tt.alt
		}
		saves(t, env, id, models.Facts, facts)
		saves(t, env, id, "en", fields)
		if en, fr := found("en"), found("fr"); en != tt.en || fr != tt.fr {
			t.Errorf("%v %q: %q and %q, want %q and %q", tt.lead, tt.alt, en, fr, tt.en, tt.fr)
		}
		if err := publishing(t, env, id, "en"); (err != nil) != tt.refused {
			t.Errorf("%v %q: publishing: %v", tt.lead, tt.alt, err)
		}
	}
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{
		Entry: id, Lang: "en", Version: env.Edition(t, id, "en").Version, Fields: models.Values{"lead_description": strings.Repeat("é", models.AssetDescriptionMax+1)},
	})
	if err == nil || !strings.Contains(err.Error(), "lead_description") {
		t.Errorf("a description without an end: %v", err)
	}
}

// TestRememberLead: what a language says of the lead picture is proposed from
// then on, of the picture that is chosen at that moment.
func TestRememberLead(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a, b := env.Upload(t, media.Upload{}), env.Upload(t, media.Upload{})
	want := func(asset string, want map[string]string) {
		t.Helper()
		d, err := env.Library.Asset(t.Context(), env.Admin, asset)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(d.Descriptions, want) {
			t.Errorf("descriptions %v, want %v", d.Descriptions, want)
		}
	}
	id := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.About, Lang: "en", Title: "Has a picture", Facts: models.Values{"date": "2026-01-01"}})
	env.Translate(t, id, "fr", "A une image")
	saves(t, env, id, "en", models.Values{"lead_description": "Of nothing yet"})
	want(a.ID, nil)
	saves(t, env, id, models.Facts, models.Values{"date": "2026-01-01", "lead_picture": a.ID})
	saves(t, env, id, "en", models.Values{"lead_description": "A tree"})
	saves(t, env, id, "fr", models.Values{"lead_description": "Un arbre"})
	want(a.ID, map[string]string{"en": "A tree", "fr": "Un arbre"})
	saves(t, env, id, models.Facts, models.Values{"date": "2026-01-01", "lead_picture": b.ID})
	saves(t, env, id, "en", models.Values{"lead_description": "A tree", "search_title": "Other"}) // said nothing new
	want(b.ID, nil)
	saves(t, env, id, "en", models.Values{})
	saves(t, env, id, "en", models.Values{"lead_description": "A bench"})
	want(b.ID, map[string]string{"en": "A bench"})
	want(a.ID, map[string]string{"en": "A tree", "fr": "Un arbre"})
}

// TestEveryKindDescribesItsLead: where there is a lead picture, each language
// has a place for what it shows.
func TestEveryKindDescribesItsLead(t *testing.T) {
	t.Parallel()
	for _, k := range models.Kinds {
		has := func(fields []models.Field, name string) bool {
			return slices.ContainsFunc(fields, func(f models.Field) bool { return f.Name == name })
		}
		if lead, alt := has(k.Facts, "lead_picture"), has(k.Extra(), "lead_description"); lead != alt {
			t.Errorf("%s has a lead picture: %v, a description: %v", k.Name, lead, alt)
		}
	}
}
