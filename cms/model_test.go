package cms_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// TestModel does random things to a branch of the site and to a model of it
// that is small enough to be right by reading, and compares the two after each
// step: what every address answers, the news, and that nothing readers see
// changes while the journal stands still. At the end of each sequence the
// drafts, a replay of the journal and the store's own checks must agree too.
//
// The seed is in the log. What the issue of the tree asks for, 5,000 sequences,
// is 2,500 checks of two:
//
//	go test ./cms -run 'TestModel$' -v -timeout 1h -rapid.checks 2500
func TestModel(t *testing.T) {
	t.Parallel()
	site, dir, sequences := cmstest.New(t), t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		// A copy for each check: what one leaves behind neither slows the next
		// down nor changes what a seed stands for.
		dir, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		env, err := site.Copy(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer env.Store.Close()
		for i := range 2 {
			// The second one finds a site on which something happened.
			m := newModel(t, env, fmt.Sprint("Sequence ", i))
			names := slices.Sorted(maps.Keys(m.acts()))
			for range modelSteps {
				m.step(rapid.SampledFrom(names).Draw(t, "act"))
			}
			m.finish()
			sequences++
		}
		err = env.Store.View(context.Background(), func(r *store.Read) error {
			bad, err := r.CheckContent()
			if len(bad) > 0 {
				t.Fatalf("CheckContent: %v", bad)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d sequences, 0 differences, seed %s", sequences, flag.Lookup("rapid.seed").Value)
}

// modelSteps is the length of a sequence; enough to rename, take the old
// address and come back to it.
const modelSteps = 16

// modelTitles collide as addresses, and some are reserved or no Latin.
var (
	modelLangs  = []string{"en", "fr", "nl"}
	modelTitles = []string{"Alpha", "Beta", "News", "مرحبا"}
	modelSlugs  = []string{"alpha", "alpha-2", "beta", "gamma", "news"}
	modelDates  = []string{"2024-05-06", "2025-01-02", "2025-11-12"}
)

type model struct {
	t       *rapid.T
	env     *cmstest.Env
	place   string // the section the sequence lives in
	prefix  string // of every address
	start   int64  // journal before the sequence
	entries []*modelEntry
	old     map[modelAddress]modelKey // redirects
	seen    map[modelAddress]bool     // every address there ever was
	tombs   map[modelAddress]string   // addresses of what was purged, with the reason
	answers map[string]string         // what readers saw after the last step
}

type modelEntry struct {
	id, kind, original string
	parent             *modelEntry // nil for the first one
	editions           map[string]*modelEdition
	date, liveDate     string      // of news: in the draft and in the public facts
	facts              bool        // facts are public
	trash              *modelEntry // whose trashing took it along; nil outside the trash
	sealed, liveNo     int         // facts are numbered as they are sealed: the newest, the public ones
	last               modelChange // of the public facts
}

type modelEdition struct {
	slug, year   string
	draft, title string // working and public title
	public, once bool
	gone         string      // reason of being withdrawn
	last         modelChange // of the public words
	plan         *modelPlan  // what is to become public
	ends         time.Time   // when it is to be taken down; zero for never
}

// modelPlan is what was sealed when an edition was scheduled.
type modelPlan struct {
	at          time.Time
	title, date string
	facts       int // their number; 0 when they were not pending
}

// modelChange is when readers got other words or facts, and what they had
// before if that can be had back.
type modelChange struct {
	at     time.Time
	before *modelBefore
}

type modelBefore struct {
	public     bool
	words      string // the title; of facts the date
	gone       string
	liveNumber int // of facts
}

type modelAddress struct{ lang, path string }

type modelKey struct {
	entry *modelEntry
	lang  string
}

// visible reports whether readers see an edition.
func (k modelKey) visible() bool { return k.entry.editions[k.lang].public && k.entry.trash == nil }

// gone returns what readers are told of an edition they once knew; false when
// that is nothing.
func (k modelKey) gone() (string, bool) {
	d := k.entry.editions[k.lang]
	return "gone: " + d.gone, d.gone != "" || d.once && k.entry.trash != nil
}

func newModel(t *rapid.T, env *cmstest.Env, place string) *model {
	m := &model{t: t, env: env, start: env.Store.Head(), old: map[modelAddress]modelKey{}, seen: map[modelAddress]bool{}, tombs: map[modelAddress]string{}}
	e, d, err := env.CMS.Create(context.Background(), env.Admin, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: place})
	if err != nil {
		t.Fatal(err)
	}
	m.place, m.prefix = e.ID, d.Slug+"/"
	// Some of it is public, so that few steps lead into trouble.
	m.add(nil, models.KindSection, "en", "Base")
	m.add(m.entries[0], models.KindPage, "en", "Alpha")
	m.add(m.entries[0], models.KindSection, "en", "Beta")
	m.add(m.entries[2], models.KindNews, "en", "Alpha")
	for _, e := range m.entries {
		m.publishEdition(e, "en")
	}
	m.answers = m.look()
	return m
}

func (m *model) acts() map[string]func() {
	return map[string]func(){
		"create": m.create, "translate": m.translate, "save": m.save, "publish": m.publish, "publish more": m.publish,
		"unpublish": m.unpublish, "withdraw": m.withdraw, "rename": m.rename, "rename more": m.rename, "save facts": m.saveFacts, "publish facts": m.publishFacts,
		"move": m.move, "move more": m.move, "turn": m.turn, "trash": m.trash, "restore": m.restore, "restore more": m.restore, "purge": m.purge,
		"copy": m.copy, "publish branch": m.publishBranch, "unpublish branch": m.unpublishBranch, "redirect": m.redirect, "delete redirect": m.deleteRedirect,
		"schedule": m.schedule, "schedule more": m.schedule, "unschedule": m.unschedule, "undo": m.undo, "undo more": m.undo, "time goes by": m.tick,
	}
}

// step does one thing and compares.
func (m *model) step(act string) {
	m.env.Clock.Advance(time.Minute) // no two acts happen at once, and some things are too old to undo
	before := m.paths()
	head := m.env.Store.Head()
	m.acts()[act]()
	after := m.paths()
	for key, path := range after {
		if was, there := before[key]; there && was != path && key.entry.editions[key.lang].once {
			if _, taken := m.old[modelAddress{key.lang, was}]; !taken {
				m.old[modelAddress{key.lang, was}] = key
			}
		}
	}
	for key, path := range after {
		if a := (modelAddress{key.lang, path}); m.old[a] == key || key.visible() {
			delete(m.old, a)
		}
	}
	now := m.look()
	for question, answer := range now {
		was, asked := m.answers[question]
		if (asked || answer != "nothing") && answer != was && m.env.Store.Head() == head {
			m.t.Fatalf("%s: %s was %q and is %q, and the journal stands still", act, question, was, answer)
		}
	}
	m.answers = now
}

func (m *model) paths() map[modelKey]string {
	out := map[modelKey]string{}
	for _, e := range m.entries {
		for lang := range e.editions {
			out[modelKey{e, lang}] = m.path(e, lang)
		}
	}
	for key, path := range out {
		m.seen[modelAddress{key.lang, path}] = true
	}
	return out
}

func (m *model) path(e *modelEntry, lang string) string {
	d := e.editions[lang]
	if d == nil {
		d = e.editions[e.original]
	}
	path := d.slug
	if e.kind == models.KindNews {
		path = "news/" + d.year + "/" + d.slug
	}
	if e.parent == nil {
		return m.prefix + path
	}
	return m.path(e.parent, lang) + "/" + path
}

// look asks the reader side about every address and returns the answers, which
// must be those of the model.
func (m *model) look() map[string]string {
	out := map[string]string{}
	current := map[modelAddress]modelKey{}
	for key, path := range m.paths() {
		current[modelAddress{key.lang, path}] = key
	}
	err := m.env.Live.View(context.Background(), func(v *live.View) error {
		for a := range m.seen {
			f, err := v.Find(a.lang, a.path)
			got := answer(f, err)
			if want := m.answer(current, a); got != want {
				m.t.Fatalf("%s/%s answers %q, want %q", a.lang, a.path, got, want)
			}
			out[a.lang+"/"+a.path] = got
		}
		for _, lang := range modelLangs {
			p, err := v.List(live.Query{Kind: "news", Lang: lang, Section: m.place, Sort: "date", Limit: 100})
			if err != nil && !errors.Is(err, live.ErrNotFound) {
				return err
			}
			var got, want []string
			for _, it := range p.Items {
				got = append(got, it.Date+" "+it.ID)
			}
			for _, e := range m.entries {
				if d := e.editions[lang]; e.kind == models.KindNews && d != nil && d.public && e.trash == nil {
					want = append(want, e.liveDate+" "+e.id)
				}
			}
			if !slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(a[:10], b[:10]) }) {
				m.t.Fatalf("news in %s are out of order: %v", lang, got)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				m.t.Fatalf("news in %s: %v, want %v", lang, got, want)
			}
			out["news in "+lang] = strings.Join(got, ", ")
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

func answer(f live.Found, err error) string {
	reason, gone := live.IsGone(err)
	switch {
	case gone:
		return "gone: " + reason
	case errors.Is(err, live.ErrNotFound):
		return "nothing"
	case err != nil:
		return err.Error()
	case f.Item != nil:
		return f.Item.ID + " " + f.Item.Title
	}
	return "to " + f.Redirect
}

func (m *model) answer(current map[modelAddress]modelKey, a modelAddress) string {
	here, isHere := current[a]
	if isHere && here.visible() {
		return here.entry.id + " " + here.entry.editions[here.lang].title
	}
	from, isOld := m.old[a]
	if isOld && from.visible() {
		return "to " + m.href(from.entry, from.lang) // which answers with the item: one hop
	}
	for _, k := range []modelKey{here, from} {
		if k.entry == nil {
			continue
		}
		if says, gone := k.gone(); gone {
			return says
		}
	}
	if reason, is := m.tombs[a]; is {
		return "gone: " + reason
	}
	return "nothing"
}

func (m *model) href(e *modelEntry, lang string) string {
	end := ""
	if e.kind == models.KindSection {
		end = "/"
	}
	return (&url.URL{Path: "/" + lang + "/" + m.path(e, lang) + end}).EscapedPath()
}

// finish compares what readers do not see.
func (m *model) finish() {
	m.step("time goes by") // nothing is left to happen in the sequences to come
	public, replayed := map[string]bool{}, map[string]bool{}
	err := m.env.Store.View(context.Background(), func(r *store.Read) error {
		for _, e := range m.entries {
			if e.facts && e.trash == nil {
				public[e.id+models.Facts] = true
			}
			for lang, d := range e.editions {
				if d.public && e.trash == nil {
					public[e.id+lang] = true
				}
				ed, err := r.Edition(e.id, lang)
				if err != nil {
					return err
				}
				draft, err := r.Draft(ed.ID)
				if err != nil {
					return err
				}
				if draft.Title != d.draft {
					m.t.Fatalf("working title in %s = %q, want %q", lang, draft.Title, d.draft)
				}
			}
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	err = m.env.Live.View(context.Background(), func(v *live.View) error {
		rows, _, more, err := v.Changes(m.start, 10_000)
		if more {
			m.t.Fatal("the journal is longer than expected")
		}
		for _, c := range rows {
			key := c.Entry + c.Lang
			was := replayed[key]
			switch c.Action {
			case models.ActionPublished, models.ActionUpdated:
				if was != (c.Action == models.ActionUpdated) {
					m.t.Fatalf("journal: %s of something whose being public was %v", c.Action, was)
				}
				replayed[key] = true
			case models.ActionMoved:
				if !was {
					m.t.Fatal("journal: something moved that is not public")
				}
			case models.ActionRestored:
				if was {
					m.t.Fatal("journal: something came back that is public")
				}
				replayed[key] = true
			case models.ActionDeleted:
				if !was {
					m.t.Fatal("journal: something went that is not public")
				}
				delete(replayed, key)
			default:
				delete(replayed, key)
			}
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	if !maps.Equal(public, replayed) {
		m.t.Fatalf("a replay of the journal gives %v, want %v", replayed, public)
	}
}
