package site

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"meridian/cms/block"
	"meridian/cms/live"
)

// frontDoor sends readers to the home page in the best of their languages. It
// remembers nothing: a language in the address always wins.
func (h *handler) frontDoor(c *gin.Context) {
	var a answer
	err := h.reader.View(c.Request.Context(), func(v *live.View) (err error) {
		if !v.Installed() {
			a, err = h.unready(h.asked(c.Request, interfaceLanguages()))
			return err
		}
		homes, err := v.HomeLanguages()
		if err != nil {
			return err
		}
		if len(homes) == 0 {
			a, err = h.notFound(v, defaultLang(v))
			return err
		}
		tags := make([]string, len(homes))
		for i, l := range homes {
			tags[i] = l.Tag
		}
		if h.files && len(homes) > 1 {
			a, err = h.openDoor(v, homes)
			return err
		}
		a = answer{status: http.StatusFound, location: "/" + h.asked(c.Request, tags) + "/"}
		return nil
	})
	if err != nil {
		h.fail(c, err, nil)
		return
	}
	c.Header("Vary", "Accept-Language")
	h.send(c, a)
}

// asked returns the best of some languages for who asks, the first by default.
func (h *handler) asked(r *http.Request, tags []string) string {
	parsed := make([]language.Tag, len(tags))
	for i, t := range tags {
		parsed[i] = language.Make(t)
	}
	_, i := language.MatchStrings(language.NewMatcher(parsed), r.Header.Get("Accept-Language"))
	return tags[i]
}

// defaultLang is the language of answers that belong to none.
func defaultLang(v *live.View) string {
	if list := v.Site().Languages; len(list) > 0 {
		return list[0].Tag
	}
	return "en"
}

// address answers for every path that is content, was, or never will be.
func (h *handler) address(c *gin.Context) {
	if IsSearch(c.Request.URL.Path) {
		h.search(c)
		return
	}
	view := h.reader.View
	if c.Request.URL.RawQuery != "" { // a list narrowed or turned over, which there is no end of
		view = h.reader.ListView
	}
	var a answer
	err := view(c.Request.Context(), func(v *live.View) (err error) {
		a, err = h.answer(v, c.Request.URL)
		return err
	})
	if err != nil {
		h.fail(c, err, nil)
		return
	}
	h.send(c, a)
}

// answer finds what an address leads to.
func (h *handler) answer(v *live.View, u *url.URL) (answer, error) {
	if !v.Installed() {
		return h.unready("en")
	}
	segments, ok := segments(u)
	if len(segments) == 0 {
		return h.notFound(v, defaultLang(v))
	}
	lang := siteLang(v, segments[0])
	if lang == "" {
		if !ok {
			return h.notFound(v, defaultLang(v))
		}
		if len(segments) == 1 {
			if a, err := h.sitemap(v, u, segments[0]); !errors.Is(err, live.ErrNotFound) {
				return a, err
			}
		}
		// Addresses of an older site carried no language.
		return h.moved(v, norm.NFC.String(strings.Join(segments, "/")))
	}
	if !ok {
		return h.notFound(v, lang)
	}
	path := norm.NFC.String(strings.Join(segments[1:], "/"))
	a, err := h.find(v, u, lang, path)
	if lower := strings.ToLower(path); lower != path && errors.Is(err, live.ErrNotFound) {
		a, err = h.find(v, u, lang, lower)
	}
	if reason, gone := live.IsGone(err); gone {
		return h.gone(v, lang, reason)
	}
	if errors.Is(err, live.ErrNotFound) {
		return h.notFound(v, lang)
	}
	return a, err
}

// find answers for a path in a language, or returns live.ErrNotFound.
func (h *handler) find(v *live.View, u *url.URL, lang, path string) (answer, error) {
	if of, format, ok := feedPath(path); ok {
		a, err := h.feed(v, u, lang, of, format)
		if _, gone := live.IsGone(err); gone || !errors.Is(err, live.ErrNotFound) {
			return a, err
		}
		// A feed of an older site may have moved to anywhere.
	}
	f, err := v.Find(lang, path)
	switch _, gone := live.IsGone(err); {
	case errors.Is(err, live.ErrNotFound) && !gone:
		return h.terms(v, u, lang, path)
	case err != nil:
		return answer{}, err
	case f.Redirect != "":
		if path == "network" && !strings.Contains(f.Redirect, "?") { // it stands for the directory
			return redirectTo(f.Redirect + directoryQuery(u.Query()))
		}
		return redirectTo(f.Redirect)
	case f.News != nil:
		href := f.News.NewsHref()
		if !sameAddress(u, href) {
			return redirect(href + newsQuery(u.Query())), nil
		}
		return h.newsList(v, f.News, u.Query())
	}
	it := f.Item
	query := directoryQuery(u.Query())
	if isDirectory(it) {
		if !sameAddress(u, it.Href) {
			return redirect(it.Href + query), nil
		}
	} else if query != "" || !sameAddress(u, it.Href) {
		// Nothing else can be filtered, and one page has one address.
		return redirect(it.Href), nil
	}
	a := answer{status: http.StatusOK, lang: it.Lang, modified: it.UpdatedAt, link: "<" + h.jsonURL(it) + `>; rel="alternate"; type="application/json"`}
	switch {
	case it.Kind == "news":
		err = h.newsItem(v, it, &a)
	case isDirectory(it):
		err = h.directory(v, it, u.Query(), &a)
	case it.Kind == "section":
		err = h.section(v, it, &a)
	default:
		err = h.page(v, it, &a)
	}
	return a, err
}

// moved follows an address without a language.
func (h *handler) moved(v *live.View, path string) (answer, error) {
	for _, p := range []string{path, strings.ToLower(path)} {
		to, err := v.Moved("", p)
		if err == nil {
			return redirectTo(to)
		}
		if reason, gone := live.IsGone(err); gone {
			return h.gone(v, defaultLang(v), reason)
		}
		if !errors.Is(err, live.ErrNotFound) {
			return answer{}, err
		}
	}
	return h.notFound(v, defaultLang(v))
}

func redirectTo(to string) (answer, error) {
	if !block.SafeURL(to) {
		return answer{}, live.ErrNotFound
	}
	return redirect(to), nil
}

// segments cuts a path up; false means that it is no possible address. Slashes
// too many are dropped: the redirect to the one right spelling follows.
func segments(u *url.URL) ([]string, bool) {
	var out []string
	ok := utf8.ValidString(u.Path)
	for s := range strings.SplitSeq(u.Path, "/") {
		switch s {
		case "":
			continue
		case ".", "..":
			ok = false
		}
		out = append(out, s)
	}
	if strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
		ok = false
	}
	// A slash that is part of a name is in no address of ours.
	return out, ok && !strings.Contains(strings.ToLower(u.RawPath), "%2f")
}

// siteLang returns the language of the site that a segment names, "" for none.
func siteLang(v *live.View, segment string) string {
	for _, l := range v.Site().Languages {
		if strings.EqualFold(l.Tag, segment) {
			return l.Tag
		}
	}
	return ""
}

// sameAddress compares after decoding, so that a proxy that spells escapes in
// its own way cannot send a reader round in circles.
func sameAddress(u *url.URL, href string) bool {
	want, err := url.PathUnescape(href)
	return err == nil && u.Path == want
}
