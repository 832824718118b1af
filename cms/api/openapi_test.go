package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"meridian/cms/api/openapi"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/cms/live"
	"meridian/models"
)

// TestDescriptionGolden shows what a change means for the programs of others.
func TestDescriptionGolden(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := json.Indent(&b, Description(), "", " "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	cmstest.Golden(t, "openapi.json", b.Bytes())
}

// TestEveryRouteIsDescribed: with all of its parameters, by name.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	doc := Describe()
	ids := map[string]bool{}
	for _, r := range routes() {
		if r.path == Root+"/" { // the same as without the slash
			continue
		}
		p, ok := doc.Paths.Get(pathOf(r.path))
		if !ok {
			t.Errorf("%s is not described", r.path)
			continue
		}
		if p.Get.ID == "" || ids[p.Get.ID] || p.Get.Summary == "" {
			t.Errorf("%s: %+v", r.path, p.Get)
		}
		ids[p.Get.ID] = true
		var names []string
		for _, ref := range p.Get.Parameters {
			q := ref
			if name, ok := strings.CutPrefix(ref.Ref, "#/components/parameters/"); ok {
				q, _ = doc.Components.Parameters.Get(name)
			}
			if q.In == "query" {
				names = append(names, q.Name)
			}
			if q.Description == "" || q.Schema == nil {
				t.Errorf("%s: the parameter %s is not described", r.path, q.Name)
			}
		}
		if !slices.Equal(names, r.params.list()) {
			t.Errorf("%s: parameters %v, want %v", r.path, names, r.params.list())
		}
	}
	if len(ids) != len(doc.Paths) {
		t.Errorf("%d paths are described, %d are there", len(doc.Paths), len(ids))
	}
}

// TestWordsAreThere: every member of an answer says what it is, unless its
// name does.
func TestWordsAreThere(t *testing.T) {
	t.Parallel()
	words := comments()
	for _, typ := range []reflect.Type{
		reflect.TypeFor[Index](), reflect.TypeFor[List](), reflect.TypeFor[Item](), reflect.TypeFor[Included](), reflect.TypeFor[Changes](),
		reflect.TypeFor[Network](), reflect.TypeFor[Resolved](), reflect.TypeFor[Found](), reflect.TypeFor[Tree](), reflect.TypeFor[Problem](), reflect.TypeFor[Body](), reflect.TypeFor[Media](),
	} {
		if words[typ.Name()+"."] == "" {
			t.Errorf("the comment of %s is not found", typ.Name())
		}
	}
	if got := words["Item.URN"]; got != "Names the entry in the whole world." {
		t.Errorf("comment of Item.URN = %q", got)
	}
}

// TestDescriptionFollows: what is added to a declaration is in the description
// at once.
func TestDescriptionFollows(t *testing.T) {
	t.Parallel()
	d := &describer{doc: &openapi.Document{}}
	d.About, d.Refine = func(string, string) string { return "" }, d.refine
	type Added struct {
		Known string  `json:"known"`
		Maybe *string `json:"maybe"`
		Rare  string  `json:"rare,omitempty"`
	}
	d.Ref(reflect.TypeFor[Added]())
	s, _ := d.Schemas.Get("Added")
	if !slices.Equal(s.Required, []string{"known", "maybe"}) || len(s.Properties) != 3 || s.Additional != false {
		t.Errorf("a type = %+v", s)
	}
	fields := object([]live.Field{{Name: "x", Kind: "choice", Choices: []string{"a"}, Always: true}, {Name: "y", Kind: "date", Many: true}})
	if !slices.Equal(fields.Required, []string{"x"}) || len(fields.Properties) != 2 {
		t.Errorf("fields = %+v", fields)
	}
	b := d.block(block.Spec{Type: "poll", Attrs: []block.Attr{{Name: "id", Type: "id"}, {Name: "question", Type: block.TypeText, Required: true}}}, false)
	attrs, _ := b.Properties.Get("attrs")
	if !slices.Equal(attrs.Required, []string{"id", "question"}) {
		t.Errorf("a block = %+v", attrs)
	}
	for _, spec := range block.Specs() {
		name := component(spec.Type) + "Block"
		if spec.Kind == block.KindPart {
			name = partName(spec.Type)
		}
		if _, ok := Describe().Components.Schemas.Get(name); !ok {
			t.Errorf("the block %s is not described", spec.Type)
		}
	}
}

// TestBlocksGolden holds the JSON of every block.
func TestBlocksGolden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	files, err := filepath.Glob("../../web/testdata/blocks/*/valid/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block.Node
	seen := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := block.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		d.Normalize(block.NewID)
		failed := map[string]bool{}
		for _, f := range d.Checks(block.Inert{}) {
			failed[f.BlockID] = failed[f.BlockID] || f.Severity == block.Error
		}
		for _, n := range d.Doc.Content {
			// One of each, and all the marks.
			if !failed[n.ID()] && (!seen[n.Type] || strings.Contains(file, "marks")) {
				seen[n.Type] = true
				delete(n.Attrs, "id")
				blocks = append(blocks, n)
			}
		}
	}
	for _, id := range []string{"pic", "logo", "bad", "gone", "withdrawn"} {
		s.File(t, cmstest.NewFile{ID: id})
	}
	s.File(t, cmstest.NewFile{ID: "pdf", Kind: models.AssetDocument, Type: "application/pdf", Name: "report.pdf"})
	id := s.page(t, s.About, "All blocks", blocks...)
	cmstest.Golden(t, "page-blocks.txt", s.readable(t, s.do(t, http.MethodGet, Root+"/pages/"+id+"?body=blocks&fields=id")))
}

// TestDemonstrationIsAsDescribed reads the whole demonstration network, each
// answer held against the description.
func TestDemonstrationIsAsDescribed(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: "seven-sections-and-a-sea"}); err != nil {
		t.Fatal(err)
	}
	s := &site{env, New(env.Live, Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})}
	items, types := 0, map[string]bool{}
	for _, k := range live.Kinds {
		next := Root + "/" + k.Plural + "?limit=50&count=true&include=section,editions,media,author&body=blocks,html,markdown"
		for next != "" {
			var page list
			s.into(t, next, &page)
			for _, it := range page.Items {
				items++
				var d block.Document
				if err := json.Unmarshal(it.Body.Blocks, &d); err != nil {
					t.Fatal(err)
				}
				for _, n := range d.Doc.Content {
					types[n.Type] = true
				}
				s.get(t, local(t, it.Links.JSON), http.StatusOK)
				s.get(t, Root+"/resolve?fields=id,title&url="+url.QueryEscape(it.URL), http.StatusOK)
			}
			if next = ""; page.Next != nil {
				next = local(t, *page.Next)
			}
		}
	}
	if items < 200 || len(types) < 9 {
		t.Errorf("%d items with %d types of blocks", items, len(types))
	}
	for _, lang := range []string{"en", "fr", "nl", "es", "ar"} {
		for _, target := range []string{"/tree?depth=20&lang=" + lang, "/network?lang=" + lang, "/search?q=e&lang=" + lang, "/news?fallback=en&lang=" + lang} {
			s.get(t, Root+target, http.StatusOK)
		}
	}
	for next := Root + "/changes?limit=200"; ; {
		var page Changes
		s.into(t, next, &page)
		if next = local(t, page.Next); !page.More {
			break
		}
	}
}

// TestExamples keeps the answers that the description shows.
func TestExamples(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	// Of another site, so that the other examples do not move.
	other := newSite(t)
	tree := other.File(t, cmstest.NewFile{Credit: "Ana Pérez", Width: 480, Height: 270})
	other.page(t, other.About, "Trees", block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + tree.ID, "alt": "An old tree in a field", "size": "wide"}})
	id := strings.NewReplacer(MediaPath+"/:id", MediaPath+"/"+tree.ID, Root+"/sections/:id", Root+"/sections/"+s.Belgium, Root+"/pages/:id", Root+"/pages/"+s.Page, Root+"/news/:id", Root+"/news/"+s.News)
	for _, r := range routes() {
		if r.about.example == "" {
			continue
		}
		target := id.Replace(r.path) + r.about.example
		w := s.do(t, http.MethodGet, target)
		if strings.HasPrefix(target, MediaPath) {
			w = other.do(t, http.MethodGet, target)
		}
		if w.Code != http.StatusOK {
			t.Errorf("%s is %d: %s", target, w.Code, w.Body)
			continue
		}
		_, body, _ := bytes.Cut(s.readable(t, w), []byte("\n\n"))
		b := bytes.ReplaceAll(body, []byte("cursor=CURSOR"), []byte("cursor=VGhlIHBsYWNl"))
		b = bytes.ReplaceAll(b, []byte("INSTALLATION"), []byte(sampleID))
		b = scrubbed.ReplaceAllFunc(b, func(name []byte) []byte { // another one for each name
			sum := sha256.Sum256(name)
			out := []byte(sampleID)
			for i := range 6 {
				out[len(out)-1-i] = "0123456789abcdefghjkmnpqrstvwxyz"[sum[i]&31]
			}
			return out
		})
		cmstest.Golden(t, "../examples/"+r.about.id+".json", unscrubbed(b))
	}
	files, err := filepath.Glob("examples/*.json")
	if err != nil || len(files) != len(Describe().Paths)-1 {
		t.Errorf("%d examples of %d paths: %v", len(files), len(Describe().Paths), err)
	}
}
