package api

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The words of the description are the comments of the types: they are there
// already, and whoever changes a member has them before his eyes.
//
//go:embed types.go include.go network.go media.go resolve.go search.go tree.go
var sources embed.FS

// comments returns the comments of types ("Item.") and of their fields
// ("Item.URN").
func comments() map[string]string {
	out := map[string]string{}
	names, err := fs.Glob(sources, "*.go")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for _, name := range names {
		b, err := fs.ReadFile(sources, name)
		if err != nil {
			panic(err) // embedded
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, b, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			panic(err) // it was compiled
		}
		for _, decl := range f.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				continue
			}
			for _, spec := range d.Specs {
				t := spec.(*ast.TypeSpec)
				if s, ok := t.Type.(*ast.StructType); ok {
					fieldComments(out, t.Name.Name, s)
				}
				out[t.Name.Name+"."] = said(d.Doc)
			}
		}
	}
	return out
}

func fieldComments(out map[string]string, typ string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		text := said(f.Doc)
		if text == "" {
			text = said(f.Comment)
		}
		for _, n := range f.Names {
			out[typ+"."+n.Name] = text
		}
	}
}

// said is a comment as one sentence after the other.
func said(c *ast.CommentGroup) string {
	text := strings.Join(strings.Fields(c.Text()), " ")
	if text == "" {
		return ""
	}
	if r, n := utf8.DecodeRuneInString(text); unicode.IsLower(r) {
		text = string(unicode.ToUpper(r)) + text[n:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// component turns a name with hyphens or underscores into that of a component.
func component(name string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// componentName turns the name of a parameter into one that a component may
// have: "filter[title][eq]" is "filter.title.eq".
func componentName(name string) string {
	return strings.NewReplacer("][", ".", "[", ".", "]", "").Replace(name)
}

// pathOf is the path of a route as descriptions write it.
func pathOf(path string) string { return strings.ReplaceAll(path, ":id", "{id}") }
