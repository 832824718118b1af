package cms

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// What readers get at the end of a redirect.
const (
	LeadsToPublic = "public"
	LeadsToHidden = "hidden" // not public: readers get "not found"
	LeadsToGone   = "gone"   // withdrawn or in the trash: readers get "gone"
)

// Redirect is an old address and where it leads.
type Redirect struct {
	Lang, Path string
	From, To   string // whole addresses as people read them
	Origin     string // models.AddressAutomatic and its like
	CreatedAt  time.Time
	// Entry, EntryLang, Kind and Title are of the edition it leads to, empty
	// for a fixed place of the site.
	Entry, EntryLang, Kind, Title string
	State                         string // LeadsToPublic and its like
	Hits                          int64
	LastAt                        *time.Time // when readers asked last, within seconds
}

// RedirectFilter selects old addresses for the list.
type RedirectFilter struct {
	Origin string // "" = all
	Text   string // part of the address, of where it leads, or of a title
	Page   int    // from 1
}

// RedirectList is one page of the redirects the user may change.
type RedirectList struct {
	Rows   []Redirect
	More   bool
	Site   models.Site
	Filter RedirectFilter
	// CanManage lets the user import, export and see what is missing.
	CanManage bool
}

// RedirectsPerPage is how many redirects a page of the list shows.
const RedirectsPerPage = 50

// Redirects lists old addresses, the newest first: all of them for
// administrators, for others those that lead to what they may publish.
func (c *CMS) Redirects(ctx context.Context, by models.User, f RedirectFilter) (out RedirectList, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		grants, all := by.Reach(models.ActPublish)
		if !all && len(grants) == 0 {
			return models.ErrForbidden
		}
		out.Filter, out.CanManage = f, by.Administrator()
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		q := store.AddressFilter{Text: f.Text, Grants: grants, All: all, Limit: RedirectsPerPage, Offset: max(0, f.Page-1) * RedirectsPerPage}
		if f.Origin != "" {
			q.Origins = []string{f.Origin}
		}
		rows, more, err := r.Addresses(q)
		for _, row := range rows {
			out.Rows = append(out.Rows, redirectOf(row))
		}
		out.More = more
		return err
	})
	return out, err
}

// exportMost bounds an export; more redirects than that were not made by hand.
const exportMost = 1_000_000

// ExportRedirects returns the manual and imported redirects, the newest first.
func (c *CMS) ExportRedirects(ctx context.Context, by models.User) (out []Redirect, err error) {
	if !by.Administrator() {
		return nil, models.ErrForbidden
	}
	err = c.view(ctx, func(r *store.Read) error {
		rows, _, err := r.Addresses(store.AddressFilter{Origins: []string{models.AddressManual, models.AddressImported}, All: true, Limit: exportMost})
		for _, row := range rows {
			out = append(out, redirectOf(row))
		}
		return err
	})
	return out, err
}

func redirectOf(row store.AddressRow) Redirect {
	out := Redirect{
		Lang: row.Lang, Path: row.Path, From: address("", row.Lang, row.Path), Origin: row.Origin, CreatedAt: row.CreatedAt,
		Entry: row.EntryID, EntryLang: row.ToLang, Kind: row.Kind, Title: row.Title, State: LeadsToPublic, Hits: row.Hits, LastAt: row.LastAt,
	}
	if row.EntryID == "" {
		out.To = row.URL
		if plain, err := url.PathUnescape(row.URL); err == nil {
			out.To = plain
		}
		return out
	}
	out.To = address(row.Kind, row.ToLang, row.ToPath)
	switch {
	case row.Public:
	case row.Gone:
		out.State = LeadsToGone
	default:
		out.State = LeadsToHidden
	}
	return out
}

// address is a whole address within the site as people read it, with the slash
// that sections end with.
func address(kind, lang, path string) string {
	s := "/" + path
	if lang != "" {
		s = "/" + lang + s
	}
	if kind == models.KindSection && path != "" {
		s += "/"
	}
	return s
}

// NewRedirect is a redirect as somebody typed it.
type NewRedirect struct {
	// From is the address readers ask for, with or without escapes; of a whole
	// URL only the path counts.
	From string
	// To is where it leads: the id of an entry, its address in the back office
	// or its public one, or a place of this site.
	To string
	// Host is the host that whole URLs of this site have; To may have no other.
	Host string
}

// AddRedirect makes an address lead to an entry or a place of the site, in one
// hop: where To is a redirect itself, the new one leads to its end. The fields
// of a *models.InvalidError are "from" and "to"; it is ErrForbidden as well
// when the user may see the target and not publish there. Places that are no
// entries are for administrators.
func (c *CMS) AddRedirect(ctx context.Context, by models.User, in NewRedirect) (out Redirect, err error) {
	if !by.CanAnywhere(models.ActPublish) {
		return out, models.ErrForbidden
	}
	err = c.tx(ctx, func(tx *store.Tx) error {
		x, err := newRedirector(&tx.Read, by, in.Host)
		if err != nil {
			return err
		}
		invalid := &models.InvalidError{}
		from, problem, err := x.from(in.From, "")
		if err != nil {
			return err
		}
		if problem != nil {
			invalid.Add("from", problem.Code, argList(problem.Args)...)
		} else {
			x.pending[from] = in.To
		}
		to, problem, err := x.follow(from, in.To)
		if err != nil {
			return err
		}
		if problem != nil {
			invalid.Add("to", problem.Code, argList(problem.Args)...)
		}
		if err := invalid.Err(); err != nil {
			if invalid.Fields["to"].Code == "redirect_not_yours" {
				return fmt.Errorf("%w: %w", models.ErrForbidden, err)
			}
			return err
		}
		if there, err := x.there(from, to); err != nil {
			return err
		} else if there != nil {
			return models.Invalid("from", there.Code, argList(there.Args)...)
		}
		if err := x.add(tx, []planned{{from, to}}, models.AddressManual); err != nil {
			return err
		}
		if err := tx.Audit(by.ID, "redirect", to.subject(), address("", from.lang, from.path)+" > "+to.String()); err != nil {
			return err
		}
		row, err := tx.AddressRow(from.lang, from.path)
		out = redirectOf(row)
		return err
	})
	return out, err
}

// argList is the arguments of a problem as Add takes them.
func argList(args map[string]any) []any {
	var out []any
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}

// DeleteRedirect makes an old address lead nowhere and returns what it was.
// ErrNotFound when there is none that the user may see.
func (c *CMS) DeleteRedirect(ctx context.Context, by models.User, lang, path string) (out Redirect, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		row, err := tx.AddressRow(lang, path)
		if err != nil {
			return err
		}
		out = redirectOf(row)
		switch {
		case by.Administrator():
		case row.EntryID == "" || !by.Can(models.ActRead, row.Place()):
			return models.ErrNotFound
		case !by.Can(models.ActPublish, row.Place()):
			return fmt.Errorf("delete redirect: %w", models.ErrForbidden)
		}
		if err := tx.DeleteRedirect(lang, path, by.ID); err != nil {
			return err
		}
		subject := row.EntryID
		if subject == "" {
			subject = "addresses"
		}
		return tx.Audit(by.ID, "redirect-delete", subject, out.From+" > "+out.To)
	})
	return out, err
}

// Missing is an address that readers asked for in vain.
type Missing struct {
	Lang, Path string
	Address    string // as people read it
	Hits       int64
	FirstAt    time.Time
	LastAt     time.Time
	// Entry and Title are of the edition that has the address and is not
	// public; readers cannot be led elsewhere from there.
	Entry, Title string
}

// MissingList is one page of what readers asked for in vain.
type MissingList struct {
	Rows []Missing
	More bool
	Site models.Site
}

// Missing lists the addresses that readers asked for and that lead nowhere,
// most asked for first; page counts from 1. It is for administrators.
func (c *CMS) Missing(ctx context.Context, by models.User, page int) (out MissingList, err error) {
	if !by.Administrator() {
		return out, models.ErrForbidden
	}
	err = c.view(ctx, func(r *store.Read) error {
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		rows, more, err := r.Missing(RedirectsPerPage, max(0, page-1)*RedirectsPerPage)
		for _, m := range rows {
			out.Rows = append(out.Rows, Missing{
				Lang: m.Lang, Path: m.Path, Address: address("", m.Lang, m.Path), Hits: m.Hits, FirstAt: m.FirstAt, LastAt: m.LastAt,
				Entry: m.EntryID, Title: strings.TrimSpace(m.Title),
			})
		}
		out.More = more
		return err
	})
	return out, err
}

// ForgetMissing deletes the count of an address. ErrNotFound when there is
// none.
func (c *CMS) ForgetMissing(ctx context.Context, by models.User, lang, path string) error {
	if !by.Administrator() {
		return models.ErrForbidden
	}
	return c.tx(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetHits(lang, path); err != nil {
			return err
		}
		return tx.Audit(by.ID, "missing-forget", "addresses", address("", lang, path))
	})
}
