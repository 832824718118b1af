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
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: "seven-sections-and-a-sea", Library: env.Library}); err != nil {
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

// TestTranslations: every translation stands to its source as the files say, in
// every language.
func TestTranslations(t *testing.T) {
	t.Parallel()
	env := load(t)
	net, err := demo.Read()
	if err != nil {
		t.Fatal(err)
	}
	type text struct{ name, kind, original, title, summary string }
	texts := map[text]demo.Text{}
	for _, n := range net.News {
		texts[text{n.ID, "news", n.Original, n.Title[n.Original], n.Summary[n.Original]}] = n.Status
	}
	for _, p := range net.Pages {
		title := net.Site.Name["en"]
		kind := "page"
		for _, n := range net.Tree {
			if n.ID == p.ID && n.ID != "home" {
				title = n.Title["en"]
			}
			if n.Parent == p.ID || p.ID == "home" || p.ID == "sections" {
				kind = "section"
			}
		}
		texts[text{p.ID, kind, "en", title, p.Summary["en"]}] = p.Status
	}
	err = env.Live.View(t.Context(), func(v *live.View) error {
		for x, status := range texts {
			i := slices.IndexFunc(all(t, v, x.kind, x.original), func(it *live.Item) bool { return it.Title == x.title && it.Summary == x.summary })
			if i < 0 {
				t.Errorf("%s is not public as a %s in %s", x.name, x.kind, x.original)
				continue
			}
			id := all(t, v, x.kind, x.original)[i].ID
			for _, lang := range []string{"en", "fr", "nl"} {
				want, got := status[lang], ""
				if want == "" {
					want = "missing"
				}
				switch it, err := v.Item(id, lang); {
				case errors.Is(err, live.ErrNotFound):
					got = "missing"
				case err != nil:
					return err
				case lang == it.OriginalLang:
					got = "source"
				case it.Translation.Machine:
					got = "machine"
				case it.Translation.Fresh:
					got = "current"
				default:
					got = "outdated"
				}
				if got != want {
					t.Errorf("%s in %s is %s, want %s", x.name, lang, got, want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestHomes: each language of the site has a home page that leads to the
// directory and counts it.
func TestHomes(t *testing.T) {
	t.Parallel()
	env := load(t)
	err := env.Live.View(t.Context(), func(v *live.View) error {
		langs, err := v.HomeLanguages()
		if err != nil {
			return err
		}
		if len(langs) != 5 {
			t.Errorf("home pages in %v", langs)
		}
		for _, l := range langs {
			home, err := v.Home(l.Tag)
			if err != nil {
				return err
			}
			made, err := v.HTML(home)
			if err != nil {
				return err
			}
			html := string(made)
			if !strings.Contains(html, "35") || !strings.Contains(html, `href="/`+l.Tag+"/") {
				t.Errorf("home in %s: %s", l.Tag, html)
			}
			menu, err := v.Menu("main", l.Tag)
			if err != nil {
				return err
			}
			if l.Tag == "en" {
				var titles []string
				for _, m := range menu {
					titles = append(titles, m.Title)
				}
				if want := []string{"About us", "National sections", "What we do", "Children’s rights", "Publications", "Contact"}; !slices.Equal(titles, want) {
					t.Errorf("main menu %q, want %q", titles, want)
				}
			}
		}
		// A translation that lacks a block has no hole in its place.
		nl, err := v.Find("nl", "over-ons/bestuur")
		if err != nil {
			return err
		}
		if html, err := v.HTML(nl.Item); err != nil || strings.Count(string(html), "<p") != 1 {
			t.Errorf("Dutch governance: %v %s", err, html)
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
				t.Errorf("%s %q: warning %s %v", row.Lang, row.Title, f.Code, f.Args)
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
			"admin": false, "sec-editor": false, "be-editor": false, "be-author": false, "ps-editor": false, "safeguarding": false, "nl-translator": true, "left": true,
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
