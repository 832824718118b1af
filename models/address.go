package models

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Origins of an address row.
const (
	AddressAutomatic = "automatic" // left behind by a move or a new slug
	AddressManual    = "manual"
	AddressImported  = "imported"
)

// AddressOrigins lists the origins, for filters.
var AddressOrigins = []string{AddressAutomatic, AddressManual, AddressImported}

// AddressMax is the longest address a redirect may begin at, in bytes.
const AddressMax = 1000

// Address is an address that is not, or no longer, the current one of an
// edition: readers who ask for it are sent to where the edition is now, or to
// a fixed place of the site.
type Address struct {
	// Lang is the language in front of the path; "" for addresses of an older
	// site that had none.
	Lang string `gorm:"primaryKey"`
	Path string `gorm:"primaryKey"`
	// EditionID or URL says where it leads, never both.
	EditionID *string
	URL       string
	Origin    string
	CreatedAt time.Time
}

// TypedAddress is an address somebody typed or pasted, taken apart into what
// addresses are compared by: Lang and Path as in [Address], the path in lower
// case and NFC. Host is what stood in front of the path of a whole URL.
type TypedAddress struct{ Host, Lang, Path string }

// ParseAddress reads an address as people type and paste it: a path with or
// without escapes, or a whole http URL. Slashes too many are dropped. A first
// segment that is one of langs becomes the language. code is "" or the problem
// of the interface catalogue: address_missing, address_malformed,
// address_query, address_long.
func ParseAddress(typed string, langs []string) (a TypedAddress, code string) {
	s := strings.TrimSpace(typed)
	if s == "" {
		return a, "address_missing"
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok && !strings.Contains(scheme, "/") {
		if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			return a, "address_malformed"
		}
		host, path, _ := strings.Cut(rest, "/")
		if host == "" || strings.ContainsAny(host, "@?# ") { // a name before the host only serves to mislead
			return a, "address_malformed"
		}
		a.Host, s = host, "/"+path
	} else if strings.HasPrefix(s, "//") {
		return a, "address_malformed"
	}
	if strings.ContainsAny(s, "?#") {
		return a, "address_query"
	}
	s, err := url.PathUnescape(s)
	if err != nil || !utf8.ValidString(s) || strings.ContainsFunc(s, unfit) {
		return a, "address_malformed"
	}
	s = strings.ToLower(norm.NFC.String(s))
	var segments []string
	for part := range strings.SplitSeq(s, "/") {
		switch part {
		case "":
			continue
		case ".", "..":
			return a, "address_malformed"
		}
		segments = append(segments, part)
	}
	if len(segments) > 0 {
		for _, l := range langs {
			if strings.EqualFold(l, segments[0]) {
				a.Lang, segments = l, segments[1:]
				break
			}
		}
	}
	if a.Path = strings.Join(segments, "/"); len(a.Path) > AddressMax {
		return a, "address_long"
	}
	return a, ""
}

// unfit are characters that no address has: control characters, backslashes,
// which browsers read as slashes, and signs that turn text round unseen.
func unfit(r rune) bool {
	return r == '\\' || r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// siteWords are the first segments of addresses without a language at which
// the program answers itself.
var siteWords = map[string]bool{
	"admin": true, "api": true, "media": true, "preview": true, "static": true, "healthz": true, "readyz": true,
	"robots.txt": true, "favicon.ico": true, "sitemap.xml": true, ".well-known": true,
}

// ReservedAddress reports whether the site itself answers at an address
// whatever it holds, so that a redirect there would never be followed. What is
// reserved for single sections (their news) is not known here.
func ReservedAddress(lang, path string) bool {
	first, rest, _ := strings.Cut(path, "/")
	if lang == "" {
		return path == "" || siteWords[first]
	}
	return path == "" || rest == "" && reservedAtRoot[first]
}

// SitePlace reports whether an address that is no content is a place of the
// site that a redirect may lead to: the front door, a file, the directory.
func SitePlace(lang, path string) bool {
	if lang != "" {
		return path == "network" || path == "search"
	}
	first, rest, _ := strings.Cut(path, "/")
	return path == "" || path == "sitemap.xml" || rest != "" && (first == "media" || first == "api")
}
