package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// asset is a file of static/. Its compressed forms are made when somebody asks
// for them first: most processes never serve most files.
type asset struct {
	url        string
	typ        string
	body       []byte
	gzip, brot func() []byte // nil for what is compressed already
}

// staticTypes are the types served; another file in static/ is a mistake.
var staticTypes = map[string]struct {
	typ  string
	text bool
}{
	".css":   {"text/css; charset=utf-8", true},
	".js":    {"text/javascript; charset=utf-8", true},
	".svg":   {"image/svg+xml", true},
	".ico":   {"image/x-icon", false},
	".png":   {"image/png", false},
	".woff2": {"font/woff2", false},
}

// assets by name below static/ and by address.
var assets = sync.OnceValues(func() (byName, byURL map[string]*asset) {
	byName, byURL = map[string]*asset{}, map[string]*asset{}
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, ok := staticTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("%s: no type is known", name)
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		rel, ext := strings.TrimPrefix(name, "static/"), path.Ext(name)
		sum := sha256.Sum256(body)
		a := &asset{typ: t.typ, body: body}
		a.url = "/static/" + strings.TrimSuffix(rel, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		if t.text {
			a.gzip = sync.OnceValue(func() []byte { return gzipped(body) })
			a.brot = sync.OnceValue(func() []byte { return brotlied(body) })
		}
		byName[rel], byURL[a.url] = a, a
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("web: read static files: %v", err)) // embedded: a test would have seen it
	}
	return byName, byURL
})

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	_, _ = w.Write(b)                                       // a Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

func brotlied(b []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// Asset returns the address of a static file, with its hash in the name. It
// panics for a file that does not exist: a template with a typing error must
// not reach anybody.
func Asset(name string) string {
	byName, _ := assets()
	a, ok := byName[name]
	if !ok {
		panic("web: no static file " + name)
	}
	return a.url
}

// Static serves the addresses that Asset gives, for ever: a changed file has
// another name.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			plainError(w, http.StatusMethodNotAllowed)
			return
		}
		_, byURL := assets()
		a, ok := byURL[r.URL.Path]
		if !ok {
			plainError(w, http.StatusNotFound)
			return
		}
		a.serve(w, r, "public, max-age=31536000, immutable")
	})
}

// ServeFile serves a static file at an address without a hash, such as
// /favicon.ico, which browsers ask for by themselves. They may keep it a day.
func ServeFile(w http.ResponseWriter, r *http.Request, name string) {
	byName, _ := assets()
	a, ok := byName[name]
	if !ok {
		plainError(w, http.StatusNotFound)
		return
	}
	a.serve(w, r, "public, max-age=86400")
}

func plainError(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	http.Error(w, strings.ToLower(http.StatusText(status)), status)
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	h.Set("Content-Type", a.typ)
	h.Set("Cache-Control", cache)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// A picture opened on its own is a document: it may do nothing.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	body := a.body
	if a.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		accept := r.Header.Get("Accept-Encoding")
		if accepts(accept, "br") {
			h.Set("Content-Encoding", "br")
			body = a.brot()
		} else if accepts(accept, "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.gzip()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// accepts reports whether an Accept-Encoding header names a coding and does
// not refuse it with a quality of nought.
func accepts(header, coding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, param, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(param, " ", ""), "q=")
		return !found || strings.Trim(q, "0.") != ""
	}
	return false
}

// Icon returns a sign of the back office: a symbol of admin-icons.svg, for
// which the text beside it says what it means. class may add "flip", which
// turns it round where people read from the right. It panics for a symbol that
// does not exist, as Asset does.
func Icon(name string, class ...string) template.HTML {
	icons := allIcons()
	for _, c := range class {
		name += " " + c
	}
	h, ok := icons[name]
	if !ok {
		panic("web: no icon " + name)
	}
	return h
}

// allIcons holds the signs as they stand in a page: a list has many hundreds,
// and escaping the address of each anew took a third of a page's time.
var allIcons = sync.OnceValue(func() map[string]template.HTML {
	const sheet = "admin-icons.svg"
	b, err := fs.ReadFile(files, "static/"+sheet)
	if err != nil {
		panic("web: " + err.Error()) // embedded: cannot happen
	}
	icons := map[string]template.HTML{}
	for _, m := range iconSymbol.FindAllSubmatch(b, -1) {
		name := string(m[1])
		for _, flip := range []string{"", " flip"} {
			// A name of ours, of letters, digits and hyphens, and an address made of a hash.
			icons[name+flip] = template.HTML(`<svg class="icon` + flip + `" width="20" height="20" aria-hidden="true" focusable="false"><use href="` + Asset(sheet) + "#" + name + `"></use></svg>`)
		}
	}
	return icons
})

var iconSymbol = regexp.MustCompile(`<symbol id="([a-z0-9-]+)"`)

// SiteCSS returns the style of readers' pages, without its comments, and its
// source for the Content-Security-Policy ("'sha256-…'").
func SiteCSS() (template.CSS, string) { return siteCSS() }

// PlainSiteCSS is SiteCSS without the rules that stand between the marks
// "[rare" and "rare]": enough for most pages, and an eighth smaller.
func PlainSiteCSS() (template.CSS, string) { return plainSiteCSS() }

var (
	siteCSS      = sync.OnceValues(func() (template.CSS, string) { return inline(siteSheet()) })
	plainSiteCSS = sync.OnceValues(func() (template.CSS, string) { return inline(cssRare.ReplaceAllString(siteSheet(), "")) })
)

func siteSheet() string {
	b, err := fs.ReadFile(files, "static/site.css")
	if err != nil {
		panic("web: " + err.Error()) // embedded: cannot happen
	}
	return string(b)
}

// inline returns a style sheet of ours as it stands in a page, and its source.
func inline(sheet string) (template.CSS, string) {
	css := shorten(sheet)
	sum := sha256.Sum256([]byte(css))
	// A file of ours, no input.
	return template.CSS(css), "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var (
	cssRare    = regexp.MustCompile(`(?s)/\* \[rare.*?rare\] \*/`)
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssBreak   = regexp.MustCompile(`\s*\n\s*`)
)

// shorten drops comments and line breaks; site.css has neither inside a string.
func shorten(css string) string {
	return cssBreak.ReplaceAllString(cssComment.ReplaceAllString(css, ""), "")
}
