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
	sel, forms := r.shape(forms{})
	q := live.Query{Kind: kind.Name, Lang: r.lang(), Limit: r.number("limit", 1, 200, 20)}
	count := r.choice("count", "false", "true") == "true"
	q.Sort, q.Desc = r.sort(kind)
	if _, ok := r.get("year"); ok {
		q.Year = strconv.Itoa(r.number("year", 1000, 9999, 0))
	}
	if err := r.scope(v, &q); err != nil {
		return nil, err
	}
	var err error
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
	out := &List{Items: []any{}}
	a := &answer{shape: out}
	texts := 0
	for i, it := range page.Items {
		served := Served{Served: it.Lang, Reason: ReasonEvery}
		if q.Lang != "" {
			served.Requested, served.Reason = &q.Lang, ReasonRequested
		}
		item, err := itemOf(v, it, served, forms)
		if err != nil {
			return nil, err
		}
		if texts += item.Body.size(); i > 0 && texts > maxTexts {
			// The page that ends before this item knows where the next begins.
			q.Limit = i
			if page, err = v.List(q); err != nil {
				return nil, err
			}
			break
		}
		out.Items = append(out.Items, sel.of(item))
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

// sort returns the order: the newest first unless another one is asked for.
func (q *query) sort(kind live.Kind) (key string, desc bool) {
	keys := slices.Clone(live.SortKeys)
	key = "-date"
	if kind.Name != "news" {
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == "date" })
		key = "-published_at"
	}
	if v, ok := q.get("sort"); ok {
		key = v
	}
	key, desc = strings.CutPrefix(key, "-")
	if !slices.Contains(keys, key) {
		q.fault("sort", codeValue, "sort is one of "+strings.Join(keys, ", ")+", with - in front for the other way round.")
	}
	return key, desc
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
