package demonstration_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/cms/live"
	"meridian/data/demo"
	"meridian/models"
	"meridian/models/store"
)

func load(t *testing.T) *cmstest.Env {
	t.Helper()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: "seven-sections-and-a-sea"}); err != nil {
		t.Fatal(err)
	}
	return env
}

func all(t *testing.T, v *live.View, kind, lang string) []*live.Item {
	t.Helper()
	p, err := v.List(live.Query{Kind: kind, Lang: lang, Sort: "title", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

// TestExpectations counts what readers see, not what was loaded.
func TestExpectations(t *testing.T) {
	t.Parallel()
	env := load(t)
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	want := net.Expectations
	err = env.Live.View(t.Context(), func(v *live.View) error {
		r := v.Resolver("en")
		if n, _ := r.Fact("section_count"); n != strconv.Itoa(want.Sections) {
			t.Errorf("%s sections, want %d", n, want.Sections)
		}
		for region, w := range want.SectionsByRegion {
			if n, _ := r.Fact("region_count:" + region); n != strconv.Itoa(w) {
				t.Errorf("%s: %s sections, want %d", region, n, w)
			}
		}
		for lang, w := range want.NewsByLanguage {
			if n := len(all(t, v, "news", lang)); n != w {
				t.Errorf("%d news in %s, want %d", n, lang, w)
			}
		}
		byTitle := map[string]string{} // English title to the name in the files
		for _, n := range net.News {
			byTitle[n.Title["en"]] = n.ID
		}
		var missing, behind, foreign, belgium []string
		be, err := v.Find("en", "national-sections/belgium")
		if err != nil {
			return err
		}
		for _, it := range all(t, v, "news", "en") {
			id := byTitle[it.Title]
			if it.OriginalLang != "en" {
				foreign = append(foreign, id)
			}
			if about, _ := it.Facts["about"].([]any); slices.Contains(about, any(be.Item.ID)) {
				belgium = append(belgium, id)
			}
			nl, err := v.Item(it.ID, "nl")
			switch {
			case errors.Is(err, live.ErrNotFound):
				missing = append(missing, id)
			case err != nil:
				return err
			case nl.Translation != nil && !nl.Translation.Fresh:
				behind = append(behind, id)
			}
		}
		for _, c := range []struct {
			what      string
			got, want []string
		}{
			{"news without Dutch", missing, want.NewsMissingNL}, {"Dutch news behind", behind, want.NewsOutdatedNL},
			{"news not from English", foreign, want.NewsNotEnglish}, {"news about Belgium", belgium, want.NewsAboutBE},
		} {
			slices.Sort(c.got)
			if !slices.Equal(c.got, c.want) {
				t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
			}
		}
		pages, late := 0, []string{}
		items := append(all(t, v, "page", "en"), all(t, v, "section", "en")...)
		for _, p := range net.Pages {
			title := net.Site.Name["en"]
			for _, n := range net.Tree {
				if n.ID == p.ID && n.ID != "home" {
					title = n.Title["en"]
				}
			}
			for _, it := range items {
				if it.Title != title || it.Summary != p.Summary["en"] {
					continue
				}
				pages++
				nl, err := v.Item(it.ID, "nl")
				if err != nil {
					return err
				}
				if !nl.Translation.Fresh || nl.Translation.Machine {
					late = append(late, p.ID)
				}
				if nl.Summary != p.Summary["nl"] {
					t.Errorf("%s in Dutch: %q", p.ID, nl.Summary)
				}
			}
		}
		if pages != want.Pages || !slices.Equal(late, want.PagesNLBehind) {
			t.Errorf("%d written pages, want %d; Dutch ones behind %v, want %v", pages, want.Pages, late, want.PagesNLBehind)
		}
		for _, red := range net.Redirects {
			lang, path, _ := strings.Cut(strings.Trim(red.From, "/"), "/")
			if !slices.Contains(net.Site.Languages, lang) {
				lang, path = "", strings.Trim(red.From, "/")
			}
			if to, err := v.Moved(lang, path); err != nil || !strings.HasPrefix(to, "/"+red.Lang+"/") {
				t.Errorf("%s leads to %q, %v", red.From, to, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDemonstrationPassesItsOwnChecks: what we show is what we preach.
func TestDemonstrationPassesItsOwnChecks(t *testing.T) {
	t.Parallel()
	env := load(t)
	var rows []store.EditionRow
	env.View(t, func(r *store.Read) (err error) {
		rows, _, err = r.Rows(store.RowFilter{All: true, Limit: 1000})
		return err
	})
	var admin models.User
	env.View(t, func(r *store.Read) (err error) {
		admin, err = r.UserByCanonical("admin@meridian.example")
		return err
	})
	if len(rows) < 200 {
		t.Fatalf("only %d editions", len(rows))
	}
	for _, row := range rows {
		ed, err := env.CMS.Editor(t.Context(), admin, row.EntryID, row.Lang)
		if err != nil {
			t.Fatal(err)
		}
		if ed.State != models.StateLive || ed.FactsPending {
			t.Errorf("%s %q is %s, facts pending %v", row.Lang, row.Title, ed.State, ed.FactsPending)
		}
		for _, f := range ed.Findings {
			if f.Severity == block.Error {
				t.Errorf("%s %q: %s %s %v", row.Lang, row.Title, f.Code, f.Field, f.Args)
			} else if f.Code != "machine_unconfirmed" {
				t.Logf("%s %q: %s %v", row.Lang, row.Title, f.Code, f.Args)
			}
		}
	}
	env.View(t, func(r *store.Read) error {
		found, err := r.CheckContent()
		if len(found) > 0 {
			t.Errorf("check: %v", found)
		}
		return err
	})
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	env := load(t)
	env.View(t, func(r *store.Read) error {
		for email, disabled := range map[string]bool{
			"admin": false, "sec-editor": false, "be-editor": false, "be-author": false, "ps-editor": false, "nl-translator": true, "left": true,
		} {
			u, err := r.UserByCanonical(email + "@meridian.example")
			if err != nil {
				return err
			}
			if u.Disabled != disabled {
				t.Errorf("%s: disabled = %v", email, u.Disabled)
			}
			if ok, _, err := account.Verify(t.Context(), u.PasswordHash, "seven-sections-and-a-sea"); err != nil || !ok {
				t.Errorf("%s: the password does not fit: %v", email, err)
			}
		}
		return nil
	})
}

func TestLoadOnlyIntoAnEmptyInstallation(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	head := env.Store.Head()
	_, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: "x"})
	if !errors.Is(err, demonstration.ErrNotEmpty) {
		t.Fatalf("Load = %v, want ErrNotEmpty", err)
	}
	if env.Store.Head() != head {
		t.Error("something was written")
	}
}
