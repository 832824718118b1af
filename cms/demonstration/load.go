// Package demonstration loads the demonstration network (data/demo) into an
// empty installation, through the same use cases as people's own words: what
// it loads has revisions, a journal, permissions and checks like anything else.
// The command line calls it for "serve --demo" and "demo load".
//
// The surprising fact: two translations lag behind on purpose. Their original
// is published once with older words, translated, and published again.
package demonstration

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/data/demo"
	"meridian/models"
	"meridian/models/store"
)

// ErrNotEmpty means that the installation already holds something.
var ErrNotEmpty = errors.New("the installation is not empty")

// Options say how the network is loaded.
type Options struct {
	// Password of every demonstration account.
	Password string
	// Library takes the pictures and documents; without one there are none.
	Library *media.Library
}

// Result says what was loaded.
type Result struct {
	Entries, Languages int
	Files              int // in the library
	Accounts           []Account
}

// Account is a demonstration account; Role is in words.
type Account struct{ Email, Role string }

// Load fills an empty installation in one transaction: the network is there as
// a whole or not at all. Its pictures come afterwards: an error among them leaves
// a network that has none, or some. It returns ErrNotEmpty when there is a user
// or a section already.
func Load(ctx context.Context, s *store.Store, o Options) (Result, error) {
	net, err := demo.Read()
	if err != nil {
		return Result{}, err
	}
	// One hash for all accounts: they have one password, and it is no secret.
	hash, err := account.Hash(ctx, o.Password)
	if err != nil {
		return Result{}, fmt.Errorf("load the demonstration: %w", err)
	}
	l := &loader{Network: net, ids: map[string]string{}, made: map[string]node{}}
	err = s.Tx(ctx, func(tx *store.Tx) error {
		if err := l.install(tx, hash); err != nil {
			return err
		}
		l.b = cms.InTx(tx, l.admin)
		for _, step := range []func() error{l.terms, l.sections, l.tree, l.texts, l.news, l.redirects} {
			if err := step(); err != nil {
				return err
			}
		}
		return l.accounts(tx, hash)
	})
	if err != nil {
		return Result{}, fmt.Errorf("load the demonstration: %w", err)
	}
	res := Result{Entries: l.entries, Languages: len(l.Site.Languages), Accounts: l.people}
	if o.Library != nil {
		if res.Files, err = l.illustrate(ctx, s, o.Library); err != nil {
			return res, fmt.Errorf("illustrate the demonstration: %w", err)
		}
	}
	return res, nil
}

// loader is one load.
type loader struct {
	demo.Network
	b     *cms.Batch
	admin models.User
	// ids maps the names of the files ("about", "section-be", "n01") to entries.
	ids map[string]string
	// made are the entries by the same names, as they were made.
	made    map[string]node
	entries int
	people  []Account
}

// install makes the administrator and the site.
func (l *loader) install(tx *store.Tx, hash string) error {
	if fresh, err := tx.Fresh(); err != nil {
		return err
	} else if !fresh {
		return ErrNotEmpty
	}
	if _, err := tx.Root(); !errors.Is(err, models.ErrNotFound) {
		return errors.Join(ErrNotEmpty, err)
	}
	var err error
	if l.admin, err = l.person(tx, "admin", "Ada Admin", hash, false, models.Grant{Role: models.RoleAdministrator}); err != nil {
		return err
	}
	l.people = append(l.people, Account{l.admin.Email, "administrator"})
	c := l.Site.Contact
	return cms.Install(tx, models.Site{
		Name: l.Site.Name, Notice: l.Site.Notice, Languages: l.Site.Languages, TimeZone: l.Site.TimeZone,
		LogoText: "Defence for Children International",
		Contact:  models.Contact{Name: c.Name, Street: c.Street, Box: c.Box, Postcode: c.Postcode, City: c.City, Country: c.Country, Phone: c.Phone, Email: c.Email},
	}, l.admin)
}

// mailDomain ends the addresses of all accounts.
const mailDomain = "@meridian.example"

// person adds an account.
func (l *loader) person(tx *store.Tx, id, name, hash string, disabled bool, grants ...models.Grant) (models.User, error) {
	email := id + mailDomain
	u := models.User{ID: tx.NewID(), Name: name, Email: email, Canonical: email, PasswordHash: hash, Lang: "en", Theme: "system", Disabled: disabled, Epoch: 1, CreatedAt: tx.Now()}
	for _, g := range grants {
		g.ID = tx.NewID()
		u.Grants = append(u.Grants, g)
	}
	if err := tx.AddUser(u); err != nil {
		return u, err
	}
	return u, tx.Audit("demonstration", "user-add", u.ID, email)
}

// terms loads regions, topics and instruments.
func (l *loader) terms() error {
	add := func(vocabulary, id string, position int, name, slug demo.Text, data models.Values) error {
		t := models.Term{ID: id, Vocabulary: vocabulary, Position: position, Data: data}
		for _, lang := range slices.Sorted(maps.Keys(name)) {
			s := slug[lang]
			if s == "" {
				s = models.Slugify(name[lang], lang)
			}
			t.Labels = append(t.Labels, models.TermLabel{Lang: lang, Label: name[lang], Slug: s})
		}
		return l.b.Term(t)
	}
	for i, r := range l.Terms.Regions {
		if err := add(models.VocabularyRegion, r.ID, i, r.Name, r.Slug, nil); err != nil {
			return err
		}
	}
	for i, t := range l.Terms.Topics {
		if err := add(models.VocabularyTopic, t.ID, i, t.Name, t.Slug, nil); err != nil {
			return err
		}
	}
	for i, t := range l.Terms.Instruments {
		data := models.Values{}
		for name, s := range map[string]string{"adopted": t.Adopted, "in_force": t.InForce, "body": t.Body, "reference": t.Reference, "kind": instrumentKinds[t.Kind]} {
			if s != "" {
				data[name] = s
			}
		}
		if err := add(models.VocabularyInstrument, t.ID, i, t.Title, nil, data); err != nil {
			return err
		}
	}
	return nil
}

// instrumentKinds are the kinds of legal texts by what the files call them.
var instrumentKinds = map[string]string{
	"treaty": "treaty", "declaration": "declaration", "EU law": "regional_law",
	"soft law": "soft_law", "general comment": "general_comment", "study": "study",
}

// node is what an entry is made from, in every language it exists in.
type node struct {
	name     string // in the files
	entry    cms.NewEntry
	title    demo.Text
	slug     demo.Text
	summary  demo.Text
	status   demo.Text // of translations; "" is current
	body     func(lang string) []block.Node
	original string
	// before is the text of the source while outdated translations were made.
	before func() []block.Node
}

// add creates an entry and publishes it in all languages of its title.
func (l *loader) add(n node) error {
	if n.original == "" {
		n.original = "en"
	}
	first := n.body(n.original)
	if n.before != nil {
		first = n.before()
	}
	e := n.entry
	e.Lang, e.Title, e.Slug, e.Summary = n.original, n.title[n.original], n.slug[n.original], n.summary[n.original]
	e.Body = l.document(n.name, n.original, first)
	entry, _, err := l.b.Create(e)
	if err != nil {
		return fmt.Errorf("%s: %w", n.name, err)
	}
	l.ids[n.name], l.made[n.name] = entry.ID, n
	l.entries++
	return l.publishAll(n, entry.ID)
}

// publishAll publishes the original and its translations in the order that
// leaves each translation as far behind as the files say.
func (l *loader) publishAll(n node, id string) error {
	if err := l.publish(id, n.original); err != nil {
		return fmt.Errorf("%s: %w", n.name, err)
	}
	translate := func(late bool) error {
		for _, lang := range l.Site.Languages {
			if n.title[lang] == "" || lang == n.original || (n.status[lang] == "outdated") != late {
				continue
			}
			_, err := l.b.Translate(cms.NewEdition{
				Entry: id, Lang: lang, Title: n.title[lang], Slug: n.slug[lang], Summary: n.summary[lang],
				Body: l.document(n.name, lang, n.body(lang)), Machine: n.status[lang] == "machine",
			})
			if err != nil {
				return fmt.Errorf("%s in %s: %w", n.name, lang, err)
			}
			if err := l.publish(id, lang); err != nil {
				return fmt.Errorf("%s in %s: %w", n.name, lang, err)
			}
		}
		return nil
	}
	if err := translate(true); err != nil {
		return err
	}
	if n.before != nil {
		if err := l.rewrite(id, n.original, n.title[n.original], n.summary[n.original], l.document(n.name, n.original, n.body(n.original)), nil); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
	}
	return translate(false)
}

// rewrite saves new words over an edition and publishes them.
func (l *loader) rewrite(id, lang, title, summary string, doc *block.Document, stillRight []string) error {
	d, err := l.b.Edition(id, lang)
	if err != nil {
		return err
	}
	_, err = l.b.Save(cms.SaveDraft{Entry: id, Lang: lang, Version: d.Version, Title: title, Summary: summary, Body: doc, StillRight: stillRight})
	if err != nil {
		return err
	}
	return l.publish(id, lang)
}

func (l *loader) publish(id, lang string) error {
	d, err := l.b.Edition(id, lang)
	if err != nil {
		return err
	}
	f, err := l.b.Edition(id, models.Facts)
	if err != nil {
		return err
	}
	_, err = l.b.Publish(cms.Publish{Entry: id, Lang: lang, Version: d.Version, FactsVersion: f.Version})
	var c *cms.ChecksError
	if errors.As(err, &c) {
		return fmt.Errorf("%w: %+v", err, c.Findings)
	}
	return err
}

// redirects loads the addresses of older sites and the translated names of the
// list of news.
func (l *loader) redirects() error {
	for lang, slug := range l.node("news").Slug {
		if slug == "news" {
			continue
		}
		if err := l.b.Redirect(models.Address{Lang: lang, Path: slug, URL: "/" + lang + "/news/", Origin: models.AddressImported}); err != nil {
			return err
		}
	}
	for _, r := range l.Redirects {
		a := models.Address{Path: strings.Trim(r.From, "/"), Origin: models.AddressImported}
		if first, rest, ok := strings.Cut(a.Path, "/"); ok && slices.Contains(l.Site.Languages, first) {
			a.Lang, a.Path = first, rest
		}
		if r.To == "news" {
			a.URL = "/" + r.Lang + "/news/"
		} else {
			d, err := l.b.Edition(l.ids[r.To], r.Lang)
			if err != nil {
				return fmt.Errorf("redirect to %s: %w", r.To, err)
			}
			a.EditionID = &d.ID
		}
		if err := l.b.Redirect(a); err != nil {
			return fmt.Errorf("redirect %s: %w", r.From, err)
		}
	}
	return nil
}

// accounts adds the demonstration accounts. Those whose role does not exist
// yet, or who left, are there but disabled.
func (l *loader) accounts(tx *store.Tx, hash string) error {
	names := map[string]string{
		"sec-editor": "Cleo Secretariat", "be-editor": "Lena Belgium", "be-author": "Joris Belgium",
		"nl-translator": "Bram Translator", "ps-editor": "Dalia Palestine", "safeguarding": "Farah Safeguarding", "left": "Former Colleague",
	}
	roles := map[string]models.Role{"editor": models.RoleEditor, "section-editor": models.RoleEditor, "author": models.RoleAuthor, "safeguarding-officer": models.RoleSafeguarding}
	for _, a := range l.Accounts {
		id := strings.TrimPrefix(a.ID, "u-")
		if id == "admin" {
			continue
		}
		disabled, said := a.Status == "disabled", a.Role
		var grants []models.Grant
		if role, ok := roles[a.Role]; ok {
			g := models.Grant{Role: role, SectionID: l.ids["home"]}
			said = string(role)
			if a.Section != "" {
				g.SectionID = l.ids[a.Section]
				said += " of " + l.section(a.Section).CountryName["en"]
			}
			grants = append(grants, g)
		} else {
			disabled, said = true, said+" (this role does not exist yet)"
		}
		if disabled {
			said += ", disabled"
		}
		u, err := l.person(tx, id, names[id], hash, disabled, grants...)
		if err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
		l.people = append(l.people, Account{u.Email, said})
	}
	return nil
}

// node returns a place of the tree by its name in the files.
func (l *loader) node(id string) demo.Node {
	for _, n := range l.Tree {
		if n.ID == id {
			return n
		}
	}
	panic("demonstration: no node " + id) // a mistake in the files, found by the tests
}

func (l *loader) section(id string) demo.Section {
	for _, s := range l.Sections {
		if s.ID == id {
			return s
		}
	}
	panic("demonstration: no section " + id)
}
