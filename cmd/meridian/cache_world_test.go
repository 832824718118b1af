package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// world is an installation to which things happen at random, all of which
// change what readers see or might.
type world struct {
	tb    testing.TB
	env   *cmstest.Env
	cms   *cms.CMS // of this process, or of another one beside it
	rand  *rand.Rand
	made  int
	terms []string
	files []string       // assets
	done  map[string]int // acts that went through
	tried map[string]int
}

var worldLangs = []string{"en", "fr", "nl"}

func (w *world) ctx() context.Context { return context.Background() }

func one[T any](w *world, list []T) T { return list[w.rand.IntN(len(list))] }

// chance is true n times in a hundred.
func (w *world) chance(n int) bool { return w.rand.IntN(100) < n }

// entries returns the entries outside the trash that match.
func (w *world) entries(match func(models.Entry) bool) []models.Entry {
	w.tb.Helper()
	var list []models.Entry
	err := w.env.Store.View(w.ctx(), func(r *store.Read) error {
		root, err := r.Root()
		if err != nil {
			return err
		}
		list, err = r.Branch(root, 10_000)
		return err
	})
	if err != nil {
		w.tb.Fatalf("list entries: %v", err)
	}
	return slices.DeleteFunc(list, func(e models.Entry) bool { return match != nil && !match(e) })
}

func (w *world) sections() []models.Entry {
	return w.entries(func(e models.Entry) bool { return e.Kind == models.KindSection })
}

func (w *world) editions(id string) (list []models.Edition) {
	w.tb.Helper()
	err := w.env.Store.View(w.ctx(), func(r *store.Read) (err error) {
		list, err = r.Editions(id)
		return err
	})
	if err != nil {
		w.tb.Fatalf("editions of %s: %v", id, err)
	}
	return list
}

// edition draws an edition in a language.
func (w *world) edition() (models.Entry, models.Edition) {
	e := one(w, w.entries(nil))
	list := slices.DeleteFunc(w.editions(e.ID), func(d models.Edition) bool { return d.Lang == models.Facts })
	return e, one(w, list)
}

func (w *world) version(id, lang string) int {
	for _, d := range w.editions(id) {
		if d.Lang == lang {
			return d.Version
		}
	}
	return 0
}

func (w *world) title() string {
	w.made++
	return fmt.Sprintf("%s %d", one(w, []string{"Rights", "Justice", "Protection", "Play", "Education"}), w.made)
}

// facts draws facts of a kind.
func (w *world) facts(kind, typ string) models.Values {
	f := models.Values{}
	if len(w.files) > 0 && w.chance(50) {
		f["lead_picture"] = one(w, w.files)
	}
	if len(w.terms) > 0 && kind != models.KindSection && w.chance(60) {
		f["topics"] = []any{one(w, w.terms)}
	}
	switch {
	case kind == models.KindNews:
		f["date"] = fmt.Sprintf("202%d-0%d-1%d", w.rand.IntN(7), 1+w.rand.IntN(9), w.rand.IntN(9))
		if w.chance(30) {
			f["about"] = []any{one(w, w.entries(nil)).ID}
		}
	case typ == models.TypeOrganisation:
		f["status"] = one(w, []string{"member", "associate", "former", "member"})
		f["country"] = one(w, []string{"BE", "FR", "NL", "GH", "PE"})
		f["languages"] = []any{one(w, worldLangs)}
	case w.chance(30):
		f["owner"] = one(w, w.sections()).ID
	}
	return f
}

// text draws blocks that show other things of the site.
func (w *world) text() *block.Document {
	doc := block.Empty("en")
	e := one(w, w.entries(nil))
	attrs := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	blocks := []block.Node{
		block.Paragraph(block.Text("Words "), block.Text("and a link", block.Mark{Type: "link", Attrs: attrs("ref", e.Kind+":"+e.ID)})),
		block.Paragraph(block.Node{Type: "fact", Attrs: attrs("key", one(w, []string{"section_count", "country_count", "language_count"}))}, block.Text(" of them")),
		{Type: "cards", Attrs: attrs("mode", "auto", "query", attrs("kind", one(w, []string{"news", "page"}), "limit", 3), "layout", "list")},
		{Type: "cards", Attrs: attrs("mode", "auto", "query", attrs("kind", "page", "section", one(w, w.sections()).ID, "limit", 4), "layout", "list")},
		{Type: "cards", Attrs: attrs("mode", "manual", "items", []any{e.Kind + ":" + e.ID}, "layout", "cards")},
		{Type: "section_list", Attrs: attrs("show", []any{"list"})},
		{Type: "contact", Attrs: attrs("source", "section:"+one(w, w.sections()).ID, "show", []any{"email"})},
	}
	if len(w.files) > 0 {
		for range 3 {
			file := "media:" + one(w, w.files)
			blocks = append(blocks, block.Node{Type: "image", Attrs: attrs("media", file, "alt", w.title(), "size", "text", "caption", []block.Node{block.Text(w.title())})},
				block.Node{Type: "files", Attrs: attrs("items", []any{attrs("media", file, "title", w.title())})},
				block.Node{Type: "cards", Attrs: attrs("mode", "auto", "query", attrs("kind", one(w, []string{"news", "page"}), "limit", 3), "show", []any{"image"}, "layout", "cards")})
		}
	}
	for range 1 + w.rand.IntN(3) {
		doc.Doc.Content = append(doc.Doc.Content, one(w, blocks))
	}
	return doc
}

func (w *world) acts() map[string]func() error {
	ctx, by := w.ctx(), w.env.Admin
	publish := func(e models.Entry, lang string) error {
		_, err := w.cms.Publish(ctx, by, cms.Publish{Entry: e.ID, Lang: lang, Version: w.version(e.ID, lang), FactsVersion: w.version(e.ID, models.Facts)})
		return err
	}
	write := func(e models.Entry, lang string) error {
		in := cms.SaveDraft{Entry: e.ID, Lang: lang, Version: w.version(e.ID, lang), Title: w.title(), Summary: w.title()}
		if w.chance(70) {
			in.Body = w.text()
		}
		_, err := w.cms.Save(ctx, by, in)
		return err
	}
	create := func(kind string) func() error {
		return func() error {
			in := cms.NewEntry{Kind: kind, Section: one(w, w.sections()).ID, Lang: one(w, []string{"en", "en", "fr"}), Title: w.title(), Facts: w.facts(kind, "")}
			if kind == models.KindSection {
				in.Type = one(w, []string{models.TypeArea, models.TypeOrganisation})
				in.Facts = w.facts(kind, in.Type)
			}
			if w.chance(10) && kind != models.KindNews {
				in.Nav = one(w, []string{models.NavMain, models.NavFooter})
			}
			e, _, err := w.cms.Create(ctx, by, in)
			if err != nil || w.chance(10) {
				return err
			}
			return errors.Join(write(e, in.Lang), publish(e, in.Lang))
		}
	}
	move := func(e models.Entry, to, place, nav string) error {
		_, err := w.cms.Move(ctx, by, cms.Move{Entry: e.ID, Version: e.Version, Section: to, Place: place, Nav: nav, Rename: true})
		return err
	}
	trashed := func() (cms.TrashRow, bool) {
		list, _, err := w.cms.TrashList(ctx, by, 1)
		if err != nil || len(list) == 0 {
			return cms.TrashRow{}, false
		}
		return one(w, list), true
	}
	term := func(id string) (models.Term, error) {
		v, err := w.cms.Term(ctx, by, models.VocabularyTopic, id)
		return v.Term, err
	}
	asset := func(do func(models.Asset)) func() error {
		return func() error {
			if len(w.files) > 0 {
				do(w.env.AssetOf(w.tb, one(w, w.files)))
			}
			return nil
		}
	}
	return map[string]func() error{
		"create page": create(models.KindPage), "create news": create(models.KindNews), "create section": create(models.KindSection),
		"publish new words": func() error {
			e, d := w.edition()
			return errors.Join(write(e, d.Lang), publish(e, d.Lang))
		},
		"publish": func() error { e, d := w.edition(); return publish(e, d.Lang) },
		"publish facts": func() error {
			e := one(w, w.entries(nil))
			_, err := w.cms.Save(ctx, by, cms.SaveDraft{Entry: e.ID, Lang: models.Facts, Version: w.version(e.ID, models.Facts), Fields: w.facts(e.Kind, e.Type)})
			return errors.Join(err, publish(e, models.Facts))
		},
		"save": func() error { e, d := w.edition(); return write(e, d.Lang) },
		"translate": func() error {
			e := one(w, w.entries(nil))
			lang := one(w, worldLangs)
			_, err := w.cms.Translate(ctx, by, cms.NewEdition{Entry: e.ID, Lang: lang, Title: w.title(), Copy: true})
			if err != nil || w.chance(15) {
				return err
			}
			return publish(e, lang)
		},
		"unpublish": func() error {
			e, d := w.edition()
			return w.cms.Unpublish(ctx, by, e.ID, d.Lang, d.Version)
		},
		"withdraw": func() error {
			e, d := w.edition()
			if e.Root() {
				return nil
			}
			return w.cms.Withdraw(ctx, by, e.ID, d.Lang, d.Version, one(w, models.WithdrawReasons))
		},
		"rename": func() error {
			e, d := w.edition()
			return w.cms.SetAddress(ctx, by, cms.SetAddress{Entry: e.ID, Lang: d.Lang, Version: d.Version, Slug: one(w, []string{"alpha", "beta", "gamma", "delta"})})
		},
		"move": func() error { return move(one(w, w.entries(nil)), one(w, w.sections()).ID, "", "") },
		"reorder": func() error {
			return move(one(w, w.entries(nil)), "", one(w, []string{cms.PlaceFirst, cms.PlaceLast}), "")
		},
		"menu": func() error {
			return move(one(w, w.entries(nil)), "", "", one(w, []string{models.NavNone, models.NavMain, models.NavFooter}))
		},
		"turn into section": func() error {
			e := one(w, w.entries(nil))
			return w.cms.TurnIntoSection(ctx, by, e.ID, e.Version)
		},
		"trash": func() error {
			e := one(w, w.entries(func(e models.Entry) bool { return e.Kind != models.KindSection || w.chance(15) }))
			_, err := w.cms.Trash(ctx, by, e.ID, e.Version)
			return err
		},
		"restore": func() error {
			t, ok := trashed()
			if !ok {
				return nil
			}
			_, err := w.cms.Restore(ctx, by, t.ID, t.Version)
			return err
		},
		"purge": func() error {
			t, ok := trashed()
			if !ok {
				return nil
			}
			return w.cms.Purge(ctx, by, t.ID, t.Version)
		},
		"undo": func() error {
			e, d := w.edition()
			_, err := w.cms.UndoPublish(ctx, by, e.ID, d.Lang, d.Version)
			return err
		},
		"schedule": func() error {
			e, d := w.edition()
			act := one(w, []string{models.SchedulePublish, models.ScheduleUnpublish})
			if act == models.SchedulePublish {
				if err := write(e, d.Lang); err != nil {
					return err
				}
			}
			_, err := w.cms.Schedule(ctx, by, cms.Schedule{
				Entry: e.ID, Lang: d.Lang, Version: w.version(e.ID, d.Lang), FactsVersion: w.version(e.ID, models.Facts), Act: act,
				Local: w.env.Clock.Now().Add(3 * time.Hour).Format(models.LocalLayout), Zone: "Europe/Brussels",
			})
			return err
		},
		"time goes by": func() error {
			w.env.Clock.Advance(4 * time.Hour)
			_, err := w.cms.RunDue(ctx)
			return err
		},
		"publish branch": func() error {
			e, lang := one(w, w.sections()), one(w, worldLangs)
			plan, err := w.cms.PlanPublish(ctx, by, e.ID, lang)
			if err != nil {
				return err
			}
			_, err = w.cms.PublishBranch(ctx, by, e.ID, lang, plan.Seen)
			return err
		},
		"unpublish branch": func() error {
			e, lang := one(w, w.sections()), one(w, worldLangs)
			if e.Root() {
				return nil
			}
			plan, err := w.cms.PlanUnpublish(ctx, by, e.ID, lang)
			if err != nil {
				return err
			}
			_, err = w.cms.UnpublishBranch(ctx, by, e.ID, lang, plan.Seen)
			return err
		},
		"copy": func() error {
			e := one(w, w.entries(func(e models.Entry) bool { return e.Kind != models.KindSection }))
			_, err := w.cms.Copy(ctx, by, cms.Copy{Entry: e.ID, Section: one(w, w.sections()).ID})
			return err
		},
		"put term": func() error {
			in := cms.PutTerm{Vocabulary: models.VocabularyTopic}
			if len(w.terms) > 3 || len(w.terms) > 0 && w.chance(60) {
				t, err := term(one(w, w.terms))
				if err != nil {
					return err
				}
				in.ID, in.Version = t.ID, t.Version()
			}
			for _, lang := range worldLangs[:1+w.rand.IntN(3)] {
				t := w.title()
				in.Labels = append(in.Labels, models.TermLabel{Lang: lang, Label: t, Slug: models.Slugify(t, lang)})
			}
			t, err := w.cms.PutTerm(ctx, by, in)
			if err == nil && !slices.Contains(w.terms, t.ID) {
				w.terms = append(w.terms, t.ID)
			}
			return err
		},
		"place term": func() error {
			if len(w.terms) == 0 {
				return nil
			}
			return w.cms.PlaceTerm(ctx, by, models.VocabularyTopic, one(w, w.terms), w.chance(50))
		},
		"merge terms": func() error {
			if len(w.terms) < 2 {
				return nil
			}
			t, err := term(one(w, w.terms))
			if err != nil {
				return err
			}
			_, err = w.cms.MergeTerm(ctx, by, models.VocabularyTopic, t.ID, one(w, w.terms), t.Version())
			return err
		},
		"delete term": func() error {
			if len(w.terms) == 0 {
				return nil
			}
			t, err := term(one(w, w.terms))
			if err != nil {
				return err
			}
			return w.cms.DeleteTerm(ctx, by, models.VocabularyTopic, t.ID, t.Version())
		},
		"settings": func() error {
			s, err := w.cms.Site(ctx)
			if err != nil {
				return err
			}
			s.Name["en"] = w.title()
			if w.chance(30) {
				s.Notice = map[string]string{"en": w.title()}
			}
			return w.cms.PutSite(ctx, by, s)
		},
		"redirect": func() error {
			_, err := w.cms.AddRedirect(ctx, by, cms.NewRedirect{From: one(w, []string{"/en/alpha", "/old", "/fr/ancien", "/en/about-us/beta", "/en/older"}), To: one(w, w.entries(nil)).ID})
			return err
		},
		"redirect to a place": func() error {
			_, err := w.cms.AddRedirect(ctx, by, cms.NewRedirect{From: "/en/" + url.PathEscape(w.title()), To: one(w, []string{"/en/news/", "/en/about-us/news/", "/en/network"})})
			return err
		},
		"upload": func() error {
			a := w.env.File(w.tb, cmstest.NewFile{
				People: one(w, []models.People{models.PeopleNone, models.PeopleAdults, models.PeopleChildren}), Title: w.title(), Credit: w.title(), Width: 480, Height: 270, Plain: w.chance(20),
			})
			w.files = append(w.files, a.ID)
			if w.chance(70) {
				w.env.Consent(w.tb, a.ID, models.Consent{})
			}
			return nil
		},
		"give consent": asset(func(a models.Asset) {
			c := models.Consent{}
			if w.chance(40) {
				end := w.env.Clock.Now().Add(3 * time.Hour)
				c.EndsAt = &end
			}
			if w.chance(20) {
				c.Langs = []string{one(w, worldLangs)}
			}
			w.env.Consent(w.tb, a.ID, c)
		}),
		"take consent back": asset(func(a models.Asset) {
			if a.ConsentID != "" && a.Withheld != models.WithheldWithdrawn {
				w.env.WithdrawConsent(w.tb, a.ID)
			}
		}),
		"trash or restore a file": asset(func(a models.Asset) {
			w.env.PutAsset(w.tb, a.ID, func(a *models.Asset) {
				if now := w.env.Clock.Now(); a.TrashedAt == nil {
					a.TrashedAt = &now
				} else {
					a.TrashedAt = nil
				}
			})
		}),
		"replace a file": asset(func(a models.Asset) { w.env.Replace(w.tb, a.ID, cmstest.NewFile{Width: 640, Height: 360}) }),
		"describe a file": asset(func(a models.Asset) {
			w.env.PutAsset(w.tb, a.ID, func(a *models.Asset) { a.Title, a.Credit = w.title(), w.title() })
		}),
		"drop redirect": func() error {
			list, err := w.cms.Redirects(ctx, by, cms.RedirectFilter{})
			if err != nil || len(list.Rows) == 0 {
				return err
			}
			r := one(w, list.Rows)
			_, err = w.cms.DeleteRedirect(ctx, by, r.Lang, r.Path)
			return err
		},
	}
}

// step does one thing and returns its name.
func (w *world) step(names []string) string {
	name := one(w, names)
	err := w.acts()[name]()
	w.tried[name]++
	if err == nil {
		w.done[name]++
	}
	return name
}
