package models

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	langs := []string{"en", "pt-BR"}
	for _, tt := range []struct {
		typed            string
		host, lang, path string
		code             string
	}{
		{"/en/about/", "", "en", "about", ""},
		{" /EN//About ", "", "en", "about", ""},
		{"/pt-br/x", "", "pt-BR", "x", ""},
		{"/en", "", "en", "", ""},
		{"/", "", "", "", ""},
		{"index.php/Blog.html", "", "", "index.php/blog.html", ""},
		{"/de/x", "", "", "de/x", ""},
		{"https://site.example:8080/en/x", "site.example:8080", "en", "x", ""},
		{"HTTP://site.example", "site.example", "", "", ""},
		{"/en/e\u0301t%C3%A9", "", "en", "été", ""},
		{"/en/a%20b", "", "en", "a b", ""},
		{"/en/a%2Fb", "", "en", "a/b", ""},
		{"", "", "", "", "address_missing"},
		{"/en/x?y", "", "", "", "address_query"},
		{"/en/x#y", "", "", "", "address_query"},
		{"//x.example/y", "", "", "", "address_malformed"},
		{"https:///x", "", "", "", "address_malformed"},
		{"https://a:b@site.example/x", "site", "", "", "address_malformed"},
		{"javascript://x", "", "", "", "address_malformed"},
		{"/en/./x", "", "", "", "address_malformed"},
		{"/en/%2e%2e/x", "", "", "", "address_malformed"},
		{"/en/x\ty", "", "", "", "address_malformed"},
		{"/en/\u2066x", "", "", "", "address_malformed"},
		{"/en/\xff", "", "", "", "address_malformed"},
		{"/" + strings.Repeat("x", AddressMax+1), "", "", "", "address_long"},
	} {
		got, code := ParseAddress(tt.typed, langs)
		if code != tt.code || code == "" && got != (TypedAddress{tt.host, tt.lang, tt.path}) {
			t.Errorf("%.40q: %+v, %s", tt.typed, got, code)
		}
	}
}

func TestReservedAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"/": true, "/admin": true, "/api/v1": true, "/static/x": true, "/robots.txt": true, "/.well-known/x": true,
		"/index.php": false, "/network": false, "/administration": false, "/news": false,
		"en/": true, "en/search": true, "en/network": true, "en/search/x": false, "en/be/x": false, "en/news": false, "en/about": false,
	} {
		lang, path, _ := strings.Cut(address, "/")
		if got := ReservedAddress(lang, path); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// What is read once is read the same way again, and is nothing that browsers or
// proxies might take for another address.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"/en/about/", "https://x.example/en/É", "/en/%2e%2e/", "/en/a%2fb", "//x", `/\x`, "/en/\u202e", "İ/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, code := ParseAddress(typed, []string{"en"})
		if code != "" {
			return
		}
		if !utf8.ValidString(a.Path) || strings.ContainsFunc(a.Path, unfit) || strings.HasPrefix(a.Path, "/") || strings.HasSuffix(a.Path, "/") ||
			strings.Contains(a.Path, "//") || strings.Contains("/"+a.Path+"/", "/../") || len(a.Path) > AddressMax {
			t.Errorf("%q is read as %q", typed, a.Path)
		}
		if lower := strings.ToLower(norm.NFC.String(a.Path)); lower != strings.ToLower(norm.NFC.String(lower)) {
			return // a letter whose small form is no fixed point; readers are compared in the same way
		}
		whole := (&url.URL{Path: "/" + strings.TrimPrefix(a.Lang+"/"+a.Path, "/")}).EscapedPath()
		b, code := ParseAddress(whole, []string{"en"})
		if code != "" && code != "address_long" || code == "" && norm.NFC.String(b.Path) != norm.NFC.String(a.Path) {
			t.Errorf("%q is read as %+v, and that as %+v %s", typed, a, b, code)
		}
	})
}
