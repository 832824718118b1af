package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Templates is one set of templates, "site" or "admin": the files of
// templates/<set>. A page is a file that defines "main"; layout.tmpl, which
// defines "layout", and files with a leading underscore are parts that every
// page may use. A page is parsed when it is rendered first: most processes
// never show most screens, and each of them holds all parts once more.
type Templates struct {
	pages map[string]*page
}

type page struct {
	parse    func() (*template.Template, error)
	rendered atomic.Bool
}

// NewTemplates reads a set with functions that its templates may call.
func NewTemplates(set string, funcs template.FuncMap) (*Templates, error) {
	names, err := fs.Glob(files, "templates/"+set+"/*.tmpl")
	if err != nil {
		return nil, err
	}
	root := template.New(set).Funcs(funcs).Option("missingkey=error")
	var pages []string
	for _, name := range names {
		if base := path.Base(name); strings.HasPrefix(base, "_") || base == "layout.tmpl" {
			if root, err = root.ParseFS(files, name); err != nil {
				return nil, fmt.Errorf("parse templates: %w", err)
			}
			continue
		}
		pages = append(pages, name)
	}
	if root.Lookup("layout") == nil {
		return nil, fmt.Errorf("parse templates: %s has no layout", set)
	}
	t := &Templates{pages: map[string]*page{}}
	for _, name := range pages {
		t.pages[strings.TrimSuffix(path.Base(name), ".tmpl")] = &page{parse: sync.OnceValues(func() (*template.Template, error) {
			p, err := root.Clone() // the root itself is never executed
			if err == nil {
				p, err = p.ParseFS(files, name)
			}
			if err != nil {
				return nil, fmt.Errorf("parse templates: %w", err)
			}
			return p, nil
		})}
	}
	return t, nil
}

// Render executes a page's layout into buf. Nothing is written to a response
// before the whole page stands.
func (t *Templates) Render(buf *bytes.Buffer, page string, data any) error {
	p, ok := t.pages[page]
	if !ok {
		return fmt.Errorf("no template %q", page)
	}
	tmpl, err := p.parse()
	if err != nil {
		return err
	}
	if err := tmpl.ExecuteTemplate(buf, "layout", data); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	p.rendered.Store(true)
	return nil
}

// Unrendered returns the pages that were never rendered without an error, for
// tests that must have looked at each one.
func (t *Templates) Unrendered() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(t.pages)) {
		if !t.pages[name].rendered.Load() {
			out = append(out, name)
		}
	}
	return out
}
