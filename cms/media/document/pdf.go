package document

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

const (
	maxPDFPages = 20_000
	// pdfTextPatience is how long the text of a PDF is looked for; what was
	// found until then is given.
	pdfTextPatience = 8 * time.Second
)

// readPDF reads what a PDF says of itself, and its text.
func (f *File) readPDF(ctx context.Context, in io.ReaderAt) error {
	p, err := scanPDF(ctx, in, f.size)
	if err != nil {
		return err
	}
	var root, info pdfValue
	encrypted := false
	for _, d := range p.dicts {
		if v := d.key("Root"); v.kind == pdfRef {
			root = v
		}
		if v := d.key("Info"); v.kind == pdfRef {
			info = v
		}
		encrypted = encrypted || d.key("Encrypt").kind != pdfNull
	}
	catalog := p.resolve(root)
	if catalog.kind != pdfDict && !encrypted {
		return fmt.Errorf("%w: PDF without a catalogue", ErrDamaged)
	}
	for code := range p.flags {
		f.flag(code)
	}
	pages := p.pages(catalog.key("Pages"))
	f.Pages = len(pages)
	var patches []patch
	if encrypted {
		f.flag("encrypted")
		f.flag("author_kept")
	} else {
		if len(pages) == 0 {
			return fmt.Errorf("%w: PDF without pages", ErrDamaged)
		}
		f.Title = pdfText(p.resolve(p.resolve(info).key("Title")).text)
		f.Language = pdfText(p.resolve(catalog.key("Lang")).text)
		limited, cancel := context.WithTimeout(ctx, pdfTextPatience)
		f.Text = pdfWords(limited, p, pages)
		complete := limited.Err() == nil && p.budget > 0
		cancel()
		if complete && letters(f.Text, 10) < 10 {
			f.flag("scanned")
		}
		if strings.TrimSpace(f.Title) == "" {
			f.flag("no_title")
		}
		patches = f.cleanPDF(p)
	}
	if catalog.key("StructTreeRoot").kind == pdfNull || p.resolve(p.resolve(catalog.key("MarkInfo")).key("Marked")).text != "true" {
		f.flag("untagged")
	}
	f.write = func(ctx context.Context, w io.Writer) error {
		return patched(ctx, w, f.r, 0, f.size, patches)
	}
	return nil
}

// letters counts letters, up to n.
func letters(s string, n int) int {
	found := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if found++; found == n {
				break
			}
		}
	}
	return found
}

// pdfPage is a page with the fonts and pictures it can draw with.
type pdfPage struct {
	content, resources pdfValue
}

// pages lists the pages in order. What is broken or goes round in circles is
// left out.
func (p *pdfFile) pages(root pdfValue) []pdfPage {
	type node struct{ v, resources pdfValue }
	stack := []node{{v: root}}
	seen := map[int]bool{}
	var pages []pdfPage
	for len(stack) > 0 && len(pages) < maxPDFPages && p.ctx.Err() == nil {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.v.kind == pdfRef {
			if seen[n.v.ref] {
				continue
			}
			seen[n.v.ref] = true
		}
		v := p.resolve(n.v)
		if v.kind != pdfDict {
			continue
		}
		if r := v.key("Resources"); r.kind != pdfNull {
			n.resources = r
		}
		kids := p.resolve(v.key("Kids"))
		if kids.kind != pdfArray {
			pages = append(pages, pdfPage{v.key("Contents"), n.resources})
			continue
		}
		for i := len(kids.array) - 1; i >= 0; i-- {
			// Only references: a page that stands inside its parent is no page.
			if kids.array[i].kind == pdfRef {
				stack = append(stack, node{kids.array[i], n.resources})
			}
		}
	}
	return pages
}
