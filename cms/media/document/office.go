package document

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"meridian/cms/media/picture"
)

// maxProperties is the largest part with properties that is looked into.
const maxProperties = 1 << 20

// readZip reads an office file or a book.
func (f *File) readZip(ctx context.Context, in io.ReaderAt) error {
	z, err := openZip(in, f.size)
	if err != nil {
		return err
	}
	if err := unpacked(ctx, z, f.size); err != nil {
		return err
	}
	var text strings.Builder
	for _, e := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.entryFlags(e)
		if err := f.describe(e); err != nil {
			return err
		}
		if text.Len() < MaxText && f.hasText(e.Name) {
			if r, err := e.Open(); err == nil {
				xmlText(&text, io.LimitReader(r, maxPart))
				r.Close()
			}
		}
	}
	f.Text = text.String()
	if f.Title == "" && f.Format != XLSX && f.Format != ODS {
		f.flag("no_title")
	}
	// Try all that Clean will do, to be able to say what is removed.
	if err := rezip(ctx, io.Discard, z, f.cleanEntry); err != nil {
		return err
	}
	f.write = func(ctx context.Context, w io.Writer) error {
		z, err := openZip(f.r, f.size)
		if err != nil {
			return err
		}
		return rezip(ctx, w, z, f.cleanEntry)
	}
	return nil
}

// entryFlags warns of parts by their names.
func (f *File) entryFlags(e *zip.File) {
	name := strings.ToLower(e.Name)
	switch {
	case strings.Contains(name, "/embeddings/") || strings.HasPrefix(name, "object ") && strings.HasSuffix(name, "/content.xml"):
		f.flag("embedded_files")
	case strings.HasPrefix(name, "word/comments") || strings.Contains(name, "/comments/") || strings.HasPrefix(name, "xl/comments") ||
		strings.HasPrefix(name, "xl/threadedcomments"):
		f.flag("comments")
	}
	if f.Format == PPTX && strings.HasPrefix(name, "ppt/slides/slide") && strings.HasSuffix(name, ".xml") {
		f.Pages++
	}
	if f.Format == EPUB && path.Ext(name) == ".js" {
		f.flag("javascript")
	}
}

// hasText reports whether a part holds what people read.
func (f *File) hasText(name string) bool {
	name = strings.ToLower(name)
	switch f.Format {
	case DOCX:
		return name == "word/document.xml" || name == "word/footnotes.xml" || name == "word/endnotes.xml"
	case XLSX:
		return name == "xl/sharedstrings.xml"
	case PPTX:
		return strings.HasSuffix(name, ".xml") && (strings.HasPrefix(name, "ppt/slides/slide") || strings.HasPrefix(name, "ppt/notesslides/notesslide"))
	case ODT, ODS, ODP:
		return name == "content.xml"
	case EPUB:
		return slices.Contains([]string{".xhtml", ".html", ".htm"}, path.Ext(name))
	}
	return false
}

// describe takes title, language and pages from the properties.
func (f *File) describe(e *zip.File) error {
	name := strings.ToLower(e.Name)
	properties := name == "docprops/core.xml" || name == "docprops/app.xml" || name == "meta.xml" || f.Format == EPUB && path.Ext(name) == ".opf"
	if !properties {
		return nil
	}
	b, err := readEntry(e, maxProperties)
	if errors.Is(err, ErrTooLarge) {
		return nil // it is left out in any case
	}
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	in := ""
	for {
		t, err := d.Token()
		if err != nil {
			return nil // as far as it goes
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local
			for _, a := range t.Attr {
				if a.Name.Local == "page-count" && t.Name.Local == "document-statistic" && f.Format != ODS {
					f.Pages = pageCount(a.Value)
				}
			}
		case xml.EndElement:
			in = ""
		case xml.CharData:
			s := strings.TrimSpace(string(t))
			switch {
			case s == "":
			case in == "title" && f.Title == "":
				f.Title = s
			case in == "language" && f.Language == "":
				f.Language = s
			case in == "Pages" && f.Format == DOCX:
				f.Pages = pageCount(s)
			}
		}
	}
}

func pageCount(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

// xmlText adds the text of a part to b, up to MaxText bytes, with a new line
// after what stands for itself. Broken XML ends it.
func xmlText(b *strings.Builder, r io.Reader) {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	skip := 0
	for b.Len() < MaxText {
		t, err := d.RawToken()
		if err != nil {
			return
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "delText", "instrText", "script", "style", "annotation":
				skip++
			case "tab", "s", "br":
				b.WriteByte(' ')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "delText", "instrText", "script", "style", "annotation":
				skip = max(0, skip-1)
			case "p", "h", "si", "tr", "table-row", "li", "h1", "h2", "h3", "h4", "h5", "h6", "title", "td":
				if skip == 0 {
					b.WriteByte('\n')
				}
			}
		case xml.CharData:
			if skip == 0 {
				b.Write(t)
			}
		}
	}
}

// The properties that stay are written anew.
const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	coreStart   = xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`
	emptyApp    = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>`
	emptyCustom = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`
	metaStart   = xmlHead + `<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"><office:meta>`
)

var (
	thumbnailLink  = regexp.MustCompile(`<Relationship\b[^>]*/metadata/thumbnail"[^>]*(/>|></Relationship>)`)
	thumbnailEntry = regexp.MustCompile(`<manifest:file-entry\b[^>]*"Thumbnails/[^>]*/>`)
	// Names on comments and changes, as attributes and as elements.
	nameAttribute = regexp.MustCompile(`((?:\s|:)(?:author|initials|name|displayName|userId|providerId|lastIdx)=)("[^"]*"|'[^']*')`)
	wordAuthor    = regexp.MustCompile(`(\s\w+:(?:author|initials)=)("[^"]*"|'[^']*')`)
	nameElement   = regexp.MustCompile(`(<(?:author|dc:creator|text:sender-initials|meta:creator-initials|loext:sender-initials)>)[^<]*(</)`)
)

// cleanEntry is the new content of a part of an office file.
func (f *File) cleanEntry(e *zip.File) ([]byte, error) {
	name := strings.ToLower(e.Name)
	if f.Format == EPUB || e.Mode().IsDir() {
		return nil, nil
	}
	remove := func(code string, data string) ([]byte, error) {
		if b, err := readEntry(e, maxProperties); err == nil && string(b) == data {
			return nil, nil // cleaned before
		}
		f.removed(code)
		return []byte(data), nil
	}
	switch {
	case name == "docprops/core.xml":
		return remove("author", coreStart+element("dc:title", f.Title)+element("dc:language", f.Language)+"</cp:coreProperties>")
	case name == "docprops/app.xml":
		return remove("camera", emptyApp)
	case name == "docprops/custom.xml":
		return remove("other", emptyCustom)
	case strings.HasPrefix(name, "docprops/thumbnail."), strings.HasPrefix(name, "thumbnails/"):
		return remove("thumbnail", "")
	case name == "meta.xml":
		return remove("author", metaStart+element("dc:title", f.Title)+element("dc:language", f.Language)+"</office:meta></office:document-meta>")
	case name == "_rels/.rels":
		return f.replaceIn(e, "", thumbnailLink, "")
	case name == "meta-inf/manifest.xml":
		return f.replaceIn(e, "", thumbnailEntry, "")
	case name == "content.xml":
		return f.replaceIn(e, "author", nameElement, "$1$2")
	case strings.HasPrefix(name, "word/") && path.Ext(name) == ".xml":
		return f.replaceIn(e, "author", wordAuthor, `$1""`)
	case strings.HasPrefix(name, "xl/comments") && path.Ext(name) == ".xml":
		return f.replaceIn(e, "author", nameElement, "$1$2")
	case strings.HasPrefix(name, "xl/persons/"), strings.HasPrefix(name, "ppt/commentauthors"), name == "ppt/authors.xml":
		return f.replaceIn(e, "author", nameAttribute, `$1""`)
	case slices.Contains([]string{".jpg", ".jpeg"}, path.Ext(name)):
		return f.cleanPhoto(e)
	}
	return nil, nil
}

// element is an XML element with text, or nothing if there is none.
func element(name, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	// A builder takes everything.
	_ = xml.EscapeText(&b, []byte(text))
	return "<" + name + ">" + b.String() + "</" + name + ">"
}

// replaceIn replaces a pattern in a part. A part too large to look into keeps
// what it says, which is a flag.
func (f *File) replaceIn(e *zip.File, code string, pattern *regexp.Regexp, with string) ([]byte, error) {
	b, err := readEntry(e, maxPart)
	if errors.Is(err, ErrTooLarge) {
		f.flag("author_kept")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if e.Name == "word/document.xml" && (bytes.Contains(b, []byte("<w:ins ")) || bytes.Contains(b, []byte("<w:del "))) ||
		e.Name == "content.xml" && bytes.Contains(b, []byte("<text:tracked-changes")) {
		f.flag("changes")
	}
	if e.Name == "content.xml" && bytes.Contains(b, []byte("<office:annotation")) {
		f.flag("comments")
	}
	out := pattern.ReplaceAll(b, []byte(with))
	if bytes.Equal(out, b) {
		return nil, nil
	}
	if code != "" {
		f.removed(code)
	}
	return out, nil
}

// cleanPhoto takes a photo's metadata off. It is not turned: the document says
// how it stands on the page.
func (f *File) cleanPhoto(e *zip.File) ([]byte, error) {
	b, err := readEntry(e, maxPart)
	if errors.Is(err, ErrTooLarge) {
		f.flag("author_kept")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, codes, err := picture.Strip(b)
	if err != nil || len(codes) == 0 {
		return nil, nil // no photo, whatever it is called; or nothing in it
	}
	for _, c := range codes {
		f.removed(c)
	}
	return out, nil
}
