package web

import (
	"path"
	"strings"
	"unicode"
)

// Disposition is the Content-Disposition of a file of somebody's: what a browser
// is to do with it and what to call it. It is to show pictures that are made of
// dots, play what plays, and save all else, which might be a page of its own.
func Disposition(mime, name string) string {
	kind, sub, _ := strings.Cut(mime, "/")
	if kind == "image" && sub != "svg+xml" || kind == "audio" || kind == "video" {
		return named("inline", name)
	}
	return Attachment(name)
}

// Attachment is the Content-Disposition of a file that a browser is to save.
func Attachment(name string) string { return named("attachment", name) }

// named tells a name as RFC 6266 and RFC 8187 have it: in plain letters for old
// browsers, and as it is for the others.
func named(what, name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == '/' || r == '\\' {
			return -1
		}
		return r
	}, name)
	if name = strings.Trim(name, " ."); name == "" {
		return what
	}
	plain := strings.Map(func(r rune) rune {
		if r > '~' || strings.ContainsRune(`"%;`, r) {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return what + `; filename="` + name + `"`
	}
	if ext := path.Ext(plain); strings.Trim(strings.TrimSuffix(plain, ext), "_ -") == "" {
		plain = "file" + ext
	}
	var b strings.Builder
	b.WriteString(what + `; filename="` + plain + `"; filename*=UTF-8''`)
	for i := range len(name) {
		if c := name[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
