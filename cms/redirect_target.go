package cms

import (
	"net/url"
	"slices"
	"strings"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// spot is an address in the form in which addresses are compared.
type spot struct{ lang, path string }

func (s spot) String() string { return address("", s.lang, s.path) }

// landing is where a redirect leads: an edition, or a fixed place of the site.
type landing struct {
	entry   models.Entry
	edition models.Edition
	url     string // escaped; "" for an edition
}

// subject is what an act about the redirect is noted under.
func (l landing) subject() string {
	if l.url != "" {
		return "addresses"
	}
	return l.entry.ID
}

func (l landing) String() string {
	if l.url != "" {
		return l.url
	}
	return address(l.entry.Kind, l.edition.Lang, *l.edition.Path)
}

// redirector finds out what redirects that somebody typed mean, and keeps the
// promise that none of them leads to another one.
type redirector struct {
	r     *store.Read
	by    models.User
	langs []string
	host  string
	// pending are the other redirects that are about to be added, as typed.
	pending map[spot]string
	// What was found out before, for long lists: where redirects lead that are
	// about to be added, and what stands at addresses that are none.
	known, ends map[spot]outcome
}

// outcome is where a redirect that is about to be added leads, or why not.
type outcome struct {
	to      landing
	problem *models.Problem
}

func newRedirector(r *store.Read, by models.User, host string) (*redirector, error) {
	site, err := r.Site()
	if err != nil {
		return nil, err
	}
	return &redirector{r: r, by: by, langs: site.Languages, host: host, pending: map[spot]string{}, known: map[spot]outcome{}, ends: map[spot]outcome{}}, nil
}

func refuse(code string, args ...any) *models.Problem {
	p := models.Conflict(code, args...).Problem
	return &p
}

// from reads the address a redirect begins at. lang says the language of an
// address that names none; "" leaves it without.
func (x *redirector) from(typed, lang string) (spot, *models.Problem, error) {
	a, code := models.ParseAddress(typed, x.langs)
	if code != "" {
		return spot{}, refuse(code), nil
	}
	if lang != "" {
		i := slices.IndexFunc(x.langs, func(l string) bool { return strings.EqualFold(l, lang) })
		switch {
		case i < 0:
			return spot{}, refuse("language_unknown", "lang", lang), nil
		case a.Lang == "":
			a.Lang = x.langs[i]
		case a.Lang != x.langs[i]:
			return spot{}, refuse("redirect_languages", "address", address("", a.Lang, a.Path), "lang", lang), nil
		}
	}
	s := spot{a.Lang, a.Path}
	d, err := x.r.EditionByPath(s.lang, s.path)
	switch {
	case err == nil:
		return s, x.taken(s, d), nil
	case !missing(err):
		return s, nil, err
	}
	if models.ReservedAddress(s.lang, s.path) {
		return s, refuse("redirect_reserved", "address", s.String()), nil
	}
	if section, ok := newsOf(s); ok {
		d, err := x.section(section)
		if err == nil {
			p := x.taken(s, d)
			p.Code = "redirect_news"
			return s, p, nil
		}
		if !missing(err) {
			return s, nil, err
		}
	}
	return s, nil, nil
}

// taken says that an edition has an address, and which one to those who may
// see it.
func (x *redirector) taken(s spot, d models.Edition) *models.Problem {
	p := refuse("redirect_taken", "address", s.String())
	if e, err := x.r.Entry(d.EntryID); err == nil && e.TrashedAt == nil && x.by.Can(models.ActRead, e.Place(d.Lang)) {
		p.Args["entry"], p.Args["lang"] = e.ID, d.Lang
	}
	return p
}

// newsOf returns the section whose list of news an address names, if it does.
func newsOf(s spot) (spot, bool) {
	section, ok := strings.CutSuffix("/"+s.path, "/news")
	return spot{s.lang, strings.TrimPrefix(section, "/")}, ok && s.lang != ""
}

// section returns the edition of a section at an address, ErrNotFound for none
// and for something else.
func (x *redirector) section(s spot) (models.Edition, error) {
	d, err := x.r.EditionByPath(s.lang, s.path)
	if err != nil {
		return d, err
	}
	if e, err := x.r.Entry(d.EntryID); err != nil || e.Kind != models.KindSection || e.TrashedAt != nil {
		return d, models.ErrNotFound
	}
	return d, nil
}

// follow returns where a redirect from an address to what somebody typed leads
// in the end.
func (x *redirector) follow(from spot, typed string) (landing, *models.Problem, error) {
	if strings.TrimSpace(typed) == "" {
		return landing{}, refuse("redirect_nowhere"), nil
	}
	chain, seen := []spot{from}, map[spot]bool{from: true}
	for {
		last := chain[len(chain)-1]
		to, next, problem, err := x.step(last.lang, typed)
		switch {
		case err != nil:
			return to, nil, err
		case next != nil && seen[*next]:
			problem = loop(append(chain, *next))
			if len(chain) <= loopRetold { // each of its rows shows it from its own side
				return landing{}, problem, nil
			}
		case next != nil:
			if k, ok := x.known[*next]; ok {
				to, problem = k.to, k.problem
				break
			}
			chain, seen[*next] = append(chain, *next), true
			if typed, err = x.beyond(*next); err != nil {
				return to, nil, err
			}
			continue
		}
		for _, s := range chain[1:] {
			x.known[s] = outcome{to, problem}
		}
		return to, problem, nil
	}
}

// loopShown is how many addresses of a loop a sentence can hold; loopRetold is
// up to which length it is followed anew for each of its addresses.
const loopShown, loopRetold = 8, 20

// loop says that redirects lead round in a circle, with the addresses in turn.
func loop(chain []spot) *models.Problem {
	var names []string
	for i, s := range chain {
		if i >= loopShown-1 && i < len(chain)-1 {
			if i == loopShown-1 {
				names = append(names, "…")
			}
			continue
		}
		names = append(names, s.String())
	}
	return refuse("redirect_loop", "chain", strings.Join(names, " → "))
}

// beyond is what the redirect at an address leads to, in the words of whoever
// typed it or as stored.
func (x *redirector) beyond(s spot) (string, error) {
	a, err := x.r.Address(s.lang, s.path)
	if missing(err) {
		return x.pending[s], nil
	}
	return a.URL, err
}

// step reads where a redirect leads: to, the end, or next, an address that is
// a redirect without an edition behind it. lang is the language of the
// address before it.
func (x *redirector) step(lang, typed string) (to landing, next *spot, problem *models.Problem, err error) {
	typed = strings.TrimSpace(typed)
	if models.ValidID(typed) {
		to, problem, err = x.entry(typed, "", lang)
		return to, nil, problem, err
	}
	path, _, _ := strings.Cut(typed, "?") // of the back office
	path, _, _ = strings.Cut(path, "#")
	a, code := models.ParseAddress(path, x.langs)
	switch {
	case strings.HasPrefix(typed, "//") || strings.Contains(typed, ":") && !strings.HasPrefix(typed, "/") && code != "":
		return to, nil, refuse("redirect_foreign"), nil
	case code != "":
		return to, nil, refuse(code), nil
	case a.Host != "" && !strings.EqualFold(a.Host, x.host):
		return to, nil, refuse("redirect_foreign"), nil
	}
	if id, of, ok := officeAddress(a); ok {
		to, problem, err = x.entry(id, of, lang)
		return to, nil, problem, err
	}
	if path != typed {
		return to, nil, refuse("address_query"), nil
	}
	s := spot{a.Lang, a.Path}
	if k, ok := x.ends[s]; ok {
		return k.to, nil, k.problem, nil
	}
	if to, next, problem, err = x.place(s, typed); err == nil && next == nil && s.lang != "" { // files are not known by their lower case
		x.ends[s] = outcome{to, problem}
	}
	return to, next, problem, err
}

// place is step for an address of the readers' side.
func (x *redirector) place(s spot, typed string) (to landing, next *spot, problem *models.Problem, err error) {
	d, err := x.r.EditionByPath(s.lang, s.path)
	if err != nil && !missing(err) {
		return to, nil, nil, err
	}
	there := err == nil
	if there && d.Live() {
		to, problem, err = x.end(d)
		return to, nil, problem, err
	}
	section, news := newsOf(s)
	if news { // readers get the list whatever else the address may be
		if d, err := x.section(section); err == nil && d.Live() {
			to, problem = x.newsList(d)
			return to, nil, problem, nil
		} else if err != nil && !missing(err) {
			return to, nil, nil, err
		}
	}
	a, err := x.r.Address(s.lang, s.path)
	switch {
	case err == nil && a.EditionID != nil:
		if d, err = x.r.EditionByID(*a.EditionID); err != nil {
			return to, nil, nil, err
		}
		to, problem, err = x.end(d)
		return to, nil, problem, err
	case err == nil:
		return to, &s, nil, nil
	case !missing(err):
		return to, nil, nil, err
	case there:
		to, problem, err = x.end(d)
		return to, nil, problem, err
	}
	if _, ok := x.pending[s]; ok {
		return to, &s, nil, nil
	}
	if news {
		d, err := x.section(section)
		if missing(err) { // perhaps it moved
			if a, e := x.r.Address(section.lang, section.path); e == nil && a.EditionID != nil {
				d, err = x.r.EditionByID(*a.EditionID)
			}
		}
		if err == nil {
			to, problem = x.newsList(d)
			return to, nil, problem, nil
		}
		if !missing(err) {
			return to, nil, nil, err
		}
	}
	if models.SitePlace(s.lang, s.path) {
		if s.lang != "" {
			typed = s.String()
		} else if u, err := url.Parse(typed); err == nil { // a file may have capitals
			typed = "/" + strings.TrimLeft(u.Path, "/")
		}
		to, problem = x.fixed(typed)
		return to, nil, problem, nil
	}
	return to, nil, refuse("redirect_unknown", "address", s.String()), nil
}

// newsList is the list of news of a section as the end of a redirect.
func (x *redirector) newsList(d models.Edition) (landing, *models.Problem) {
	return x.fixed(address(models.KindSection, d.Lang, strings.Trim(*d.Path+"/news", "/")))
}

// fixed is a place of the site that is no entry.
func (x *redirector) fixed(plain string) (landing, *models.Problem) {
	to := (&url.URL{Path: plain}).EscapedPath()
	switch {
	case !strings.HasPrefix(to, "/") || !block.SafeURL(to):
		return landing{}, refuse("redirect_foreign")
	case !x.by.Administrator():
		return landing{}, refuse("redirect_not_yours")
	}
	return landing{url: to}, nil
}

// end is an edition as the end of a redirect, if the user may see it.
func (x *redirector) end(d models.Edition) (landing, *models.Problem, error) {
	e, err := entry(x.r, x.by, d.EntryID, d.Lang)
	switch {
	case missing(err):
		return landing{}, refuse("redirect_unknown", "address", address("", d.Lang, *d.Path)), nil
	case err != nil:
		return landing{}, nil, err
	case !x.by.Can(models.ActPublish, e.Place(d.Lang)):
		return landing{}, refuse("redirect_not_yours"), nil
	}
	return landing{entry: e, edition: d}, nil, nil
}

// entry is the edition of an entry as the end of a redirect: in the language
// that was named, else in that of the address before, else the original.
func (x *redirector) entry(id, named, lang string) (landing, *models.Problem, error) {
	unknown := refuse("redirect_unknown", "address", id)
	e, err := entry(x.r, x.by, id, "")
	if missing(err) {
		return landing{}, unknown, nil
	}
	if err != nil {
		return landing{}, nil, err
	}
	for _, l := range []string{named, lang, e.OriginalLang} {
		if l == "" || l == models.Facts {
			continue
		}
		d, err := x.r.Edition(id, l)
		if err == nil {
			return x.end(d)
		}
		if !missing(err) {
			return landing{}, nil, err
		}
	}
	return landing{}, unknown, nil
}

// officeAddress reads the address of an entry in the back office:
// /admin/entries/{id}, with a language and more behind it, or
// /admin/content/{id}.
func officeAddress(a models.TypedAddress) (id, lang string, ok bool) {
	parts := strings.Split(a.Path, "/")
	if a.Lang != "" || len(parts) < 3 || parts[0] != "admin" || !models.ValidID(parts[2]) {
		return "", "", false
	}
	switch parts[1] {
	case "content":
		return parts[2], "", true
	case "entries":
		if len(parts) > 3 {
			lang, _ = models.CanonicalLang(parts[3])
		}
		return parts[2], lang, true
	}
	return "", "", false
}

// there says that an address leads elsewhere already, or to the same place.
// It returns nil for an address that is free.
func (x *redirector) there(from spot, to landing) (*models.Problem, error) {
	if _, err := x.r.Address(from.lang, from.path); missing(err) {
		return nil, nil
	}
	row, err := x.r.AddressRow(from.lang, from.path)
	if err != nil {
		return nil, err
	}
	was := redirectOf(row)
	if to.url == "" && row.EntryID == to.entry.ID && row.ToLang == to.edition.Lang || to.url != "" && row.URL == to.url {
		return refuse("redirect_same", "address", from.String()), nil
	}
	if row.EntryID == "" && x.by.Administrator() || row.EntryID != "" && x.by.Can(models.ActRead, row.Place()) {
		return refuse("redirect_there", "address", from.String(), "to", was.To), nil
	}
	return refuse("redirect_elsewhere", "address", from.String()), nil
}

// planned is a redirect that may be added.
type planned struct {
	from spot
	to   landing
}

// add stores redirects, and lets those that led to one of their addresses lead
// to its end.
func (x *redirector) add(tx *store.Tx, list []planned, origin string) error {
	rows := make([]models.Address, 0, len(list))
	ends := make(map[spot]landing, len(list))
	row := func(s spot, to landing, origin string) models.Address {
		a := models.Address{Lang: s.lang, Path: s.path, URL: to.url, Origin: origin}
		if to.url == "" {
			a.EditionID = &to.edition.ID
		}
		return a
	}
	for _, p := range list {
		ends[p.from] = p.to
		rows = append(rows, row(p.from, p.to, origin))
	}
	fixed, err := tx.AddressesToURL()
	if err != nil {
		return err
	}
	for _, a := range fixed {
		at, code := models.ParseAddress(a.URL, x.langs)
		if to, ok := ends[spot{at.Lang, at.Path}]; ok && code == "" {
			rows = append(rows, row(spot{a.Lang, a.Path}, to, a.Origin))
		}
	}
	return tx.AddRedirects(rows, x.by.ID)
}
