package live

import (
	"slices"
	"strconv"
	"strings"

	"meridian/cms/block"
	"meridian/models/store"
)

// Resolver returns what the text of a page in lang may know of the rest of
// the site. It sees public things only, so a link to something unpublished
// renders as its words. A failing look-up is the same as nothing found: the
// page is rendered without that part.
func (v *View) Resolver(lang string) block.Resolver { return &resolver{v: v, lang: lang} }

type resolver struct {
	v        *View
	lang     string
	profiles []store.Profile
	counted  bool
}

func (r *resolver) Lang() string { return r.lang }

func (r *resolver) Word(key string, args ...any) string { return block.Word(r.lang, key, args...) }

// ref returns the public edition of an entry for a page in r.lang: in that
// language, else in the original one.
func (r *resolver) ref(id string) (store.LiveRef, bool) {
	list, err := remembered(r.v, func(k *known) map[string]memo[[]store.LiveRef] { return k.refs }, id, func() ([]store.LiveRef, error) {
		return r.v.live.EditionsOf([]string{id})
	})
	if err != nil || len(list) == 0 {
		return store.LiveRef{}, false
	}
	return pick(list, r.lang), true
}

// pick chooses one edition of an entry for a page in lang.
func pick(list []store.LiveRef, lang string) store.LiveRef {
	best := list[0]
	for _, e := range list {
		if e.Lang == lang {
			return e
		}
		if e.Lang == e.OriginalLang {
			best = e
		}
	}
	return best
}

// other returns l when it differs from the page's language.
func (r *resolver) other(l string) string {
	if l == r.lang {
		return ""
	}
	return l
}

func (r *resolver) Link(ref string) (block.Target, bool) {
	kind, id, ok := strings.Cut(ref, ":")
	if !ok {
		return block.Target{}, false
	}
	if kind == "media" {
		m, ok := r.Media(id)
		return block.Target{URL: m.URL, Title: m.Title, Lang: r.other(m.Lang)}, ok && !m.Withheld
	}
	e, ok := r.ref(id)
	if !ok {
		return block.Target{}, false
	}
	return block.Target{URL: hrefOf(e), Title: e.Title, Lang: r.other(e.Lang)}, true
}

func (r *resolver) Media(id string) (block.Media, bool) {
	a, err := r.v.asset(id)
	if err != nil || a == nil {
		return block.Media{}, false
	}
	if !r.v.may(a, r.lang) {
		return block.Media{ID: id, Width: a.Width, Height: a.Height, Withheld: true}, true
	}
	m, err := r.v.media(a)
	if err != nil {
		return block.Media{}, false
	}
	return m.shown(a.Frames), true
}

func (r *resolver) members() []store.Profile {
	if !r.counted {
		list, err := r.v.live.Profiles("", "")
		if err == nil {
			r.profiles = slices.DeleteFunc(list, func(p store.Profile) bool { return p.Status == "former" })
		}
		r.counted = true
	}
	return r.profiles
}

func (r *resolver) Fact(key string) (string, bool) {
	name, region, of := strings.Cut(key, ":")
	list := r.members()
	if of { // of a region, which may have been merged
		region = r.v.became(region)
		list = slices.DeleteFunc(slices.Clone(list), func(p store.Profile) bool { return p.Region != region })
	}
	n := 0
	switch {
	case name == "section_count", name == "region_count" && of:
		n = len(list)
	case name == "country_count":
		n = distinct(list, func(p store.Profile) string { return p.Country })
	case name == "region_count":
		n = distinct(list, func(p store.Profile) string { return p.Region })
	case name == "language_count" && !of:
		ids := make([]string, 0, len(list))
		for _, p := range list {
			ids = append(ids, p.EntryID)
		}
		facts, err := r.v.live.FactsOf(ids)
		if err != nil {
			return "", false
		}
		seen := map[string]bool{}
		for _, f := range facts {
			for _, l := range texts(f["languages"]) {
				seen[l] = true
			}
		}
		n = len(seen)
	default:
		return "", false
	}
	return strconv.Itoa(n), true
}

// distinct counts what organisations have in common once; those without it are
// not counted.
func distinct(list []store.Profile, of func(store.Profile) string) int {
	seen := map[string]bool{}
	for _, p := range list {
		if s := of(p); s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}

func (r *resolver) Contact(section string) (block.Contact, bool) {
	facts, err := r.v.live.Facts(section)
	if err != nil || len(facts) == 0 {
		return block.Contact{}, false
	}
	e, ok := r.ref(section)
	if !ok {
		return block.Contact{}, false
	}
	c := contactOf(facts, r.lang)
	c.Name, c.Lang = e.Title, r.other(e.Lang)
	return c, true
}

func (r *resolver) Cards(q block.CardQuery) []block.Card {
	sq := store.Query{Kind: q.Kind, Lang: r.lang, Under: q.Under, Term: r.v.became(q.Topic), Sort: "position", Limit: q.Limit, Brief: true}
	if q.Kind == "news" {
		sq.Sort, sq.Desc, sq.Branch = "date", true, "/"+r.v.known.root+"/"
	}
	if q.Section != "" {
		branch, err := r.v.live.BranchOf(q.Section)
		if err != nil {
			return nil
		}
		sq.Branch = branch
	}
	if sq.Limit <= 0 || sq.Limit > 12 {
		sq.Limit = 12
	}
	l, err := r.v.teaserList(sq)
	if err != nil {
		return nil
	}
	r.v.wantLead(l.page.Items)
	var out []block.Card
	for i, row := range l.rows {
		out = append(out, r.card(row.LiveText, l.page.Items[i].lead()))
	}
	return out
}

func (r *resolver) CardsOf(refs []string) []block.Card {
	var out []block.Card
	var ids []string
	for _, ref := range refs {
		_, id, _ := strings.Cut(ref, ":")
		e, ok := r.ref(id)
		if !ok {
			continue
		}
		if t, err := r.v.live.ByEntry(e.EntryID, e.Lang); err == nil {
			out, ids = append(out, r.card(t, "")), append(ids, t.EntryID)
		}
	}
	facts, err := r.v.live.FactsOf(ids)
	if err != nil {
		return out // without pictures
	}
	for i, id := range ids {
		if picture, _ := facts[id]["lead_picture"].(string); picture != "" {
			out[i].Image = picture
			r.v.want(picture)
		}
	}
	return out
}

func (r *resolver) card(t store.LiveText, picture string) block.Card {
	return block.Card{
		Image: picture,
		Ref:   t.Kind + ":" + t.EntryID, Title: t.Title, URL: hrefOf(t.LiveRef), Summary: t.Summary,
		Date: t.Date, When: Date(t.Date, "day", r.lang), Lang: r.other(t.Lang),
	}
}

func (r *resolver) Sections(q block.SectionQuery) []block.SectionRow {
	rows, err := r.v.Organisations(r.lang, q.Region, q.Status)
	if err != nil {
		return nil
	}
	return rows
}
