package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	m.Run()
}

// site is a seeded installation with the handler in front of it.
type site struct {
	*cmstest.Env
	h http.Handler
}

func newSite(t testing.TB) *site {
	t.Helper()
	env := cmstest.New(t)
	return &site{env, New(env.Live, Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})}
}

// do sends a request with pairs of header names and values.
func (s *site) do(t testing.TB, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	wantDescribed(t, method, target, w)
	return w
}

// get wants a status and returns the body.
func (s *site) get(t testing.TB, target string, status int) []byte {
	t.Helper()
	w := s.do(t, http.MethodGet, target)
	if w.Code != status {
		t.Fatalf("GET %s = %d, want %d: %s", target, w.Code, status, w.Body)
	}
	return w.Body.Bytes()
}

// into decodes a 200 and fails on members that the type does not have.
func (s *site) into(t testing.TB, target string, v any) {
	t.Helper()
	decode(t, s.get(t, target, http.StatusOK), v)
}

func decode(t testing.TB, b []byte, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("decode: %v in %s", err, b)
	}
}

// list is List with its items decoded in full.
type list struct {
	Items []Item
	Next  *string
	Count *int
}

// local cuts the site off an absolute address.
func local(t testing.TB, address string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(address, cmstest.Base)
	if !ok || !strings.HasPrefix(rest, "/") {
		t.Fatalf("address %q is not absolute on this site", address)
	}
	return rest
}

// save changes the draft of an edition and leaves it unpublished.
func (s *site) save(t testing.TB, in cms.SaveDraft) {
	t.Helper()
	in.Version = s.Edition(t, in.Entry, in.Lang).Version
	if _, err := s.CMS.Save(t.Context(), s.Admin, in); err != nil {
		t.Fatalf("save %s %s: %v", in.Entry, in.Lang, err)
	}
}

func (s *site) unpublish(t testing.TB, entry, lang string) {
	t.Helper()
	if err := s.CMS.Unpublish(t.Context(), s.Admin, entry, lang, s.Edition(t, entry, lang).Version); err != nil {
		t.Fatalf("unpublish %s %s: %v", entry, lang, err)
	}
}

func (s *site) withdraw(t testing.TB, entry, lang, reason string) {
	t.Helper()
	if err := s.CMS.Withdraw(t.Context(), s.Admin, entry, lang, s.Edition(t, entry, lang).Version, reason); err != nil {
		t.Fatalf("withdraw %s %s: %v", entry, lang, err)
	}
}

// page makes a public page in English.
func (s *site) page(t testing.TB, section, title string, blocks ...block.Node) string {
	t.Helper()
	id := s.Create(t, cms.NewEntry{Kind: models.KindPage, Section: section, Lang: "en", Title: title})
	s.Write(t, id, "en", "About "+title+".", blocks...)
	s.Publish(t, id, "en")
	return id
}

// news makes a public news item in English, with facts.
func (s *site) news(t testing.TB, section, title string, facts models.Values) string {
	t.Helper()
	id := s.Create(t, cms.NewEntry{Kind: models.KindNews, Section: section, Lang: "en", Title: title, Facts: facts})
	s.Write(t, id, "en", "About "+title+".", text("p2345678", title))
	s.Publish(t, id, "en")
	return id
}

// text is a paragraph with an id.
func text(id, words string, marks ...block.Mark) block.Node {
	return block.Node{Type: "paragraph", Attrs: map[string]any{"id": id}, Content: []block.Node{block.Text(words, marks...)}}
}

// topic makes a term.
func (s *site) topic(t testing.TB, id, label string) {
	t.Helper()
	s.Tx(t, func(tx *store.Tx) error {
		return tx.PutTerm(models.Term{ID: id, Vocabulary: models.VocabularyTopic, Data: models.Values{}, Labels: []models.TermLabel{{Lang: "en", Label: label, Slug: id}}}, s.Admin.ID)
	})
}

var (
	anyID     = regexp.MustCompile(`\b[0-7][0-9a-hjkmnp-tv-z]{25}\b`)
	anyHash   = regexp.MustCompile(`"hash": "[0-9a-f]{64}"`)
	anyCursor = regexp.MustCompile(`cursor=[A-Za-z0-9_-]+`)
	anyBlock  = regexp.MustCompile(`(id": "|id=\\")[a-z2-9]{8}\b`)
)

// readable puts names in the place of what is random in an answer (ids and
// hashes), and spreads the JSON over lines.
func (s *site) readable(t testing.TB, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d\n", w.Code)
	for _, name := range []string{"Allow", "Cache-Control", "Content-Language", "Content-Type", "Last-Modified", "Link"} {
		for _, v := range w.Header().Values(name) {
			fmt.Fprintf(&out, "%s: %s\n", name, v)
		}
	}
	out.WriteByte('\n')
	if w.Body.Len() > 0 {
		if err := json.Indent(&out, w.Body.Bytes(), "", "  "); err != nil {
			t.Fatalf("not JSON: %v in %s", err, w.Body)
		}
		out.WriteByte('\n')
	}
	var index Index
	s.into(t, Root, &index)
	names := map[string]string{s.Root: "ROOT", s.About: "ABOUT", s.Belgium: "BELGIUM", s.Page: "PAGE", s.News: "NEWS", s.BEPage: "BEPAGE", s.Draft: "DRAFT"}
	b := out.Bytes()
	b = bytes.ReplaceAll(b, []byte(index.Installation), []byte("INSTALLATION"))
	b = bytes.ReplaceAll(b, []byte(index.Journal.Epoch), []byte("EPOCH"))
	b = anyID.ReplaceAllFunc(b, func(id []byte) []byte {
		name, ok := names[string(id)]
		if !ok {
			name = fmt.Sprintf("ID-%d", len(names)-6)
			names[string(id)] = name
		}
		return []byte(name)
	})
	b = anyHash.ReplaceAll(b, []byte(`"hash": "HASH"`))
	b = anyCursor.ReplaceAll(b, []byte("cursor=CURSOR"))
	b = anyBlock.ReplaceAllFunc(b, func(id []byte) []byte {
		switch at := len(id) - 8; string(id[at:]) {
		case "aaaaaaaa", "bbbbbbbb": // given by a test
			return id
		default:
			return append(id[:at:at], "BLOCK"...)
		}
	})
	return b
}
