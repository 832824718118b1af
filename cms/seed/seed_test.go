package seed_test

import (
	"errors"
	"slices"
	"testing"

	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/seed"
	"meridian/models"
)

func titles(t *testing.T, env *cmstest.Env, lang string) []string {
	t.Helper()
	var out []string
	err := env.Live.View(t.Context(), func(v *live.View) error {
		q := live.Query{Lang: lang, Sort: "title", Limit: 200}
		for {
			p, err := v.List(q)
			if err != nil {
				return err
			}
			for _, it := range p.Items {
				if !it.Root {
					out = append(out, it.Title)
				}
			}
			if p.Next == nil {
				return nil
			}
			q.After = p.Next
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRun(t *testing.T) {
	t.Parallel()
	var all [2][]string
	for i := range all {
		env := cmstest.Bare(t)
		last := 0
		err := seed.Run(t.Context(), env.Store, seed.Options{Entries: 300, Langs: []string{"en", "fr", "ar"}, Seed: 7, Progress: func(done, total int) {
			if total != 300 || done <= last {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"en", "fr", "ar"} {
			if n := len(titles(t, env, lang)); n != 300 {
				t.Errorf("%s: %d public entries, want 300", lang, n)
			}
		}
		all[i] = titles(t, env, "en")
		err = env.Live.View(t.Context(), func(v *live.View) error {
			p, err := v.List(live.Query{Kind: "news", Lang: "fr", Sort: "date", Limit: 1})
			if err != nil {
				return err
			}
			if tr := p.Items[0].Translation; tr == nil || !tr.Fresh {
				t.Errorf("a translation begins as %+v", tr)
			}
			if n, _ := v.Resolver("en").Fact("section_count"); n != "8" {
				t.Errorf("%s organisations, want 8: every section of so small a corpus", n)
			}
			_, err = v.HTML(p.Items[0])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(all[0], all[1]) {
		t.Error("the same seed told other stories")
	}
}

func TestRunIntoASiteThatLacksALanguage(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	err := seed.Run(t.Context(), env.Store, seed.Options{Entries: 5, Langs: []string{"en", "sw"}})
	if !errors.Is(err, models.ErrInvalid) {
		t.Fatalf("Run = %v", err)
	}
	if err := seed.Run(t.Context(), env.Store, seed.Options{Entries: 5, Langs: []string{"en"}}); err != nil {
		t.Fatalf("Run beside content: %v", err)
	}
}
