package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// layout knows at which address an answer is asked for, and at which one its
// file is served.
type layout struct {
	base     string                 // "https://example.org"
	data     string                 // what addresses of JSON begin with: "/api/v1"
	params   func(string) []string  // as in Source
	computed func(path string) bool // as in Source
}

// place is an address of the site.
type place struct {
	address string // to ask at: escaped, with the declared parameters in order
	link    string // where its file is served, escaped
}

// maxValue is the longest value of a parameter that stands in an address as it
// is, in bytes. Cursors are longer.
const maxValue = 64

// locate finds the place that a reference within the site leads to, such as
// "/en/news/?page=2#main". It is false for what is not exported.
func (l layout) locate(ref string) (place, bool) {
	u, err := url.Parse(ref)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || l.computed(u.Path) {
		return place{}, false
	}
	data := l.isData(u.Path)
	if data {
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), ""
	}
	at := (&url.URL{Path: u.Path, RawPath: u.RawPath}).EscapedPath()
	p := place{address: at, link: at}
	kept := url.Values{}
	if u.RawQuery != "" {
		q := u.Query()
		for _, name := range l.params(u.Path) {
			if v := q.Get(name); v != "" {
				kept.Set(name, v)
			}
		}
	}
	if len(kept) > 0 {
		p.address += "?" + kept.Encode()
		slash := strings.HasSuffix(p.link, "/")
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			p.link = strings.TrimSuffix(p.link, "/") + "/" + segment(name) + "=" + segment(kept.Get(name))
		}
		if slash {
			p.link += "/"
		}
	}
	if data {
		p.link += ".json"
	}
	return p, true
}

// isData reports whether a path is one of the JSON that gets an ending.
func (l layout) isData(p string) bool {
	return (p == l.data || strings.HasPrefix(p, l.data+"/")) && path.Ext(p) == ""
}

// segment writes a name or a value of a parameter so that it can stand in a
// path and in the name of a file anywhere.
func segment(s string) string {
	plain := func(r rune) bool {
		return r == '-' || r == '_' || r == '.' || r == '[' || r == ']' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
	}
	s = norm.NFC.String(s)
	if len(s) <= maxValue && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 && strings.Trim(s, ".") != "" {
		return (&url.URL{Path: s}).EscapedPath()
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:10])
}

// rewrite returns what stands in a file for a reference as it stands in an
// answer, and the place it leads to; false when it leads to none of ours.
func (l layout) rewrite(ref string) (string, place, bool) {
	before, rest := "", ref
	if after, ok := strings.CutPrefix(ref, l.base); ok && (after == "" || strings.ContainsAny(after[:1], "/?#")) {
		before, rest = l.base, after
	}
	if !strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "//") || strings.ContainsAny(rest, " \t\r\n\"<>") {
		return ref, place{}, false
	}
	p, ok := l.locate(rest)
	if !ok {
		return ref, p, false
	}
	if p.link == p.address { // nothing that a host cannot serve
		return ref, p, true
	}
	_, fragment, found := strings.Cut(rest, "#")
	out := before + p.link
	if found {
		out += "#" + fragment
	}
	return out, p, true
}

// fileOf returns the name of the file that is served at a link, with slashes,
// within the folder.
func fileOf(link string, html bool) (string, error) {
	p, err := url.PathUnescape(link)
	if err != nil {
		return "", err
	}
	p = strings.TrimPrefix(norm.NFC.String(p), "/")
	if html {
		switch ext := path.Ext(p); {
		case p == "" || strings.HasSuffix(p, "/"):
			p += "index.html"
		case ext != ".html" && ext != ".htm":
			p += "/index.html"
		}
	}
	return p, possible(p)
}

// errName is why a file cannot have a name.
var errName = errors.New("no name for a file of the export")

// possible reports what is wrong with the name of a file: it must be within
// the folder on any system, and what begins with a dot belongs to others.
func possible(name string) error {
	if name == wellKnown {
		return nil
	}
	for s := range strings.SplitSeq(name, "/") {
		switch {
		case s == "", strings.HasPrefix(s, "."), len(s) > 240, !utf8.ValidString(s),
			strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) }):
			return fmt.Errorf("%w: %q", errName, name)
		}
	}
	return nil
}

// wellKnown is the one file of the export in a folder with a dot.
const wellKnown = ".well-known/security.txt"
