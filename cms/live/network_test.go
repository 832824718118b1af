package live_test

import (
	"errors"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// network is a seeded site with regions and a few more organisations.
func network(t testing.TB) *cmstest.Env {
	t.Helper()
	env := cmstest.New(t)
	env.Tx(t, func(tx *store.Tx) error {
		for i, id := range []string{"africa", "europe"} {
			err := tx.PutTerm(models.Term{ID: id, Vocabulary: models.VocabularyRegion, Position: i, Data: models.Values{},
				Labels: []models.TermLabel{{Lang: "en", Label: id, Slug: id}}}, env.Admin.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, o := range []struct{ title, country, region, status string }{
		{"Togo", "TG", "africa", models.StatusMember},
		{"Togo North", "TG", "africa", models.StatusAssociate},
		{"Ghana", "GH", "africa", models.StatusFormer},
		{"Nowhere", "", "", models.StatusMember},
		{"Office", "CH", "europe", ""},
	} {
		facts := models.Values{"country": o.country, "region": o.region, "status": o.status, "languages": []any{"fr"}, "note": "private"}
		id := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: o.title, Facts: facts})
		env.Publish(t, id, "en")
	}
	return env
}

func TestFactsCountMembersOnly(t *testing.T) {
	t.Parallel()
	env := network(t)
	for key, want := range map[string]string{
		"section_count": "4", "country_count": "2", "region_count": "1", "language_count": "2",
		"section_count:africa": "2", "country_count:africa": "1", "region_count:africa": "2", "region_count:europe": "0",
		"section_count:": "2", "region_count:nowhere": "0", "language_count:africa": "", "members": "",
	} {
		for _, lang := range []string{"en", "fr", "nl", "es", "ar"} {
			view(t, env, func(v *live.View) error {
				if got, ok := v.Resolver(lang).Fact(key); got != want || ok != (want != "") {
					t.Errorf("%s in %s = %q, %v; want %q", key, lang, got, ok, want)
				}
				return nil
			})
		}
	}
}

// TestFactsInTexts: the number a reader sees follows the directory without
// anybody touching the page.
func TestFactsInTexts(t *testing.T) {
	t.Parallel()
	env := network(t)
	env.Write(t, env.Page, "en", "s", block.Paragraph(block.Node{Type: "fact", Attrs: map[string]any{"key": "section_count"}}, block.Text(" sections")))
	env.Publish(t, env.Page, "en")
	text := func() string {
		var s string
		view(t, env, func(v *live.View) error {
			it, err := v.Item(env.Page, "en")
			if err == nil {
				s = it.Body.PlainText(v.Resolver("en"))
			}
			return err
		})
		return s
	}
	if got := text(); got != "4 sections" {
		t.Fatalf("text = %q", got)
	}
	facts := env.DraftOf(t, env.Belgium, models.Facts).Fields
	facts["status"], facts["left"] = models.StatusFormer, "2026"
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.Belgium, Lang: models.Facts, Version: env.Edition(t, env.Belgium, models.Facts).Version, Fields: facts})
	if err != nil {
		t.Fatal(err)
	}
	if got := text(); got != "4 sections" {
		t.Errorf("a draft of the facts changed the public text: %q", got)
	}
	env.Publish(t, env.Belgium, "en")
	if got := text(); got != "3 sections" {
		t.Errorf("text = %q after an organisation left", got)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	env := network(t)
	for _, tt := range []struct {
		q    live.ProfileQuery
		want []string // by region, those without one last
	}{
		{live.ProfileQuery{}, []string{"Togo", "Togo North", "Belgium", "Nowhere"}},
		{live.ProfileQuery{Region: "africa"}, []string{"Togo", "Togo North"}},
		{live.ProfileQuery{Status: "former"}, []string{"Ghana"}},
		{live.ProfileQuery{Status: "associate"}, []string{"Togo North"}},
		{live.ProfileQuery{Country: "BE"}, []string{"Belgium"}},
		{live.ProfileQuery{Country: "GH"}, nil},
		{live.ProfileQuery{Language: "nl"}, []string{"Belgium"}},
		{live.ProfileQuery{Language: "de"}, nil},
	} {
		view(t, env, func(v *live.View) error {
			list, err := v.Profiles("en", tt.q)
			if err != nil {
				return err
			}
			var names []string
			for _, p := range list {
				names = append(names, p.Name)
				if _, private := p.Facts["note"]; private || p.URN == "" || len(p.Editions) == 0 {
					t.Errorf("%s: %+v", p.Name, p)
				}
			}
			if !slices.Equal(names, tt.want) {
				t.Errorf("%+v: %q, want %q", tt.q, names, tt.want)
			}
			return nil
		})
	}
	view(t, env, func(v *live.View) error {
		if _, err := v.Profiles("en", live.ProfileQuery{Region: "atlantis"}); !errors.Is(err, live.ErrNotFound) {
			t.Errorf("a region that does not exist: %v", err)
		}
		return nil
	})
}
