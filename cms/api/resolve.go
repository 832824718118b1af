package api

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"meridian/cms/live"
)

// ResolvePath is the address that tells what an address for readers leads to.
const ResolvePath = Root + "/resolve"

// Resolved is what an address of the site leads to.
type Resolved struct {
	// URL is where readers end up, absolute.
	URL string `json:"url"`
	// Redirected says that they are sent there from the address asked for.
	Redirected bool `json:"redirected"`
	// Target is "item"; "news" for the list of the news of a section, which
	// Item is; "term" for what carries a term; "elsewhere" for another site.
	Target string `json:"target"`
	// Item is of type Item, or has only the members that fields= asked for;
	// null for terms and other sites.
	Item any `json:"item"`
	// Term is null for everything but terms.
	Term *ResolvedTerm `json:"term"`
}

// ResolvedTerm is a topic or an instrument.
type ResolvedTerm struct {
	ID         string `json:"id"`
	Vocabulary string `json:"vocabulary"` // topic or instrument
	Label      string `json:"label"`
	Lang       string `json:"lang"` // of Label
}

// maxHops bounds how many redirects are followed. One leads to the end; an
// editor's may lead to an address that has moved since.
const maxHops = 5

// resolve answers with what an address for readers leads to.
func (h *handler) resolve(v *live.View, r *request) (*answer, error) {
	sel, forms := r.shape()
	inc := r.include()
	asked, ok := r.get("url")
	path, own := ownPath(v, asked)
	if !ok || !own {
		r.fault("url", codeValue, "url is an address of this site, such as /en/about-us/.")
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	out := &Resolved{}
	a := &answer{shape: out}
	for range maxHops {
		t, err := lookUp(v, path)
		if err != nil {
			return nil, err
		}
		if t.redirect != "" {
			out.Redirected = true
			if path, own = ownPath(v, t.redirect); own {
				continue
			}
			out.URL, out.Target = t.redirect, "elsewhere"
			return a, nil
		}
		out.URL, out.Target = v.Absolute(t.href), t.target
		if want, err := url.PathUnescape(t.href); err != nil || want != path {
			out.Redirected = true
		}
		if t.term != nil {
			out.Term = &ResolvedTerm{t.term.ID, t.term.Vocabulary, t.term.Label, t.term.Lang}
			return a, nil
		}
		served := Served{Requested: &t.item.Lang, Served: t.item.Lang, Reason: ReasonRequested}
		shapes, err := shape(v, []*live.Item{t.item}, served, forms, inc)
		if err != nil {
			return nil, err
		}
		out.Item = sel.of(shapes[0])
		a.lang, a.modified = t.item.Lang, t.item.UpdatedAt
		return a, nil
	}
	return nil, live.ErrNotFound
}

// ownPath returns the path of an address of this site, unescaped.
func ownPath(v *live.View, address string) (string, bool) {
	if len(address) > 2000 {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/") || u.User != nil {
		return "", false
	}
	base, err := url.Parse(v.Absolute("/"))
	if err != nil || u.Host != "" && !strings.EqualFold(u.Host, base.Host) || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Scheme != "" && u.Host == "" {
		return "", false
	}
	return u.Path, true
}

// leads is what a path leads to: somewhere else, or to one of the others.
type leads struct {
	redirect string
	target   string
	href     string
	item     *live.Item
	term     *live.Term
}

// lookUp finds what readers find at a path.
func lookUp(v *live.View, path string) (leads, error) {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	languages := v.Site().Languages
	if len(segments) == 0 { // the front door leads to a home page
		home, err := v.Home(languages[0].Tag)
		if err != nil {
			return leads{}, err
		}
		return leads{redirect: home.Href}, nil
	}
	i := slices.IndexFunc(languages, func(l live.Language) bool { return strings.EqualFold(l.Tag, segments[0]) })
	if i < 0 { // of an older site, without a language
		return firstOf(norm.NFC.String(strings.Join(segments, "/")), func(p string) (leads, error) {
			to, err := v.Moved("", p)
			return leads{redirect: to}, err
		})
	}
	lang := languages[i].Tag
	return firstOf(norm.NFC.String(strings.Join(segments[1:], "/")), func(p string) (leads, error) {
		f, err := v.Find(lang, p)
		_, gone := live.IsGone(err)
		switch {
		case errors.Is(err, live.ErrNotFound) && !gone:
			return lookUpTerm(v, lang, p)
		case err != nil:
			return leads{}, err
		case f.Redirect != "":
			return leads{redirect: f.Redirect}, nil
		case f.News != nil:
			return leads{target: "news", href: f.News.NewsHref(), item: f.News}, nil
		}
		return leads{target: "item", href: f.Item.Href, item: f.Item}, nil
	})
}

// firstOf tries a path as it is and, where nothing ever was there, in lower
// case.
func firstOf(path string, find func(string) (leads, error)) (leads, error) {
	t, err := find(path)
	_, gone := live.IsGone(err)
	if lower := strings.ToLower(path); lower != path && errors.Is(err, live.ErrNotFound) && !gone {
		return find(lower)
	}
	return t, err
}

func lookUpTerm(v *live.View, lang, path string) (leads, error) {
	word, segment, _ := strings.Cut(path, "/")
	for vocabulary, w := range live.TermWords {
		if w != word || segment == "" || strings.Contains(segment, "/") {
			continue
		}
		t, err := v.FindTerm(vocabulary, lang, segment)
		return leads{target: "term", href: t.Href, term: &t}, err
	}
	return leads{}, live.ErrNotFound
}
