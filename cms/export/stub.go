package export

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
)

// Names of the files that are no answers of the site.
const (
	redirectsFile = "_redirects"
	headersFile   = "_headers"
	// noJekyll keeps GitHub Pages from leaving out names that begin with a dot
	// or a line.
	noJekyll = ".nojekyll"
)

// maxRedirects is how many lines the list of redirects has at most. Some hosts
// read none of a longer list; every redirect is a small page as well.
const maxRedirects = 1000

// stub is the page at an old address: it sends browsers on, tells search
// engines where the content is now, and needs no words. The new address is its
// only text.
var stub = template.Must(template.New("stub").Parse(`<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.To}}</title>
<link rel="canonical" href="{{.Absolute}}">
<meta http-equiv="refresh" content="0; url={{.To}}">
</head>
<body>
<p><a href="{{.To}}">{{.To}}</a></p>
</body>
</html>
`))

// stubOf returns the page that leads to an address within the site or, in full,
// elsewhere.
func (l layout) stubOf(to string) ([]byte, error) {
	absolute := to
	if strings.HasPrefix(to, "/") {
		absolute = l.base + to
	}
	var b bytes.Buffer
	err := stub.Execute(&b, struct{ To, Absolute string }{to, absolute})
	return b.Bytes(), err
}

// redirectList is the list of redirects as some hosts read it, so that they
// answer 301 where others serve the small pages.
func redirectList(list []redirect) []byte {
	var b strings.Builder
	n := 0
	for _, r := range list {
		// Characters with a meaning there, and a list for lines of two words.
		if n == maxRedirects || strings.ContainsAny(r.link, ":*# ") || strings.ContainsAny(r.to, " \n") {
			continue
		}
		n++
		b.WriteString(r.link + " " + r.to + " 301\n")
	}
	return []byte(b.String())
}

// headerList is the headers of the live answers as some hosts read them: those
// that keep readers safe, and the one that lets other sites read the JSON.
func (l layout) headerList(home http.Header, langs []string) []byte {
	var b strings.Builder
	add := func(at string, names ...string) {
		b.WriteString(at + "\n")
		for _, name := range names {
			if v := home.Get(name); v != "" {
				b.WriteString("  " + name + ": " + v + "\n")
			}
		}
	}
	add("/*", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Strict-Transport-Security")
	for _, at := range append([]string{"/"}, langs...) {
		if at != "/" {
			at = "/" + at + "/*"
		}
		add(at, "Content-Security-Policy")
	}
	// A host shows what is in a file; a browser must not run it.
	b.WriteString("/media/*\n  Content-Security-Policy: default-src 'none'; sandbox\n  Cross-Origin-Resource-Policy: cross-origin\n/media/:asset/original/*\n  Content-Disposition: attachment\n")
	b.WriteString(l.data + "/*\n  Access-Control-Allow-Origin: *\n/static/*\n  Cache-Control: public, max-age=31536000, immutable\n")
	return []byte(b.String())
}
