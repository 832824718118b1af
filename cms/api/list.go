package api

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"meridian/cms/live"
)

// maxTexts bounds the texts of one page of a list, in bytes. A page that would
// grow beyond it ends earlier and has a next one.
const maxTexts = 8 << 20

// list answers with one page of a collection.
func (h *handler) list(v *live.View, r *request, kind live.Kind) (*answer, error) {
	sel, forms := r.shape()
	inc := r.include()
	q := live.Query{Kind: kind.Name, Lang: r.lang(), Limit: r.number("limit"), Without: sel.without(forms, inc)}
	if q.Fallback = r.langs("fallback"); q.Fallback != nil && q.Lang != "" {
		q.Fallback = slices.Insert(slices.DeleteFunc(q.Fallback, func(l string) bool { return l == q.Lang }), 0, q.Lang)
	}
	requested := q.Lang
	if q.Fallback != nil {
		q.Lang, requested = "", q.Fallback[0]
	}
	count := r.choice("count") == "true"
	q.Fresh = r.choice("fresh") == "true"
	q.Sort, q.Desc, q.Then = r.sort()
	if kind.Name == "news" {
		if year := r.number("year"); year > 0 {
			q.Year = strconv.Itoa(year)
		}
	}
	if err := r.scope(v, &q); err != nil {
		return nil, err
	}
	var err error
	if q.Filters, err = r.filters(v, kind); err != nil {
		return nil, err
	}
	if q.After, err = h.cursor(v, r.query, q); err != nil {
		return nil, err
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	page, err := v.List(q)
	if errors.Is(err, live.ErrNotFound) {
		r.badSection()
		return nil, r.err()
	}
	if err != nil {
		return nil, err
	}
	served := Served{Reason: ReasonEvery}
	if requested != "" {
		served.Requested, served.Reason = &requested, ReasonRequested
	}
	shapes, err := shape(v, page.Items, served, forms, inc)
	if err != nil {
		return nil, err
	}
	page.Cut(len(shapes))
	out := &List{Items: make([]any, len(shapes))}
	a := &answer{shape: out}
	for i, item := range shapes {
		if !inc.media {
			item.Image.shorten()
		}
		out.Items[i] = sel.of(item)
		a.modified = latest(a.modified, item.UpdatedAt)
	}
	if page.Next != nil {
		next := nextURL(v, r, h.seal(v, q, *page.Next))
		out.Next = &next
		a.links = append(a.links, "<"+next+`>; rel="next"`)
	}
	if count {
		n, err := v.Count(q)
		if err != nil {
			return nil, err
		}
		out.Count = &n
	}
	return a, nil
}

// shape gives items the shape of an answer. served says which language was
// asked for; there are fewer shapes than items where their texts would be too
// much for one answer.
func shape(v *live.View, items []*live.Item, served Served, f forms, inc include) ([]*Item, error) {
	more, err := included(v, items, inc)
	if err != nil {
		return nil, err
	}
	out := make([]*Item, 0, len(items))
	texts := 0
	for i, it := range items {
		s := served
		s.Served = it.Lang
		if s.Reason == ReasonRequested && s.Requested != nil && *s.Requested != it.Lang {
			s.Reason = ReasonFallback
		}
		item, err := itemOf(v, it, s, f)
		if err != nil {
			return nil, err
		}
		if texts += item.Body.size(); i > 0 && texts > maxTexts {
			break
		}
		item.Included = more[i]
		out = append(out, item)
	}
	return out, nil
}

// size is the number of bytes of a text in all its forms.
func (b *Body) size() int {
	n := 0
	if b == nil {
		return n
	}
	for _, s := range []*string{b.HTML, b.Markdown} {
		if s != nil {
			n += len(*s)
		}
	}
	return n + len(b.Blocks)
}

// nextURL is the request again with another cursor.
func nextURL(v *live.View, r *request, cursor string) string {
	values := url.Values{"cursor": {cursor}}
	for name, list := range r.values {
		if name != "cursor" {
			values[name] = list
		}
	}
	return v.Absolute(r.path + "?" + values.Encode())
}

// maxKeys is how many keys a list is sorted by.
const maxKeys = 3

// sort returns the order: the newest first unless another one is asked for.
// then has the keys behind the first one.
func (q *query) sort() (key string, desc bool, then string) {
	p := q.param("sort")
	keys := p.values
	key = p.standard
	if v, ok := q.get("sort"); ok {
		key, then, _ = strings.Cut(v, ",")
		var seen []string
		for s := range strings.SplitSeq(v, ",") {
			s = strings.TrimPrefix(s, "-")
			if !slices.Contains(keys, s) || slices.Contains(seen, s) || len(seen) == maxKeys || strings.HasSuffix(v, ",") {
				q.fault("sort", codeValue, "sort is one to "+strconv.Itoa(maxKeys)+" of "+strings.Join(keys, ", ")+", with commas and nothing twice, each with - in front for the other way round.")
				break
			}
			seen = append(seen, s)
		}
	}
	key, desc = strings.CutPrefix(key, "-")
	return key, desc, then
}

// scope reads what narrows a list to a section and a topic. Both must exist,
// for an empty list would look as if nothing had been published there.
func (r *request) scope(v *live.View, q *live.Query) error {
	if s, ok := r.get("section"); ok {
		switch section, err := sectionOf(v, s); {
		case errors.Is(err, live.ErrNotFound):
			r.badSection()
		case err != nil:
			return err
		default:
			q.Section = section
		}
	}
	if t, ok := r.get("topic"); ok {
		terms, err := v.Terms([]string{t}, "en")
		if err != nil {
			return err
		}
		if len(terms) == 0 {
			r.fault("topic", codeValue, "topic is the id of a term.")
		}
		q.Topic = t
	}
	return nil
}

func (r *request) badSection() {
	r.fault("section", codeValue, "section is the id or the address (/en/about-us/) of a public section.")
}

// sectionOf returns the id of the section that s names: an id, whose section
// may still turn out not to be there, or an address with or without the site
// in front and slashes at its ends. An old address is followed once, so that
// whoever wrote it down need not notice a move.
func sectionOf(v *live.View, s string) (string, error) {
	if idForm.MatchString(s) {
		return s, nil
	}
	if len(s) > 2000 {
		return "", live.ErrNotFound
	}
	if path, whole := strings.CutPrefix(s, v.Absolute("/")); whole {
		var err error
		if s, err = url.PathUnescape(path); err != nil {
			return "", live.ErrNotFound
		}
	}
	for range 2 {
		lang, path, _ := strings.Cut(strings.Trim(s, "/"), "/")
		if !tagForm.MatchString(lang) {
			return "", live.ErrNotFound
		}
		found, err := v.Find(lang, path)
		switch {
		case err != nil:
			return "", err
		case found.Item != nil && found.Item.Kind == "section":
			return found.Item.ID, nil
		case found.Redirect == "":
			return "", live.ErrNotFound
		}
		u, err := url.Parse(found.Redirect)
		if err != nil || u.Host != "" {
			return "", live.ErrNotFound
		}
		s = u.Path
	}
	return "", live.ErrNotFound
}
