package demonstration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/data/demo"
	"meridian/models"
	"meridian/models/store"
)

// Credits as they are printed below pictures and beside documents, which are
// free for everybody.
const (
	drawn   = "Drawn for this demonstration"
	written = "Written for this demonstration"
	free    = "cc0"
)

// officer is the account that records who consented to what.
const officer = "safeguarding"

// illustration is the filling of a library.
type illustration struct {
	*loader
	library *media.Library
	now     time.Time
	// staff are the people by the names of their accounts in the files, files
	// the ids of what was uploaded by the names there.
	staff map[string]models.User
	files map[string]string
}

// illustrate fills the library with pictures and documents, and then shows them
// where the files say, in one transaction. It returns how many there are. Their
// renditions are made later, by whoever serves them.
func (l *loader) illustrate(ctx context.Context, s *store.Store, library *media.Library) (int, error) {
	in := &illustration{loader: l, library: library, now: s.Now(), staff: map[string]models.User{}, files: map[string]string{}}
	if err := s.View(ctx, in.meet); err != nil {
		return 0, err
	}
	for _, p := range l.Library.Pictures {
		if err := in.picture(ctx, p); err != nil {
			return 0, fmt.Errorf("%s: %w", p.File, err)
		}
	}
	for _, d := range l.Library.Documents {
		_, err := in.upload(ctx, d.Account, media.Upload{Section: l.ids[d.Section], Name: path.Base(d.File), Title: d.Title, Credit: written, Licence: free}, d.File)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", d.File, err)
		}
	}
	return len(in.files), s.Tx(ctx, in.show)
}

// meet finds the accounts, with all that their grants say.
func (in *illustration) meet(r *store.Read) error {
	for _, a := range in.people {
		u, err := r.UserByCanonical(a.Email)
		if err != nil {
			return fmt.Errorf("account %s: %w", a.Email, err)
		}
		in.staff[strings.TrimSuffix(a.Email, mailDomain)] = u
	}
	return nil
}

// upload takes a file of the demonstration into the library.
func (in *illustration) upload(ctx context.Context, account string, up media.Upload, file string) (models.Asset, error) {
	b, err := demo.File(file)
	if err != nil {
		return models.Asset{}, err
	}
	up.Size, up.Body = int64(len(b)), bytes.NewReader(b)
	out, err := in.library.Upload(ctx, in.staff[account], up)
	if err == nil && out.Duplicate != nil {
		err = models.ErrConflict // two names for one file, found by the tests
	}
	in.files[file] = out.Asset.ID
	return out.Asset, err
}

// picture uploads a picture and writes down what is known of it.
func (in *illustration) picture(ctx context.Context, p demo.Picture) error {
	by := in.staff[p.Account]
	a, err := in.upload(ctx, p.Account, media.Upload{
		Section: in.ids[p.Section], Name: path.Base(p.File), Title: p.Title, Credit: drawn, Licence: free, People: models.People(p.People), Shared: p.Shared,
	}, p.File)
	if err != nil {
		return err
	}
	a, err = in.library.Edit(ctx, by, media.Edit{
		ID: a.ID, Version: a.Version, Title: a.Title, Credit: a.Credit, Licence: a.Licence, Place: p.Place, FocusX: p.Focus[0], FocusY: p.Focus[1],
		People: a.People, Shared: a.Shared,
	})
	if err != nil {
		return err
	}
	var said []media.Description
	for _, lang := range slices.Sorted(maps.Keys(p.Alt)) {
		said = append(said, media.Description{ID: a.ID, Lang: lang, Text: p.Alt[lang]})
	}
	wrong, err := in.library.DescribeMany(ctx, by, said)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return errors.Join(slices.Collect(maps.Values(wrong))...)
	}
	if p.Consent == nil {
		return nil
	}
	zone, err := time.LoadLocation(in.Site.TimeZone)
	if err != nil {
		return err
	}
	_, err = in.library.GiveConsent(ctx, in.staff[officer], media.Consent{
		Asset: a.ID, Version: a.Version, GivenBy: p.Consent.GivenBy, Uses: p.Consent.Uses, Evidence: p.Consent.Evidence, Pseudonym: p.Consent.Pseudonym,
		Until: in.now.In(zone).AddDate(0, 0, p.Consent.Days).Format(time.DateOnly),
	})
	return err
}

// show puts what is in the library where readers see it.
func (in *illustration) show(tx *store.Tx) error {
	for _, p := range in.Library.Pictures {
		for _, at := range p.Shown {
			err := in.insert(tx, in.staff[p.Account], at.Page, at.After, func(lang string) block.Node {
				return block.Node{Type: "image", Attrs: map[string]any{"media": models.KindMedia + ":" + in.files[p.File], "alt": p.Alt[lang]}}
			})
			if err != nil {
				return fmt.Errorf("%s in %s: %w", p.File, at.Page, err)
			}
		}
	}
	if err := in.giveOut(tx); err != nil {
		return err
	}
	for _, p := range in.Library.Pictures {
		for _, account := range slices.Sorted(maps.Keys(p.Leads)) {
			for _, name := range p.Leads[account] {
				if err := in.lead(tx, in.staff[account], name, p); err != nil {
					return fmt.Errorf("%s above %s: %w", p.File, name, err)
				}
			}
		}
	}
	return nil
}

// lead makes a picture the lead picture of an entry, and describes it in all
// languages of that.
func (in *illustration) lead(tx *store.Tx, by models.User, name string, p demo.Picture) error {
	if err := in.field(tx, by, name, models.Facts, "lead_picture", in.files[p.File]); err != nil {
		return err
	}
	for _, lang := range in.langs(name) {
		if err := in.field(tx, by, name, lang, "lead_description", p.Alt[lang]); err != nil {
			return err
		}
	}
	return nil
}

// langs are the languages of an entry, the original first. The home page, which
// comes with the installation, is in all.
func (in *illustration) langs(name string) []string {
	n, ok := in.made[name]
	switch {
	case name == "home":
		return in.Site.Languages
	case !ok:
		panic("demonstration: no entry " + name) // a mistake in the files, found by the tests
	}
	langs := []string{n.original}
	for _, lang := range in.Site.Languages {
		if lang != n.original && n.title[lang] != "" {
			langs = append(langs, lang)
		}
	}
	return langs
}

// field changes one field of an edition, or of the facts, and publishes it.
func (in *illustration) field(tx *store.Tx, by models.User, name, lang, field, value string) error {
	d, err := tx.Edition(in.ids[name], lang)
	if err != nil {
		return err
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return err
	}
	fields := maps.Clone(draft.Fields)
	if fields == nil {
		fields = models.Values{}
	}
	fields[field] = value
	in.b = cms.InTx(tx, by)
	d, err = in.b.Save(cms.SaveDraft{Entry: in.ids[name], Lang: lang, Version: d.Version, Title: draft.Title, Summary: draft.Summary, Fields: fields})
	if err != nil {
		return err
	}
	if lang != models.Facts {
		return in.publish(in.ids[name], lang)
	}
	_, err = in.b.Publish(cms.Publish{Entry: in.ids[name], Lang: lang, Version: d.Version})
	return err
}

// insert puts a block into the text of a page, in all its languages, after so
// many of the blocks it was made with.
func (in *illustration) insert(tx *store.Tx, by models.User, name string, after int, made func(lang string) block.Node) error {
	n := in.made[name]
	in.b = cms.InTx(tx, by)
	for _, lang := range in.langs(name) {
		doc := in.document(name, lang, n.body(lang))
		b := made(lang)
		b.Attrs["id"] = block.NewIDFrom(&bits{name: name + "/shown/" + strconv.Itoa(after)})
		doc.Doc.Content = slices.Insert(doc.Doc.Content, min(after, len(doc.Doc.Content)), b)
		// The translation was right, and so is what was put into it.
		var right []string
		if lang != n.original {
			for _, b := range doc.Doc.Content {
				right = append(right, b.ID())
			}
		}
		if err := in.rewrite(in.ids[name], lang, n.title[lang], n.summary[lang], doc, right); err != nil {
			return err
		}
	}
	return nil
}

// giveOut lists the documents on their pages.
func (in *illustration) giveOut(tx *store.Tx) error {
	pages := map[string][]demo.Document{}
	for _, d := range in.Library.Documents {
		pages[d.Page] = append(pages[d.Page], d)
	}
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		err := in.insert(tx, in.staff[pages[page][0].Account], page, 1, func(lang string) block.Node {
			var items []any
			for _, d := range pages[page] {
				items = append(items, map[string]any{"media": models.KindMedia + ":" + in.files[d.File], "title": d.Label[lang]})
			}
			title := demo.Text{"en": "Downloads", "fr": "À télécharger", "nl": "Downloads"}
			return block.Node{Type: "files", Attrs: map[string]any{"title": title[lang], "items": items}}
		})
		if err != nil {
			return fmt.Errorf("documents in %s: %w", page, err)
		}
	}
	return nil
}
