// Package cmstest is the environment of Meridian's tests: a real database in a
// temporary folder, a clock that stands still, a small seeded site with people
// in every role, and golden files. Only tests import it.
package cmstest

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/live"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Base is what absolute addresses of the environment begin with.
const Base = "https://site.example"

// Env is a seeded installation.
type Env struct {
	Dir   string
	Store *store.Store
	CMS   *cms.CMS
	Live  *live.Reader
	Clock *Clock
	// Library is that of the installation, whose files are in Files.
	Library *media.Library
	Files   *storage.Disk

	random   *random
	pictures *atomic.Int64 // made by Upload

	// People: Admin holds the installation; Editor and Author have a grant on
	// the root, BEEditor and BEAuthor on the organisation section Belgium;
	// Nobody has no grant.
	Admin, Editor, Author, BEEditor, BEAuthor, Nobody models.User

	// Ids of the seeded entries: Root, About (an area, live in en and fr),
	// Belgium (an organisation, live in en and fr), Page (below About, live in
	// en), News (in the root, live in en and fr), BEPage (below Belgium, live
	// in fr), Draft (a page below About that never was public).
	Root, About, Belgium, Page, News, BEPage, Draft string
}

// Clock is a clock that moves when it is told to.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time of the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// random yields the same bits in every run, so that golden files hold real ids.
type random struct {
	mu  sync.Mutex
	src *rand.ChaCha8
}

func newRandom() *random { return &random{src: rand.NewChaCha8([32]byte{1})} }

func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.src.Read(p)
}

// NewID returns an id that is the same in every run.
func (env *Env) NewID() string { return models.NewIDFrom(Start, env.random) }

// Start is when the clock of every environment begins.
var Start = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// Bare returns an installation without site and without people.
func Bare(t testing.TB) *Env {
	t.Helper()
	env := &Env{Dir: t.TempDir(), Clock: &Clock{now: Start}, random: newRandom(), pictures: &atomic.Int64{}}
	s, err := store.Open(t.Context(), env.Dir, store.Options{Exclusive: true, Create: true, Clock: env.Clock.Now, Random: env.random})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	env.Store, env.CMS, env.Live = s, cms.New(s), live.New(s, Base)
	if err := env.openLibrary(); err != nil {
		t.Fatalf("open library: %v", err)
	}
	t.Cleanup(func() { _ = env.Files.Close() })
	return env
}

// Site is the settings of the seeded site.
func Site() models.Site {
	return models.Site{
		Name:      map[string]string{"en": "Children’s Rights Network", "fr": "Réseau des droits de l’enfant", "nl": "Netwerk kinderrechten", "ar": "شبكة حقوق الطفل"},
		Languages: []string{"en", "fr", "nl", "ar"},
		TimeZone:  "Europe/Brussels",
		Contact:   models.Contact{Name: "Secretariat", Street: "1 Example Street", Postcode: "1211", City: "Geneva", Country: "CH", Phone: "+41 22 700 00 00", Email: "office@site.example"},
	}
}

// New returns a seeded installation.
func New(t testing.TB) *Env {
	t.Helper()
	env := Bare(t)
	ctx := t.Context()
	env.Admin = models.User{ID: env.NewID(), Name: "Ada Admin", Email: "admin@site.example", Canonical: "admin@site.example", Lang: "en", Theme: "system", Epoch: 1, CreatedAt: Start}
	env.Admin.Grants = []models.Grant{{ID: env.NewID(), Role: models.RoleAdministrator}}
	env.tx(t, func(tx *store.Tx) error {
		if err := tx.AddUser(env.Admin); err != nil {
			return err
		}
		return cms.Install(tx, Site(), env.Admin)
	})
	env.view(t, func(r *store.Read) error {
		root, err := r.Root()
		env.Root = root.ID
		return err
	})
	env.About = env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "About us", Nav: models.NavMain})
	env.Write(t, env.About, "en", "Who we are and what we want.", paragraph("We are a movement of equals."))
	env.Publish(t, env.About, "en")
	env.Translate(t, env.About, "fr", "À propos")
	env.Publish(t, env.About, "fr")
	env.Belgium = env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Belgium", Facts: models.Values{
		"country": "BE", "status": "member", "email": "contact@be.site.example", "founded": "1991", "languages": []any{"fr", "nl"},
	}})
	env.Write(t, env.Belgium, "en", "The Belgian section.", paragraph("It works in two languages."))
	env.Publish(t, env.Belgium, "en")
	env.Translate(t, env.Belgium, "fr", "Belgique")
	env.Publish(t, env.Belgium, "fr")
	env.Page = env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Our mission"})
	env.Write(t, env.Page, "en", "What we are here for.", heading(2, "Rights"), paragraph("Every child has rights."), heading(2, "Justice"), paragraph("Also in front of a judge."))
	env.Publish(t, env.Page, "en")
	env.News = env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: "A treaty enters into force", Facts: models.Values{"date": "2026-03-01"}})
	env.Write(t, env.News, "en", "Ten states have accepted it.", paragraph("The treaty binds the states that accepted it."))
	env.Publish(t, env.News, "en")
	env.Translate(t, env.News, "fr", "Un traité entre en vigueur")
	env.Publish(t, env.News, "fr")
	env.BEPage = env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Belgium, Lang: "fr", Title: "Nos formations"})
	env.Write(t, env.BEPage, "fr", "Pour les professionnels.", paragraph("Des formations toute l’année."))
	env.Publish(t, env.BEPage, "fr")
	env.Draft = env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Not public yet"})
	env.Editor = env.person(t, ctx, "Cleo Editor", "editor@site.example", models.RoleEditor, env.Root)
	env.Author = env.person(t, ctx, "Ben Author", "author@site.example", models.RoleAuthor, env.Root)
	env.BEEditor = env.person(t, ctx, "Dalia Belgium", "be-editor@site.example", models.RoleEditor, env.Belgium)
	env.BEAuthor = env.person(t, ctx, "Bram Belgium", "be-author@site.example", models.RoleAuthor, env.Belgium)
	env.Nobody = env.person(t, ctx, "Nora Nobody", "nobody@site.example", "", "")
	return env
}

func (env *Env) person(t testing.TB, ctx context.Context, name, email string, role models.Role, section string) models.User {
	t.Helper()
	u := models.User{ID: env.NewID(), Name: name, Email: email, Canonical: email, Lang: "en", Theme: "system", Epoch: 1, CreatedAt: Start}
	if role != "" {
		u.Grants = []models.Grant{{ID: env.NewID(), Role: role, SectionID: section}}
	}
	env.tx(t, func(tx *store.Tx) error { return tx.AddUser(u) })
	env.view(t, func(r *store.Read) (err error) {
		u, err = r.User(u.ID)
		return err
	})
	return u
}

func (env *Env) tx(t testing.TB, fn func(*store.Tx) error) {
	t.Helper()
	if err := env.Store.Tx(t.Context(), fn); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

func (env *Env) view(t testing.TB, fn func(*store.Read) error) {
	t.Helper()
	if err := env.Store.View(t.Context(), fn); err != nil {
		t.Fatalf("read: %v", err)
	}
}

// Tx runs fn in a write transaction and fails the test on an error.
func (env *Env) Tx(t testing.TB, fn func(*store.Tx) error) { t.Helper(); env.tx(t, fn) }

// View runs fn in a read transaction and fails the test on an error.
func (env *Env) View(t testing.TB, fn func(*store.Read) error) { t.Helper(); env.view(t, fn) }

// Exec runs a statement on the database behind the store's back, for tests that
// break things on purpose.
func (env *Env) Exec(t testing.TB, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(env.Dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Create makes an entry as the administrator and returns its id.
func (env *Env) Create(t testing.TB, in cms.NewEntry) string {
	t.Helper()
	e, _, err := env.CMS.Create(t.Context(), env.Admin, in)
	if err != nil {
		t.Fatalf("create %s %q: %v", in.Kind, in.Title, err)
	}
	return e.ID
}

// Translate adds an edition with the original's words under another title.
func (env *Env) Translate(t testing.TB, entry, lang, title string) {
	t.Helper()
	_, err := env.CMS.Translate(t.Context(), env.Admin, cms.NewEdition{Entry: entry, Lang: lang, Title: title, Copy: true})
	if err != nil {
		t.Fatalf("translate %s into %s: %v", entry, lang, err)
	}
}

// Edition returns an edition as stored.
func (env *Env) Edition(t testing.TB, entry, lang string) models.Edition {
	t.Helper()
	var d models.Edition
	env.view(t, func(r *store.Read) (err error) {
		d, err = r.Edition(entry, lang)
		return err
	})
	return d
}

// DraftOf returns the working text of an edition.
func (env *Env) DraftOf(t testing.TB, entry, lang string) models.Draft {
	t.Helper()
	var draft models.Draft
	env.view(t, func(r *store.Read) error {
		d, err := r.Edition(entry, lang)
		if err != nil {
			return err
		}
		draft, err = r.Draft(d.ID)
		return err
	})
	return draft
}

// Write saves a summary and blocks into a draft; the title stays.
func (env *Env) Write(t testing.TB, entry, lang, summary string, blocks ...block.Node) {
	t.Helper()
	doc := block.Empty(lang)
	doc.Doc.Content = blocks
	draft := env.DraftOf(t, entry, lang)
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{
		Entry: entry, Lang: lang, Version: env.Edition(t, entry, lang).Version,
		Title: draft.Title, Summary: summary, Body: doc,
	})
	if err != nil {
		t.Fatalf("write %s %s: %v", entry, lang, err)
	}
}

// Publish publishes a draft with the pending facts as the administrator.
func (env *Env) Publish(t testing.TB, entry, lang string) cms.Published {
	t.Helper()
	p, err := env.CMS.Publish(t.Context(), env.Admin, cms.Publish{
		Entry: entry, Lang: lang, Version: env.Edition(t, entry, lang).Version,
		FactsVersion: env.Edition(t, entry, models.Facts).Version,
	})
	if err != nil {
		t.Fatalf("publish %s %s: %v", entry, lang, err)
	}
	return p
}

func paragraph(text string) block.Node { return block.Paragraph(block.Text(text)) }

func heading(level int, text string) block.Node {
	return block.Node{Type: "heading", Attrs: map[string]any{"level": level}, Content: []block.Node{block.Text(text)}}
}
