package demonstration_test

import (
	"bytes"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/cms/live"
	"meridian/cms/media"
	"meridian/data/demo"
	"meridian/models"
	"meridian/models/store"
)

// TestSizes: what every installation carries along is small, and pictures are
// large enough for every width.
func TestSizes(t *testing.T) {
	t.Parallel()
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range net.Library.Pictures {
		b, err := demo.File(p.File)
		if err != nil {
			t.Fatal(err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(b))
		if err != nil || c.Width != 1600 || c.Height != 1067 || len(b) > 120_000 {
			t.Errorf("%s: %d × %d, %d bytes, %v", p.File, c.Width, c.Height, len(b), err)
		}
		for _, lang := range net.Site.Languages {
			if p.Alt[lang] == "" {
				t.Errorf("%s has no description in %s", p.File, lang)
			}
		}
	}
	for _, d := range net.Library.Documents {
		b, err := demo.File(d.File)
		if err != nil || len(b) > 40_000 {
			t.Errorf("%s: %d bytes, %v", d.File, len(b), err)
		}
	}
}

// TestLibrary: what the library knows is what the files say, nothing of it is
// withheld, and each answer to the question who is shown occurs.
func TestLibrary(t *testing.T) {
	t.Parallel()
	env := load(t)
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	var admin, officer models.User
	env.View(t, func(r *store.Read) (err error) {
		if admin, err = r.UserByCanonical("admin@meridian.example"); err == nil {
			officer, err = r.UserByCanonical("safeguarding@meridian.example")
		}
		return err
	})
	list, err := env.Library.List(t.Context(), admin, media.Query{})
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]media.Item{}
	var states []models.ConsentState
	var people []models.People
	for _, it := range list.Items {
		items[it.Asset.Title] = it
		states, people = append(states, it.State), append(people, it.Asset.People)
		if it.Asset.Withheld != "" || !it.Public || it.Asset.Credit == "" || it.Asset.Licence != "cc0" || len(it.Version.Flags) > 0 {
			t.Errorf("%s: withheld %q, public %v, credit %q, licence %q, flags %v", it.Asset.Title, it.Asset.Withheld, it.Public, it.Asset.Credit, it.Asset.Licence, it.Version.Flags)
		}
	}
	if want := len(net.Library.Pictures) + len(net.Library.Documents); len(items) != want {
		t.Errorf("%d files, want %d", len(items), want)
	}
	for _, p := range net.Library.Pictures {
		it := items[p.Title]
		if it.Asset.Place != p.Place || it.Asset.People != models.People(p.People) || it.Asset.FocusX != p.Focus[0] || it.Asset.Shared != p.Shared || it.Descriptions["ar"] != p.Alt["ar"] {
			t.Errorf("%s: %+v", p.Title, it)
		}
	}
	for _, d := range net.Library.Documents {
		if it := items[d.Title]; it.Asset.Lang != d.Lang || it.Version.Pages != 1 || it.Version.Type != "application/pdf" {
			t.Errorf("%s: language %q, %d pages, %s", d.File, it.Asset.Lang, it.Version.Pages, it.Version.Type)
		}
	}
	for _, s := range []models.ConsentState{models.ConsentValid, models.ConsentEnding, models.ConsentNotNeeded} {
		if !slices.Contains(states, s) {
			t.Errorf("no consent is %s", s)
		}
	}
	for _, p := range models.PeopleShown {
		if !slices.Contains(people, p) {
			t.Errorf("no picture shows %s", p)
		}
	}
	desk, err := env.Library.Desk(t.Context(), officer)
	if err != nil || len(desk.Ending) != 1 || len(desk.Ending[0].Uses) == 0 || len(desk.Withheld) != 0 {
		t.Errorf("the desk of the officer: %+v, %v", desk, err)
	}
}

// TestShown: every picture is where the files put it, in every language of the
// entry, and described in that.
func TestShown(t *testing.T) {
	t.Parallel()
	env := load(t)
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	err = env.Live.View(t.Context(), func(v *live.View) error {
		leads, blocks, files := map[string]int{}, map[string]int{}, 0
		for _, kind := range []string{"page", "news", "section"} {
			for _, lang := range net.Site.Languages {
				for _, it := range all(t, v, kind, lang) {
					m, err := v.Image(it)
					if err != nil {
						return err
					}
					if m != nil {
						leads[m.Title]++
						if m.Alt[lang] == "" {
							t.Errorf("%s in %s: %s is not described", it.Title, lang, m.Title)
						}
					}
					html, err := v.HTML(it)
					if err != nil {
						return err
					}
					for _, p := range net.Library.Pictures {
						blocks[p.Title] += strings.Count(string(html), `alt="`+p.Alt[lang]+`"`)
					}
					files += strings.Count(string(html), `type="application/pdf"`)
				}
			}
		}
		for _, p := range net.Library.Pictures {
			entries := 0
			for _, names := range p.Leads {
				entries += len(names)
			}
			if leads[p.Title] < entries {
				t.Errorf("%s leads %d texts, want at least %d", p.Title, leads[p.Title], entries)
			}
			if want := 3 * len(p.Shown); blocks[p.Title] != want {
				t.Errorf("%s is shown in %d texts, want %d", p.Title, blocks[p.Title], want)
			}
		}
		if want := 3 * len(net.Library.Documents); files != want {
			t.Errorf("%d documents are given out, want %d", files, want)
		}
		for _, lang := range net.Site.Languages {
			home, err := v.Home(lang)
			if err != nil {
				return err
			}
			if m, err := v.Image(home); err != nil || m == nil || m.Alt[lang] == "" {
				t.Errorf("home in %s: %+v, %v", lang, m, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWithoutLibrary: a network without pictures is a network.
func TestWithoutLibrary(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	res, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: "seven-sections-and-a-sea"})
	if err != nil || res.Files != 0 || res.Entries == 0 {
		t.Errorf("Load = %+v, %v", res, err)
	}
}
