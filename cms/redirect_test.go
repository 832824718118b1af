package cms_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

func addRedirect(t testing.TB, env *cmstest.Env, by models.User, from, to string) (cms.Redirect, error) {
	t.Helper()
	return env.CMS.AddRedirect(t.Context(), by, cms.NewRedirect{From: from, To: to, Host: "site.example"})
}

// problemOf returns "field: code" of what is wrong, or the error in words.
func problemOf(err error) string {
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return strings.TrimPrefix(invalid.Error(), "not valid: ")
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestRedirectsThatSomebodyAdds(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Tx(t, func(tx *store.Tx) error {
		return tx.AddRedirect(models.Address{Lang: "en", Path: "latest", URL: "/en/news/", Origin: models.AddressManual}, env.Admin.ID)
	})
	if err := setAddress(env, t, env.Editor, env.Page, "en", "what-we-want"); err != nil { // leaves a redirect
		t.Fatal(err)
	}
	for _, tt := range []struct{ from, to, address, leads string }{
		{"/en/old-1", "/en/about-us/what-we-want", "/en/old-1", "/en/about-us/what-we-want"},
		{"/EN//Old-2/", "https://SITE.example/en/about-us/what-we-want/", "/en/old-2", "/en/about-us/what-we-want"},
		{"https://old.example/en/old-3", env.Page, "/en/old-3", "/en/about-us/what-we-want"},
		{"/fr/ancien", "/admin/entries/" + env.About + "/en/publish?x=1#y", "/fr/ancien", "/en/about-us/"},
		{"/fr/ancien-2", "/admin/content/" + env.About, "/fr/ancien-2", "/fr/a-propos/"},
		{"/fr/ancien-3", "/admin/entries/" + env.Page + "/und", "/fr/ancien-3", "/en/about-us/what-we-want"},
		{"/index.php/Caf%C3%A9.html", "/en/", "/index.php/café.html", "/en/"},
		{"/index.php/cafe\u0301-2.html", "/", "/index.php/café-2.html", "/"},
		{"/ar/قديم", "/fr/a-propos", "/ar/قديم", "/fr/a-propos/"},
		{"/en/old-4", "/en/about-us/our-mission", "/en/old-4", "/en/about-us/what-we-want"}, // by way of the redirect
		{"/en/old-5", "/en/latest/", "/en/old-5", "/en/news/"},
		{"/en/old-6", "/en/about-us/news", "/en/old-6", "/en/about-us/news/"},
		{"/en/old-7", "/en/about-us/not-public-yet", "/en/old-7", "/en/about-us/not-public-yet"},
		{"/en/old-8", "/media/01ABC/original/Report.PDF", "/en/old-8", "/media/01ABC/original/Report.PDF"},
		{"/en/be/contact", "/en/network", "/en/be/contact", "/en/network"},
		{"/en/nowhere/news", "/en/news", "/en/nowhere/news", "/en/news/"},
	} {
		head := env.Store.Head()
		got, err := addRedirect(t, env, env.Admin, tt.from, tt.to)
		if err != nil {
			t.Errorf("%s to %s: %v", tt.from, tt.to, problemOf(err))
			continue
		}
		if got.From != tt.address || got.To != tt.leads || got.Origin != models.AddressManual {
			t.Errorf("%s to %s: %s leads to %s", tt.from, tt.to, got.From, got.To)
		}
		if env.Store.Head() <= head {
			t.Errorf("%s: the journal stands still", tt.from)
		}
	}
	wantOneHop(t, env, "")
}

func TestRedirectsThatAreRefused(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, r := range [][2]string{{"/en/b", "/en/news/"}, {"/en/p", "/en/about-us"}} {
		if _, err := addRedirect(t, env, env.Admin, r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	env.Tx(t, func(tx *store.Tx) error { // as an older version may have left it
		return tx.AddRedirect(models.Address{Lang: "en", Path: "c", URL: "/en/a", Origin: models.AddressManual}, env.Admin.ID)
	})
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "from: address_missing, to: redirect_nowhere"},
		{"/en/x?id=3", "/en/about-us", "from: address_query"},
		{"/en/x#top", "/en/about-us", "from: address_query"},
		{"/en/../x", "/en/about-us", "from: address_malformed"},
		{"/en/%zz", "/en/about-us", "from: address_malformed"},
		{"/en/%00", "/en/about-us", "from: address_malformed"},
		{`/en/a\b`, "/en/about-us", "from: address_malformed"},
		{"/en/\u202eabc", "/en/about-us", "from: address_malformed"},
		{"//evil.example/x", "/en/about-us", "from: address_malformed"},
		{"/en/" + strings.Repeat("a", models.AddressMax+1), "/en/about-us", "from: address_long"},
		{"/en/about-us/", "/en/news/", "from: redirect_taken"},
		{"/en/About-us/Not-public-yet", "/en/news/", "from: redirect_taken"},
		{"/en/about-us/news", "/en/news/", "from: redirect_news"},
		{"/en/news", "/en/about-us", "from: redirect_news"},
		{"/en/", "/en/about-us", "from: redirect_taken"},
		{"/nl/", "/en/about-us", "from: redirect_taken"},
		{"/", "/en/about-us", "from: redirect_reserved"},
		{"/en/search", "/en/about-us", "from: redirect_reserved"},
		{"/admin/x", "/en/about-us", "from: redirect_reserved"},
		{"/static/x.css", "/en/about-us", "from: redirect_reserved"},
		{"/en/b", "/en/news/", "from: redirect_same"},
		{"/en/b", "/en/about-us", "from: redirect_there"},
		{"/en/x", "/en/no-such-page", "to: redirect_unknown"},
		{"/en/x", env.NewID(), "to: redirect_unknown"},
		{"/en/x", "/admin/settings", "to: redirect_unknown"},
		{"/en/x", "about-us", "to: redirect_unknown"},
		{"/en/x", "/en/about-us?topic=y", "to: address_query"},
		{"/en/x", "https://evil.example/en/about-us", "to: redirect_foreign"},
		{"/en/x", "//evil.example/en/about-us", "to: redirect_foreign"},
		{"/en/x", `/\evil.example`, "to: address_malformed"},
		{"/en/x", "ftp://site.example/", "to: redirect_foreign"},
		{"/en/x", "javascript:alert(1)//https://ok.example", "to: redirect_unknown"},
		{"/en/x", "mailto:a@b.example", "to: redirect_unknown"},
		{"/en/x", "/en/X/", "to: redirect_loop"},
		{"/en/a", "/en/c", "to: redirect_loop"},
	} {
		_, err := addRedirect(t, env, env.Admin, tt.from, tt.to)
		if got := problemOf(err); got != tt.want || !errors.Is(err, models.ErrInvalid) {
			t.Errorf("%.60s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
	_, err := addRedirect(t, env, env.Admin, "/en/a", "/en/c")
	var invalid *models.InvalidError
	if errors.As(err, &invalid); invalid.Fields["to"].Args["chain"] != "/en/a → /en/c → /en/a" {
		t.Errorf("chain %v", invalid.Fields["to"].Args)
	}
	_, err = addRedirect(t, env, env.Admin, "/en/about-us/our-mission", "/en/news/")
	if errors.As(err, &invalid); invalid.Fields["from"].Args["entry"] != env.Page {
		t.Errorf("taken by %v", invalid.Fields["from"].Args)
	}
}

// Editors look after what leads into their branch, and see nothing else.
func TestRedirectsByRight(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, r := range [][2]string{{"/en/to-belgium", env.Belgium}, {"/en/to-news", "/en/news/"}, {"/en/to-about", env.About}} {
		if _, err := addRedirect(t, env, env.Admin, r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name     string
		by       models.User
		sees     string
		to, want string
	}{
		{"administrator", env.Admin, "/en/to-about /en/to-belgium /en/to-news", env.About, ""},
		{"Belgian editor, own page", env.BEEditor, "/en/to-belgium", env.BEPage, ""},
		{"Belgian editor, foreign page", env.BEEditor, "/en/to-belgium", env.About, "to: redirect_unknown"},
		{"Belgian editor, list of news", env.BEEditor, "/en/to-belgium", "/fr/belgique/news", "to: redirect_not_yours"},
		{"editor of the root", env.Editor, "/en/to-about", env.Belgium, "to: redirect_unknown"},
		{"author", env.BEAuthor, "", env.BEPage, "not allowed"},
		{"nobody", env.Nobody, "", env.BEPage, "not allowed"},
	} {
		list, err := env.CMS.Redirects(t.Context(), tt.by, cms.RedirectFilter{Page: 1})
		if (tt.sees == "") != errors.Is(err, models.ErrForbidden) {
			t.Errorf("%s: list = %v", tt.name, err)
		}
		var sees []string
		for _, r := range list.Rows {
			sees = append(sees, r.From)
		}
		if got := strings.Join(sees, " "); got != tt.sees {
			t.Errorf("%s sees %q, want %q", tt.name, got, tt.sees)
		}
		from := "/en/by-" + tt.by.ID
		_, err = addRedirect(t, env, tt.by, from, tt.to)
		if got := problemOf(err); got != tt.want || errors.Is(err, models.ErrForbidden) != (tt.want == "not allowed" || strings.HasSuffix(tt.want, "not_yours")) {
			t.Errorf("%s: added with %q, want %q", tt.name, got, tt.want)
		}
		if err == nil {
			if _, err := env.CMS.DeleteRedirect(t.Context(), tt.by, "en", strings.TrimPrefix(from, "/en/")); err != nil {
				t.Errorf("%s: delete = %v", tt.name, err)
			}
		}
	}
	for _, tt := range []struct {
		by   models.User
		path string
		want error
	}{
		{env.BEEditor, "to-about", models.ErrNotFound}, {env.BEEditor, "to-news", models.ErrNotFound},
		{env.BEAuthor, "to-belgium", models.ErrForbidden}, {env.Admin, "nothing", models.ErrNotFound},
		{env.BEEditor, "to-belgium", nil}, {env.Admin, "to-news", nil},
	} {
		head := env.Store.Head()
		_, err := env.CMS.DeleteRedirect(t.Context(), tt.by, "en", tt.path)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s deletes %s: %v, want %v", tt.by.Name, tt.path, err, tt.want)
		}
		if moved := env.Store.Head() > head; moved != (tt.want == nil) {
			t.Errorf("%s deletes %s: journal moved = %v", tt.by.Name, tt.path, moved)
		}
	}
	if to := moved(t, env, "en", "to-belgium"); to != "" {
		t.Errorf("a deleted redirect leads to %s", to)
	}
	// A foreign redirect is in the way, but where it leads is not told.
	if _, err := addRedirect(t, env, env.BEEditor, "/en/to-about", env.BEPage); problemOf(err) != "from: redirect_elsewhere" {
		t.Errorf("taking a foreign redirect: %v", err)
	}
	for _, u := range []models.User{env.Editor, env.BEEditor, env.Author, env.Nobody} {
		_, err1 := env.CMS.Missing(t.Context(), u, 1)
		_, err2 := env.CMS.ExportRedirects(t.Context(), u)
		_, err3 := env.CMS.ImportRedirects(t.Context(), u, cms.RedirectImport{Text: []byte("/en/x,/en/news/")})
		err4 := env.CMS.ForgetMissing(t.Context(), u, "en", "x")
		for _, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, models.ErrForbidden) {
				t.Errorf("%s: %v", u.Name, err)
			}
		}
	}
}

// What is asked for in vain is listed until it leads somewhere or is
// forgotten, and neither counting nor forgetting moves the journal.
func TestMissing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	head := env.Store.Head()
	env.Tx(t, func(tx *store.Tx) error {
		return tx.CountHits([]store.AddressHit{
			{Lang: "en", Path: "a", Hits: 2, FirstAt: cmstest.Start, LastAt: cmstest.Start},
			{Path: "index.php/b.html", Hits: 3, FirstAt: cmstest.Start, LastAt: cmstest.Start},
		}, 100)
	})
	look := func() string {
		list, err := env.CMS.Missing(t.Context(), env.Admin, 1)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, m := range list.Rows {
			out = append(out, fmt.Sprint(m.Address, " ", m.Hits))
		}
		return strings.Join(out, ", ")
	}
	if got := look(); got != "/index.php/b.html 3, /en/a 2" {
		t.Errorf("missing %s", got)
	}
	if err := env.CMS.ForgetMissing(t.Context(), env.Admin, "", "index.php/b.html"); err != nil {
		t.Error(err)
	}
	if err := env.CMS.ForgetMissing(t.Context(), env.Admin, "", "index.php/b.html"); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("forgotten twice: %v", err)
	}
	if env.Store.Head() != head {
		t.Error("the journal moved")
	}
	r, err := addRedirect(t, env, env.Admin, "/en/a", env.Page)
	if err != nil || r.Hits != 2 || r.LastAt == nil || !r.LastAt.Equal(cmstest.Start) {
		t.Errorf("redirect %+v, %v", r, err)
	}
	if got := look(); got != "" {
		t.Errorf("missing %s", got)
	}
}

func TestRedirectsAreFiltered(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := setAddress(env, t, env.Editor, env.Page, "en", "what-we-want"); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		env.Clock.Advance(1e9)
		if _, err := addRedirect(t, env, env.Admin, fmt.Sprintf("/en/old_%02d", i), "/en/news/"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		f     cms.RedirectFilter
		n     int
		more  bool
		first string
	}{
		{cms.RedirectFilter{}, 50, true, "/en/old_59"},
		{cms.RedirectFilter{Page: 2}, 11, false, "/en/old_09"},
		{cms.RedirectFilter{Origin: models.AddressAutomatic}, 1, false, "/en/about-us/our-mission"},
		{cms.RedirectFilter{Origin: models.AddressImported}, 0, false, ""},
		{cms.RedirectFilter{Text: "OLD_0"}, 10, false, "/en/old_09"},
		{cms.RedirectFilter{Text: "/en/about"}, 1, false, "/en/about-us/our-mission"},
		{cms.RedirectFilter{Text: "what-we"}, 1, false, "/en/about-us/our-mission"},
		{cms.RedirectFilter{Text: "Our mission"}, 1, false, "/en/about-us/our-mission"}, // the title
		{cms.RedirectFilter{Text: "/en/news"}, 50, true, "/en/old_59"},
		{cms.RedirectFilter{Text: "%"}, 0, false, ""},
	} {
		list, err := env.CMS.Redirects(t.Context(), env.Admin, tt.f)
		if err != nil {
			t.Fatal(err)
		}
		first := ""
		if len(list.Rows) > 0 {
			first = list.Rows[0].From
		}
		if len(list.Rows) != tt.n || list.More != tt.more || first != tt.first {
			t.Errorf("%+v: %d rows, more %v, first %s", tt.f, len(list.Rows), list.More, first)
		}
	}
}

func TestRedirectsSayWhatReadersGet(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for from, to := range map[string]string{"/en/a": env.Page, "/en/b": env.Draft, "/en/c": env.News} {
		if _, err := addRedirect(t, env, env.Admin, from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := env.CMS.Withdraw(t.Context(), env.Admin, env.News, "fr", env.Edition(t, env.News, "fr").Version, "error"); err != nil {
		t.Fatal(err)
	}
	if err := env.CMS.Withdraw(t.Context(), env.Admin, env.News, "en", env.Edition(t, env.News, "en").Version, "error"); err != nil {
		t.Fatal(err)
	}
	list, err := env.CMS.Redirects(t.Context(), env.Admin, cms.RedirectFilter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range list.Rows {
		got[r.From] = r.State
	}
	want := map[string]string{"/en/a": cms.LeadsToPublic, "/en/b": cms.LeadsToHidden, "/en/c": cms.LeadsToGone}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("states %v, want %v", got, want)
	}
}

// A redirect to the news of a section follows what becomes of that address: the
// section moves, or something else is to be found there.
func TestRedirectsToNewsFollow(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	add := func(from, to, leads string) {
		t.Helper()
		if r, err := addRedirect(t, env, env.Admin, from, to); err != nil || r.To != leads {
			t.Fatalf("%s leads to %s, %v", from, r.To, err)
		}
	}
	add("/en/x", "/en/about-us/news", "/en/about-us/news/")
	if err := setAddress(env, t, env.Admin, env.About, "en", "who-we-are"); err != nil {
		t.Fatal(err)
	}
	if to := moved(t, env, "en", "x"); to != "/en/who-we-are/news/" {
		t.Errorf("after a move it leads to %s", to)
	}
	// Nobody knew this section, so it leaves nothing behind.
	hidden := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "Hidden"})
	add("/en/y", "/en/hidden/news/", "/en/hidden/news/")
	if err := setAddress(env, t, env.Admin, hidden, "en", "elsewhere"); err != nil {
		t.Fatal(err)
	}
	add("/en/hidden/news", env.Page, "/en/who-we-are/our-mission")
	if to := moved(t, env, "en", "y"); to != "/en/who-we-are/our-mission" {
		t.Errorf("it leads to %s", to)
	}
	list, err := env.CMS.Redirects(t.Context(), env.Admin, cms.RedirectFilter{Text: "/en/y"})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].To != "/en/who-we-are/our-mission" {
		t.Errorf("stored as %+v, %v", list.Rows, err)
	}
	wantOneHop(t, env, "")
}

// wantOneHop asks the readers' side where every redirect leads: to something
// that answers itself, or to nothing, but to no other redirect.
func wantOneHop(t testing.TB, env *cmstest.Env, prefix string) {
	t.Helper()
	var rows []store.AddressRow
	env.View(t, func(r *store.Read) (err error) {
		rows, _, err = r.Addresses(store.AddressFilter{Text: prefix, All: true, Limit: 100_000})
		return err
	})
	err := env.Live.View(t.Context(), func(v *live.View) error {
		for _, row := range rows {
			to, err := v.Moved(row.Lang, row.Path)
			if errors.Is(err, live.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			plain, err := url.PathUnescape(to)
			if err != nil {
				return err
			}
			lang, path, ok := strings.Cut(strings.Trim(plain, "/"), "/")
			if !ok && len(lang) != 2 || lang == "media" {
				continue
			}
			f, err := v.Find(lang, path)
			if _, gone := live.IsGone(err); gone || errors.Is(err, live.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if f.Redirect != "" {
				t.Errorf("/%s/%s leads to %s, and that to %s", row.Lang, row.Path, to, f.Redirect)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever people add, import, rename, publish and take down, no redirect ever
// leads to another one.
func TestNoRedirectLeadsToAnother(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	names := []string{"a", "b", "c", "a/b", "a/news", "b/news", "c/news", "a/b/news"}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		place := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: fmt.Sprint("Place ", n)})
		env.Publish(t, place, "en")
		prefix := "/en/" + *env.Edition(t, place, "en").Path + "/"
		var entries []string
		for i := range 3 {
			kind, typ, in := models.KindSection, models.TypeArea, place
			if i == 2 {
				kind, typ, in = models.KindPage, "", entries[0]
			}
			id := env.Create(t, cms.NewEntry{Kind: kind, Type: typ, Section: in, Lang: "en", Title: string(rune('a' + i))})
			entries = append(entries, id)
		}
		for range 14 {
			entry := rapid.SampledFrom(entries).Draw(rt, "entry")
			d := env.Edition(t, entry, "en")
			from, to := prefix+rapid.SampledFrom(names).Draw(rt, "from"), prefix+rapid.SampledFrom(names).Draw(rt, "to")
			var err error
			switch act := rapid.SampledFrom([]string{"add", "add", "add id", "import", "rename", "rename", "publish", "publish", "unpublish", "delete"}).Draw(rt, "act"); act {
			case "add":
				_, err = addRedirect(t, env, env.Admin, from, to)
			case "add id":
				_, err = addRedirect(t, env, env.Admin, from, entry)
			case "import":
				other := prefix + rapid.SampledFrom(names).Draw(rt, "other")
				_, err = env.CMS.ImportRedirects(t.Context(), env.Admin, cms.RedirectImport{Text: []byte(from + "," + to + "\n" + to + "," + other + "\n" + other + "," + entry)})
			case "rename":
				err = setAddress(env, t, env.Admin, entry, "en", rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "slug"))
			case "publish":
				if !d.Live() {
					env.Publish(t, entry, "en")
				}
			case "unpublish":
				if d.Live() {
					err = env.CMS.Unpublish(t.Context(), env.Admin, entry, "en", d.Version)
				}
			case "delete":
				_, err = env.CMS.DeleteRedirect(t.Context(), env.Admin, "en", strings.TrimPrefix(from, "/en/"))
			}
			if err != nil && !errors.Is(err, models.ErrInvalid) && !errors.Is(err, models.ErrNotFound) && !errors.Is(err, models.ErrConflict) {
				rt.Fatal(err)
			}
		}
		wantOneHop(t, env, prefix)
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// What readers are told at an address does not depend on whether it leads to
// the same language.
func TestRedirectsToAnotherLanguageAnswerGone(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, from := range []string{"/en/old", "/fr/old"} {
		if _, err := addRedirect(t, env, env.Admin, from, "/admin/entries/"+env.Page+"/en"); err != nil {
			t.Fatal(err)
		}
	}
	if err := env.CMS.Withdraw(t.Context(), env.Admin, env.Page, "en", env.Edition(t, env.Page, "en").Version, "error"); err != nil {
		t.Fatal(err)
	}
	err := env.Live.View(t.Context(), func(v *live.View) error {
		for _, lang := range []string{"en", "fr"} {
			f, err := v.Find(lang, "old")
			if reason, gone := live.IsGone(err); !gone || reason != "error" {
				t.Errorf("/%s/old answers %+v, %v", lang, f, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
