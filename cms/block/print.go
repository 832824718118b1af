package block

import (
	"strconv"
	"strings"
)

// aboutFile says what a reader gets: "PDF, 1.2 MB, 24 pages, French".
func aboutFile(r Resolver, m Media, lang string) string {
	var parts []string
	if name := typeName(m.Type); name != "" {
		parts = append(parts, name)
	}
	if m.Bytes > 0 {
		parts = append(parts, fileSize(m.Bytes, r.Lang()))
	}
	if m.Pages == 1 {
		parts = append(parts, r.Word("file.page"))
	} else if m.Pages > 1 {
		parts = append(parts, r.Word("file.pages", m.Pages))
	}
	if lang != "" {
		parts = append(parts, languageName(r, lang))
	}
	return strings.Join(parts, r.Word("comma"))
}

// languageName is the name of a language in the page's language, or its tag.
func languageName(r Resolver, tag string) string {
	key := "language." + baseLang(tag)
	if _, known := words[key]; !known {
		return tag
	}
	return r.Word(key)
}

// typeName is what people call a kind of file.
func typeName(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	switch mime {
	case "":
		return ""
	case "application/pdf":
		return "PDF"
	case "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return "Word"
	case "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return "Excel"
	case "application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation":
		return "PowerPoint"
	case "application/vnd.oasis.opendocument.text":
		return "ODT"
	case "application/vnd.oasis.opendocument.spreadsheet":
		return "ODS"
	case "application/vnd.oasis.opendocument.presentation":
		return "ODP"
	case "application/epub+zip":
		return "EPUB"
	case "application/zip":
		return "ZIP"
	case "text/csv":
		return "CSV"
	case "text/plain":
		return "TXT"
	case "audio/mpeg":
		return "MP3"
	}
	_, sub, _ := strings.Cut(mime, "/")
	if sub, _, _ = strings.Cut(sub, "+"); len(sub) > 6 || sub == "" {
		return ""
	}
	return strings.ToUpper(sub)
}

// fileSize prints bytes with the decimal sign of a language.
func fileSize(n int64, lang string) string {
	unit, f := "kB", float64(n)/1e3
	if baseLang(lang) == "fr" {
		unit = "ko"
	}
	if n >= 1e6 {
		unit, f = "MB", float64(n)/1e6
		if baseLang(lang) == "fr" {
			unit = "Mo"
		}
	}
	s := strconv.FormatFloat(f, 'f', 1, 64)
	if f >= 10 || unit == "kB" || unit == "ko" {
		s = strconv.FormatFloat(max(f, 1), 'f', 0, 64)
	}
	switch baseLang(lang) {
	case "fr", "nl", "es", "de", "it", "pt":
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + noBreak + unit
}
