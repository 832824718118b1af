package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"meridian/cms/api/openapi"
	"meridian/web"
)

// Addresses of what people read about the interface.
const (
	DocsPath   = "/api"
	ClientPath = "/api/client.ts"
)

// Owns reports whether a path is answered here: by the interface, or by its
// documentation.
func Owns(path string) bool {
	return path == Root || strings.HasPrefix(path, Root+"/") || path == DocsPath || path == DocsPath+"/" || path == ClientPath
}

// document is a file that is the same for everybody until the next build.
type document struct {
	body              []byte
	etag, contentType string
	policy, name      string
}

func newDocument(body []byte, contentType string) *document {
	sum := sha256.Sum256(body)
	return &document{body: body, contentType: contentType, etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}

// files answers for the documentation and the client.
func (h *handler) files(g *gin.Engine) {
	for path, made := range map[string]func() (*document, error){DocsPath: docs, ClientPath: clientFile} {
		serve := func(c *gin.Context) {
			d, err := made()
			if err != nil {
				h.fail(c, path, h.problemOf(c.Request.Context(), path, err))
				return
			}
			d.write(c.Writer, c.Request)
		}
		g.GET(path, serve)
		g.HEAD(path, serve)
		g.OPTIONS(path, preflight)
	}
	moved := func(c *gin.Context) {
		c.Header("Cache-Control", freshness)
		c.Redirect(http.StatusMovedPermanently, DocsPath)
	}
	g.GET(DocsPath+"/", moved)
	g.HEAD(DocsPath+"/", moved)
}

func (d *document) write(w http.ResponseWriter, r *http.Request) {
	set := w.Header()
	set.Set("Cache-Control", freshness)
	set.Set("ETag", d.etag)
	if d.policy != "" {
		set.Set("Content-Security-Policy", d.policy)
		set.Set("Content-Language", "en")
		set.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	}
	if d.name != "" {
		set.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
	}
	if matches(r.Header.Values("If-None-Match"), d.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	send(w, r, http.StatusOK, d.contentType, d.body)
}

var clientFile = sync.OnceValues(func() (*document, error) {
	d := newDocument(Client(), "text/plain; charset=utf-8")
	d.name = "meridian.ts"
	return d, nil
})

// docs renders the documentation when somebody asks for it first.
var docs = sync.OnceValues(func() (*document, error) {
	pages, err := web.NewTemplates("api", template.FuncMap{"asset": web.Asset})
	if err != nil {
		return nil, err
	}
	css, hash := web.SiteCSS()
	page := docsPageOf(Describe())
	page.CSS = css
	var buf bytes.Buffer
	if err := pages.Render(&buf, "docs", page); err != nil {
		return nil, err
	}
	d := newDocument(buf.Bytes(), "text/html; charset=utf-8")
	d.policy = "default-src 'none'; style-src 'self' " + hash + "; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return d, nil
})

// docsPage is the data of the documentation. Everything in it is out of the
// description.
type docsPage struct {
	CSS             template.CSS
	OpenAPI, Client string
	Introduction    []string
	Routes          []docsRoute
	Problems        []docsAnswer
	Codes           []string
	Objects         []docsObject
}

type docsRoute struct {
	ID, Path, Summary, Text string
	Params                  []docsParam
	Filters                 []docsFilter
	Answers                 []docsAnswer
	Curl, Example           string
}

type docsParam struct {
	Name, Value, Default, About string
	Required                    bool
}

type docsFilter struct{ Field, Operators string }

type docsAnswer struct {
	Status int
	Type   []docsPiece
	What   string
}

// docsPiece is a piece of the words for a type, with the object it leads to.
type docsPiece struct{ Text, Href string }

type docsObject struct {
	Name, About string
	Type        []docsPiece
	Members     []docsMember
}

type docsMember struct {
	Name, About, When string
	Type              []docsPiece
	Optional          bool
}

func docsPageOf(d *openapi.Document) docsPage {
	p := docsPage{OpenAPI: DescriptionPath, Client: ClientPath, Introduction: strings.Split(d.Info.Description, "\n\n"), Codes: faultCodes}
	for _, path := range d.Paths {
		p.Routes = append(p.Routes, docsRouteOf(d, path.Name, path.Value.Get))
	}
	for _, t := range problemTypes {
		p.Problems = append(p.Problems, docsAnswer{t.status, docsType(openapi.Ref(component(t.what) + "Problem")), t.about})
	}
	for _, s := range d.Components.Schemas {
		o := docsObject{Name: s.Name, About: s.Value.Description}
		switch {
		case strings.HasSuffix(s.Name, "Selection"): // says what it is a part of
		case s.Value.Properties != nil:
			o.Members = docsMembers("", s.Value)
		default:
			o.Type = docsType(s.Value)
		}
		p.Objects = append(p.Objects, o)
	}
	return p
}

func docsRouteOf(d *openapi.Document, path string, o *openapi.Operation) docsRoute {
	r := docsRoute{ID: o.ID, Path: path, Summary: o.Summary, Text: o.Description}
	for _, q := range o.Parameters {
		if name, ok := strings.CutPrefix(q.Ref, "#/components/parameters/"); ok {
			q, _ = d.Components.Parameters.Get(name)
		}
		if m := filterForm.FindStringSubmatch(q.Name); m != nil {
			r.filter(m[1], m[2])
			continue
		}
		r.Params = append(r.Params, docsParam{Name: q.Name, Value: docsValue(q), Default: docsDefault(q.Schema), About: q.Description, Required: q.Required})
	}
	for _, a := range o.Responses {
		status, _ := strconv.Atoi(a.Name)
		answer := docsAnswer{Status: status, What: a.Value.Description}
		for _, c := range a.Value.Content {
			answer.Type = docsType(c.Value.Schema)
			if c.Value.Example != nil {
				var b bytes.Buffer
				_ = json.Indent(&b, c.Value.Example, "", "  ") // it was marshalled before
				r.Example = b.String()
			}
		}
		r.Answers = append(r.Answers, answer)
	}
	for _, route := range routes() {
		if route.about.id == o.ID {
			r.Curl = "https://example.org" + strings.ReplaceAll(route.path, ":id", sampleID) + strings.TrimSuffix(route.about.example, "?")
		}
	}
	return r
}

// sampleID stands for the id of an entry.
const sampleID = "01m88yxtm0nw70tdp895pvfzqn"

func (r *docsRoute) filter(field, op string) {
	if n := len(r.Filters); n > 0 && r.Filters[n-1].Field == field {
		r.Filters[n-1].Operators = strings.TrimPrefix(r.Filters[n-1].Operators+", "+op, ", ")
		return
	}
	r.Filters = append(r.Filters, docsFilter{field, op})
}

// docsValue says what a parameter may hold.
func docsValue(q *openapi.Parameter) string {
	s := q.Schema
	list := s.Items != nil
	if list {
		s = s.Items
	}
	var out string
	switch {
	case s.Enum != nil:
		var all []string
		for _, v := range s.Enum {
			text, _ := v.(string)
			all = append(all, text)
		}
		out = strings.Join(all, ", ")
	case s.Minimum != nil && s.Maximum != nil:
		out = strconv.Itoa(*s.Minimum) + " to " + strconv.Itoa(*s.Maximum)
	case s.Pattern == tagForm.String():
		out = "language tag (BCP 47)"
	case s.MaxLength > 0:
		out = "text, up to " + strconv.Itoa(s.MaxLength) + " characters"
	default:
		out = "text"
	}
	if list {
		out = "one or several, with commas: " + out
	}
	return out
}

func docsDefault(s *openapi.Schema) string {
	switch v := s.Default.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case []string:
		return strings.Join(v, ",")
	}
	return ""
}

// docsMembers lists the members of an object, those of objects within it
// behind a dot.
func docsMembers(prefix string, s *openapi.Schema) []docsMember {
	var out []docsMember
	for _, p := range s.Properties {
		m := docsMember{Name: prefix + p.Name, About: p.Value.Description, Type: docsType(p.Value), When: strings.Join(p.Value.When, " or ")}
		m.Optional = m.When == "" && !slices.Contains(s.Required, p.Name)
		out = append(out, m)
		inner, name := p.Value, m.Name
		if inner.Items != nil && inner.Items.Properties != nil {
			inner, name = inner.Items, name+"[]"
		}
		if inner.Properties != nil {
			out = append(out, docsMembers(name+".", inner)...)
		}
	}
	return out
}

// docsType says in words and links what a schema is of.
func docsType(s *openapi.Schema) []docsPiece {
	word := func(text string) []docsPiece { return []docsPiece{{Text: text}} }
	join := func(of []*openapi.Schema) (out []docsPiece) {
		for i, a := range of {
			if i > 0 {
				out = append(out, docsPiece{Text: " or "})
			}
			out = append(out, docsType(a)...)
		}
		return out
	}
	switch {
	case s == nil:
		return nil
	case s.Ref != "":
		return []docsPiece{{s.Refers(), "#object-" + s.Refers()}}
	case s.Const != nil:
		b, _ := json.Marshal(s.Const) // a text, a number or true
		return word(string(b))
	case s.Enum != nil:
		var all []string
		for _, v := range s.Enum {
			if v == nil {
				v = "null"
			}
			all = append(all, v.(string))
		}
		return word(strings.Join(all, " or "))
	case s.AnyOf != nil:
		return join(s.AnyOf)
	case s.OneOf != nil && s.Properties == nil:
		return join(s.OneOf)
	case s.Items != nil:
		return append(word("list of "), docsType(s.Items)...)
	}
	if typ, ok := s.Type.([]string); ok {
		one := *s
		one.Type = typ[0]
		return append(docsType(&one), docsPiece{Text: " or null"})
	}
	text, _ := s.Type.(string)
	switch {
	case s.Format != "":
		text = s.Format
	case text == "string" && s.MaxLength > 0:
		text = "text, up to " + strconv.Itoa(s.MaxLength) + " characters"
	case text == "string" && s.Pattern == tagForm.String():
		text = "language tag"
	case text == "string" && s.Pattern == idForm.String():
		text = "id"
	case text == "string":
		text = "text"
	case text == "integer":
		text = "whole number"
	}
	return word(text)
}
