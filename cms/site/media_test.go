package site_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/site"
	"meridian/models"
)

// library is a seeded site with the files of it.
type library struct {
	*cmstest.Env
	pages, files http.Handler
}

func newLibrary(t testing.TB) *library {
	t.Helper()
	env := cmstest.New(t)
	return &library{env, serve(t, env, new(bytes.Buffer)), site.NewMedia(env.Live, env.Open, nil)}
}

// ask asks for a path of either kind, with pairs of header names and values.
func (l *library) ask(t testing.TB, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	if strings.HasPrefix(r.URL.Path, live.MediaRoot) {
		l.files.ServeHTTP(w, r)
	} else {
		l.pages.ServeHTTP(w, r)
	}
	return w
}

func (l *library) body(t testing.TB, target string) string {
	t.Helper()
	w := l.ask(t, http.MethodGet, target)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s = %d: %s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

func picture(id, alt string) block.Node {
	return block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + id, "alt": alt, "size": "text", "caption": []block.Node{block.Text("Under " + alt)}}}
}

// shows publishes a page that shows an asset and returns the page.
func (l *library) shows(t testing.TB, blocks ...block.Node) string {
	t.Helper()
	id := l.Create(t, cms.NewEntry{Kind: models.KindPage, Section: l.About, Lang: "en", Title: "Gallery"})
	l.Write(t, id, "en", "Pictures.", append([]block.Node{paragraph("Words.")}, blocks...)...)
	l.Publish(t, id, "en")
	return id
}

var hrefForm = regexp.MustCompile(`/media/[^" ]+`)

// hrefs are the addresses of files in a page.
func (l *library) hrefs(t testing.TB, target string) []string {
	t.Helper()
	return hrefForm.FindAllString(l.body(t, target), -1)
}

// media returns what readers may know of a file.
func (l *library) media(t testing.TB, id string) (m *live.Media) {
	t.Helper()
	err := l.Live.View(t.Context(), func(v *live.View) (err error) {
		m, err = v.Media(id)
		return err
	})
	if err != nil {
		t.Fatalf("media %s: %v", id, err)
	}
	return m
}

const gallery = "/en/about-us/gallery"

// TestFileGate does things to a picture that a public page shows, or not, and
// asks for the file, a rendition, the page, and the JSON's view of it.
func TestFileGate(t *testing.T) {
	t.Parallel()
	child := cmstest.NewFile{People: models.PeopleChildren}
	in := func(d time.Duration) *time.Time { at := cmstest.Start.Add(d); return &at }
	public := func(l *library, t *testing.T, id string) string {
		l.Consent(t, id, models.Consent{})
		return l.shows(t, picture(id, "Amina at school"))
	}
	for _, tt := range []struct {
		name string
		file cmstest.NewFile
		do   func(l *library, t *testing.T, id string)
		want int
	}{
		{"nobody uses it", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {}, 404},
		{"a draft uses it", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.Write(t, l.Draft, "en", "", picture(id, "A tree"))
		}, 404},
		{"a public page uses it", cmstest.NewFile{}, func(l *library, t *testing.T, id string) { l.shows(t, picture(id, "A tree")) }, 200},
		{"a logo", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.shows(t, block.Node{Type: "logos", Attrs: map[string]any{"items": []any{map[string]any{"media": "media:" + id, "name": "ILO"}}}})
		}, 200},
		{"a link", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.shows(t, block.Paragraph(block.Text("The report", block.Mark{Type: "link", Attrs: map[string]any{"ref": "media:" + id}})))
		}, 200},
		{"the picture of a page", cmstest.NewFile{}, func(l *library, t *testing.T, id string) { l.lead(t, l.Page, id); l.Publish(t, l.Page, "en") }, 200},
		{"the picture of a page, not published yet", cmstest.NewFile{}, func(l *library, t *testing.T, id string) { l.lead(t, l.Page, id) }, 404},
		{"the picture of a page that was taken down", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.lead(t, l.Page, id)
			l.Publish(t, l.Page, "en")
			l.unpublish(t, l.Page)
		}, 404},
		{"the page was taken down", cmstest.NewFile{}, func(l *library, t *testing.T, id string) { l.unpublish(t, l.shows(t, picture(id, "A tree"))) }, 404},
		{"the page was trashed", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			page := l.shows(t, picture(id, "A tree"))
			if _, err := l.CMS.Trash(t.Context(), l.Admin, page, 1); err != nil {
				t.Fatal(err)
			}
		}, 404},
		{"the page shows something else now", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			page := l.shows(t, picture(id, "A tree"))
			l.Write(t, page, "en", "", paragraph("No picture."))
			l.Publish(t, page, "en")
		}, 404},
		{"a draft of the page shows something else", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.Write(t, l.shows(t, picture(id, "A tree")), "en", "", paragraph("No picture."))
		}, 200},
		{"in the trash, never public", cmstest.NewFile{}, func(l *library, t *testing.T, id string) { l.trash(t, id) }, 404},
		{"in the trash", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.shows(t, picture(id, "A tree"))
			l.trash(t, id)
		}, 410},
		{"a child with consent", child, func(l *library, t *testing.T, id string) { public(l, t, id) }, 200},
		{"consent for another language", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.Consent(t, id, models.Consent{Langs: []string{"fr"}})
		}, 404},
		{"consent for this language", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.Consent(t, id, models.Consent{Langs: []string{"fr", "en"}})
		}, 200},
		{"consent for print", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.Consent(t, id, models.Consent{Uses: []string{models.UsePrint}})
		}, 410},
		{"consent until tomorrow", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.Consent(t, id, models.Consent{EndsAt: in(24 * time.Hour)})
			l.Clock.Advance(23 * time.Hour)
		}, 200},
		{"consent ended, and no timer runs", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.Consent(t, id, models.Consent{EndsAt: in(24 * time.Hour)})
			l.media(t, id) // also by memory
			l.ask(t, http.MethodGet, l.media(t, id).Href)
			l.Clock.Advance(24 * time.Hour)
		}, 410},
		{"consent withdrawn", child, func(l *library, t *testing.T, id string) { public(l, t, id); l.WithdrawConsent(t, id) }, 410},
		{"consent withdrawn, and the page taken down", child, func(l *library, t *testing.T, id string) {
			page := public(l, t, id)
			l.WithdrawConsent(t, id)
			l.unpublish(t, page)
		}, 410},
		{"consent withdrawn before it was public", child, func(l *library, t *testing.T, id string) {
			l.Consent(t, id, models.Consent{})
			l.WithdrawConsent(t, id)
		}, 404},
		{"given again", child, func(l *library, t *testing.T, id string) {
			public(l, t, id)
			l.WithdrawConsent(t, id)
			l.Consent(t, id, models.Consent{})
		}, 200},
		{"nobody said who is shown", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.shows(t, picture(id, "A tree"))
			l.PutAsset(t, id, func(a *models.Asset) { a.People, a.Withheld = models.PeopleUnknown, models.WithheldPeople })
		}, 410},
		{"a child without consent", cmstest.NewFile{}, func(l *library, t *testing.T, id string) {
			l.shows(t, picture(id, "A tree"))
			l.PutAsset(t, id, func(a *models.Asset) { a.People, a.Withheld = models.PeopleChildren, models.WithheldMissing })
		}, 410},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t)
			a := l.File(t, tt.file)
			// Addresses as they are while it is public.
			if tt.file.People == models.PeopleChildren {
				l.Consent(t, a.ID, models.Consent{})
			}
			probe := l.shows(t, picture(a.ID, "A tree"))
			m := l.media(t, a.ID)
			if tt.want == 404 { // it never was
				l.Exec(t, "UPDATE assets SET first_public_at = NULL")
			}
			l.unpublish(t, probe)
			tt.do(l, t, a.ID)
			for _, target := range []string{m.Href, m.Renditions[0].Href, m.Renditions[len(m.Renditions)-1].Href} {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					w := l.ask(t, method, target)
					if w.Code != tt.want {
						t.Errorf("%s %s = %d, want %d", method, target, w.Code, tt.want)
					}
					if tt.want != 200 && (strings.Contains(w.Body.String(), "original") || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "public, no-cache") {
						t.Errorf("%s %s: %v %s", method, target, w.Header(), w.Body)
					}
				}
			}
			if tt.want == 200 {
				return
			}
			if w := l.ask(t, http.MethodGet, gallery); w.Code == 200 {
				for _, no := range []string{"Amina", "Under A tree", "/media/"} {
					if strings.Contains(w.Body.String(), no) {
						t.Errorf("the page says %q:\n%s", no, w.Body)
					}
				}
			}
		})
	}
}

func (l *library) lead(t testing.TB, entry, asset string) {
	t.Helper()
	d := l.DraftOf(t, entry, models.Facts)
	fields := models.Values{}
	for k, v := range d.Fields {
		fields[k] = v
	}
	fields["lead_picture"] = asset
	if _, err := l.CMS.Save(t.Context(), l.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: l.Edition(t, entry, models.Facts).Version, Fields: fields}); err != nil {
		t.Fatal(err)
	}
}

// describe says in English what the picture of an entry shows.
func (l *library) describe(t testing.TB, entry, alt string) {
	t.Helper()
	d := l.DraftOf(t, entry, "en")
	_, err := l.CMS.Save(t.Context(), l.Admin, cms.SaveDraft{
		Entry: entry, Lang: "en", Version: l.Edition(t, entry, "en").Version, Title: d.Title, Summary: d.Summary, Fields: models.Values{"lead_description": alt},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (l *library) unpublish(t testing.TB, entry string) {
	t.Helper()
	if err := l.CMS.Unpublish(t.Context(), l.Admin, entry, "en", l.Edition(t, entry, "en").Version); err != nil {
		t.Fatal(err)
	}
}

func (l *library) trash(t testing.TB, asset string) {
	t.Helper()
	l.PutAsset(t, asset, func(a *models.Asset) { now := l.Clock.Now(); a.TrashedAt = &now })
}

// TestFileHeaders holds what is sent with files: nothing in one of them runs,
// and only what nobody can take back is kept without asking.
func TestFileHeaders(t *testing.T) {
	t.Parallel()
	const free, asked = "public, max-age=31536000, immutable", "public, no-cache"
	long := strings.Repeat("a", 200) + ".pdf"
	for _, tt := range []struct {
		file                            cmstest.NewFile
		cache, contentType, disposition string
	}{
		{cmstest.NewFile{}, free, "image/jpeg", `inline; filename="tree.jpg"`},
		{cmstest.NewFile{People: models.PeopleAdults}, asked, "image/jpeg", `inline; filename="tree.jpg"`},
		{cmstest.NewFile{People: models.PeopleCrowd}, asked, "image/jpeg", `inline; filename="tree.jpg"`},
		{cmstest.NewFile{Type: "image/svg+xml", Name: "logo.svg"}, free, "image/svg+xml", `attachment; filename="logo.svg"`},
		{cmstest.NewFile{Type: "image/gif", Name: "a.gif", Plain: true}, free, "image/gif", `inline; filename="a.gif"`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: `the "report"; 100%.pdf`}, free, "application/pdf", `attachment; filename="the _report__ 100_.pdf"; filename*=UTF-8''the%20%22report%22%3B%20100%25.pdf`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "تقرير.pdf"}, free, "application/pdf", `attachment; filename="file.pdf"; filename*=UTF-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1.pdf`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "Été 2026.pdf"}, free, "application/pdf", `attachment; filename="_t_ 2026.pdf"; filename*=UTF-8''%C3%89t%C3%A9%202026.pdf`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "a\r\nSet-Cookie: x=1\x00.pdf"}, free, "application/pdf", `attachment; filename="aSet-Cookie: x=1.pdf"`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: `..\..\x/y.pdf`}, free, "application/pdf", `attachment; filename="xy.pdf"`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "a\u202efdp.exe"}, free, "application/pdf", `attachment; filename="afdp.exe"`},
		{cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: long}, free, "application/pdf", `attachment; filename="` + long + `"`},
		{cmstest.NewFile{Kind: models.AssetData, Type: "text/csv", Name: "n.csv"}, free, "text/csv; charset=utf-8", `attachment; filename="n.csv"`},
		{cmstest.NewFile{Kind: models.AssetCaptions, Type: "text/vtt", Name: "n.vtt"}, free, "text/vtt; charset=utf-8", `attachment; filename="n.vtt"`},
		{cmstest.NewFile{Kind: models.AssetAudio, Type: "audio/mpeg", Name: "n.mp3"}, free, "audio/mpeg", `inline; filename="n.mp3"`},
		{cmstest.NewFile{Kind: models.AssetVideo, Type: "video/mp4", Name: "n.mp4", People: models.PeopleAdults}, asked, "video/mp4", `inline; filename="n.mp4"`},
	} {
		t.Run(tt.contentType+" "+tt.file.Name+string(tt.file.People), func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t)
			// Bytes that a browser would take for a page.
			tt.file.Body = []byte("<!doctype html><script>alert(1)</script>")
			a := l.File(t, tt.file)
			l.shows(t, block.Paragraph(block.Text("It", block.Mark{Type: "link", Attrs: map[string]any{"ref": "media:" + a.ID}})))
			w := l.ask(t, http.MethodGet, l.media(t, a.ID).Href)
			if w.Code != 200 || w.Body.String() != string(tt.file.Body) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			for name, want := range map[string]string{
				"Cache-Control": tt.cache, "Content-Type": tt.contentType, "Content-Disposition": tt.disposition,
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin",
				"Content-Length": strconv.Itoa(len(tt.file.Body)), "Accept-Ranges": "bytes", "Set-Cookie": "", "Vary": "", "Last-Modified": "",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if tag := w.Header().Get("ETag"); len(tag) != 66 || tag[0] != '"' {
				t.Errorf("ETag is %s", tag)
			}
		})
	}
}

// TestFileIsMissing: a file that the storage has lost is nobody's for ever.
func TestFileIsMissing(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.File(t, cmstest.NewFile{})
	l.shows(t, picture(a.ID, "A tree"))
	href := l.media(t, a.ID).Href
	for _, opener := range []site.Opener{nil, func(string) (io.ReadSeekCloser, error) { return nil, fs.ErrNotExist }, func(string) (io.ReadSeekCloser, error) { return nil, errors.New("the disk is gone") }} {
		w := httptest.NewRecorder()
		site.NewMedia(l.Live, opener, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, href, nil))
		if kept := w.Header().Get("Cache-Control"); w.Code < 400 || opener != nil && kept != "no-store" || strings.Contains(w.Body.String(), "disk") || w.Header().Get("ETag") != "" {
			t.Errorf("%d with %v: %s", w.Code, w.Header(), w.Body)
		}
	}
}

// TestFileRequests holds conditions, parts and methods.
func TestFileRequests(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.File(t, cmstest.NewFile{People: models.PeopleAdults, Body: []byte("0123456789")})
	l.shows(t, picture(a.ID, "A tree"))
	href := l.media(t, a.ID).Href
	tag := l.ask(t, http.MethodGet, href).Header().Get("ETag")
	for _, tt := range []struct {
		method string
		header []string
		status int
		body   string
	}{
		{"GET", nil, 200, "0123456789"},
		{"HEAD", nil, 200, ""},
		{"GET", []string{"If-None-Match", tag}, 304, ""},
		{"HEAD", []string{"If-None-Match", "W/" + tag}, 304, ""},
		{"GET", []string{"If-None-Match", `"other"`}, 200, "0123456789"},
		{"GET", []string{"If-Modified-Since", "Wed, 25 Nov 2099 09:00:00 GMT"}, 200, "0123456789"},
		{"GET", []string{"Range", "bytes=2-4"}, 206, "234"},
		{"GET", []string{"Range", "bytes=-3"}, 206, "789"},
		{"GET", []string{"Range", "bytes=20-30"}, 416, "invalid range: failed to overlap\n"},
		{"GET", []string{"Range", "bytes=2-4", "If-Range", tag}, 206, "234"},
		{"GET", []string{"Range", "bytes=2-4", "If-Range", `"old"`}, 200, "0123456789"},
		{"POST", nil, 405, "Method Not Allowed\n"},
		{"OPTIONS", nil, 405, "Method Not Allowed\n"},
	} {
		w := l.ask(t, tt.method, href, tt.header...)
		if w.Code != tt.status || w.Body.String() != tt.body {
			t.Errorf("%s %q = %d %q, want %d %q", tt.method, tt.header, w.Code, w.Body, tt.status, tt.body)
		}
		if tt.status == 304 && (w.Header().Get("Cache-Control") != "public, no-cache" || w.Header().Get("ETag") != tag) {
			t.Errorf("304 with %v", w.Header())
		}
	}
}

// TestFileAddresses asks for what is not there, or not any more.
func TestFileAddresses(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.File(t, cmstest.NewFile{Title: "Un arbre à l’école", Lang: "fr", Width: 1000, Height: 500})
	l.shows(t, picture(a.ID, "A tree"))
	m := l.media(t, a.ID)
	if !strings.HasSuffix(m.Href, "-un-arbre-a-l-ecole.jpg") {
		t.Errorf("address %s", m.Href)
	}
	root := "/media/" + a.ID
	for _, r := range m.Renditions {
		if w := l.ask(t, http.MethodGet, r.Href); w.Code != 200 || int64(w.Body.Len()) != r.Bytes || w.Header().Get("Content-Type") != r.Type {
			t.Errorf("%s = %d", r.Href, w.Code)
		}
	}
	if n := len(m.Renditions); n != 2*(4+2) { // four widths and two crops, in two formats
		t.Errorf("%d renditions", n)
	}
	jpeg := m.Renditions[slices.IndexFunc(m.Renditions, func(r live.Rendition) bool { return r.Width == 640 && r.Ratio == "" && r.Type == "image/jpeg" })]
	wide := m.Renditions[slices.IndexFunc(m.Renditions, func(r live.Rendition) bool { return r.Width == 640 && r.Ratio == "16x9" && r.Type == "image/jpeg" })]
	for target, want := range map[string]string{ // "" is not found
		root + "/321/00000000-x.jpg":                           "",
		root + "/2560/00000000-x.jpg":                          "",
		root + "/0320/00000000-x.jpg":                          "",
		root + "/-1/00000000-x.jpg":                            "",
		root + "/large/00000000-x.jpg":                         "",
		root + "/640/00000000-2x1-x.jpg":                       jpeg.Href, // a title may begin so
		root + "/640/0000000-x.jpg":                            "",
		root + "/640/ABCDEF00-x.jpg":                           "",
		root + "/640/00000000.jpg":                             "",
		root + "/640/00000000-x":                               "",
		root + "/640/":                                         "",
		root + "/640/00000000-x.jpg/":                          "",
		root + "/640/00000000-a%2fb.jpg":                       "",
		root + "/original/../640/0000-x.jpg":                   "",
		"/media/":                                              "",
		"/media/../data/meridian.db":                           "",
		"/media/01m88yxtm0nw70tdp895pvfzqn/640/00000000-x.jpg": "",
		root + "/640/00000000-x.jpg":                           jpeg.Href, // of another version
		root + "/640/00000000-16x9-x.jpg":                      wide.Href,
		root + "/640/00000000-1x1-x.jpg":                       "", // not made
		root + "/1920/00000000-x.jpg":                          strings.Replace(largest(m).Href, " ", "", 1),
		root + "/original/00000000-x.pdf":                      m.Href,
		root + "/original/00000000-16x9-x.jpg":                 "",
		strings.Replace(m.Href, "ecole", "school", 1):          m.Href, // the title was another one
	} {
		w := l.ask(t, http.MethodGet, target)
		switch {
		case want == "" && w.Code != 404:
			t.Errorf("%s = %d, want 404", target, w.Code)
		case want != "" && (w.Code != 302 || w.Header().Get("Location") != want || w.Header().Get("Cache-Control") != "public, no-cache"):
			t.Errorf("%s = %d to %s, want %s", target, w.Code, w.Header().Get("Location"), want)
		}
	}
	// Another file: what was there before leads to it.
	l.Replace(t, a.ID, cmstest.NewFile{Width: 700, Height: 350})
	now := l.media(t, a.ID)
	for from, to := range map[string]string{m.Href: now.Href, jpeg.Href: mustFind(t, now, 640).Href, largest(m).Href: mustFind(t, now, 640).Href} {
		if w := l.ask(t, http.MethodGet, from); w.Code != 302 || w.Header().Get("Location") != to {
			t.Errorf("%s = %d to %s, want %s", from, w.Code, w.Header().Get("Location"), to)
		}
		if w := l.ask(t, http.MethodGet, to); w.Code != 200 {
			t.Errorf("%s = %d", to, w.Code)
		}
	}
	// Who has half of the old file does not get the other half of the new one.
	old, tag := l.media(t, a.ID), l.ask(t, http.MethodHead, now.Href).Header().Get("ETag")
	l.Replace(t, a.ID, cmstest.NewFile{Width: 800, Height: 400})
	now = l.media(t, a.ID)
	if w := l.ask(t, http.MethodGet, old.Href, "Range", "bytes=2-", "If-Range", tag); w.Code != 302 || w.Header().Get("Location") != now.Href {
		t.Errorf("a part of what was replaced is %d to %s", w.Code, w.Header().Get("Location"))
	}
	whole := l.ask(t, http.MethodGet, now.Href)
	if w := l.ask(t, http.MethodGet, now.Href, "Range", "bytes=2-", "If-Range", tag); w.Code != 200 || w.Body.String() != whole.Body.String() || w.Header().Get("Content-Range") != "" {
		t.Errorf("a part, if it is what it was, is %d with %v", w.Code, w.Header())
	}
	if w := l.ask(t, http.MethodGet, now.Href, "Range", "bytes=2-", "If-Range", whole.Header().Get("ETag")); w.Code != 206 || w.Body.String() != whole.Body.String()[2:] {
		t.Errorf("a part of what it is, is %d with %v", w.Code, w.Header())
	}
	if from := m.Href; from == now.Href {
		t.Error("the address did not move with the bytes")
	}
}

func mustFind(t *testing.T, m *live.Media, width int) live.Rendition {
	t.Helper()
	for _, r := range m.Renditions {
		if r.Width == width && r.Ratio == "" && r.Type == "image/jpeg" {
			return r
		}
	}
	t.Fatalf("nothing is %d wide", width)
	return live.Rendition{}
}

func largest(m *live.Media) (best live.Rendition) {
	for _, r := range m.Renditions {
		if r.Ratio == "" && r.Type == "image/jpeg" {
			best = r
		}
	}
	return best
}

// TestPageShowsPictures: everything a page and what stands beside it say of a
// picture, and that nothing of it stays when the consent is taken back.
func TestPageShowsPictures(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.File(t, cmstest.NewFile{People: models.PeopleAdults, Credit: "Ana Pérez", Title: "Demonstration in Lima"})
	l.Consent(t, a.ID, models.Consent{})
	pdf := l.File(t, cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "rapport.pdf", Title: "Rapport annuel", Lang: "fr", Pages: 24, Body: make([]byte, 1_234_567)})
	l.PutAsset(t, a.ID, func(a *models.Asset) { a.Licence = "cc-by" })
	page := l.shows(t, picture(a.ID, "People in a street"), picture(a.ID, "The same people"), block.Node{Type: "files", Attrs: map[string]any{"items": []any{map[string]any{"media": "media:" + pdf.ID, "title": "Annual report"}}}})
	l.lead(t, page, a.ID)
	l.lead(t, l.News, a.ID)
	l.Publish(t, page, "en")
	l.Publish(t, l.News, "en")
	// Decoration, whatever the text says of the same picture further down.
	if body := l.body(t, gallery); !strings.Contains(body, `alt="" width="1600" height="900" fetchpriority="high"`) || strings.Contains(body, "og:image:alt") || strings.Contains(body, `"caption"`) {
		t.Errorf("the lead picture is described by somebody:\n%s", body)
	}
	for _, feed := range []string{"/en/feed.rss", "/en/feed.json"} {
		if body := l.body(t, feed); strings.Contains(body, "media:") || strings.Contains(body, "attachments") {
			t.Errorf("%s describes a decoration:\n%s", feed, body)
		}
	}
	l.describe(t, page, `Flags & "banners"`)
	l.describe(t, l.News, "A crowd <before> the court")
	l.Publish(t, page, "en")
	l.Publish(t, l.News, "en")
	body := l.body(t, gallery)
	m := l.media(t, a.ID)
	for _, want := range []string{
		`<figure class="image lead-picture"><picture><source type="image/webp" srcset="/media/` + a.ID + `/320/`,
		`alt="Flags &amp; &#34;banners&#34;" width="1600" height="900" fetchpriority="high"></picture><figcaption><small class="credit">Picture: Ana Pérez, CC BY</small></figcaption></figure>`,
		`alt="People in a street" width="1600" height="900"></picture><figcaption>Under People in a street <small class="credit">Picture: Ana Pérez, CC BY</small>`,
		`alt="The same people" width="1600" height="900" loading="lazy" decoding="async">`,
		`type="application/pdf">Annual report</a> <small>PDF, 1.2 MB, 24 pages, French</small>`,
		`<meta property="og:image" content="` + cmstest.Base + mustFind(t, m, 1280).Href + `">`,
		`<meta property="og:image:width" content="1280">`, `<meta property="og:image:height" content="720">`, `<meta property="og:image:alt" content="Flags &amp; &#34;banners&#34;">`,
		`"caption":"Flags & \"banners\""`,
		`"creditText":"Ana Pérez"`, `"license":"https://creativecommons.org/licenses/by/4.0/"`, `"@type":"ImageObject"`,
	} {
		if !strings.Contains(strings.ReplaceAll(body, `\u0026`, "&"), want) {
			t.Errorf("the page lacks %s:\n%s", want, body)
		}
	}
	for _, href := range l.hrefs(t, gallery) {
		if w := l.ask(t, http.MethodGet, href); w.Code != 200 {
			t.Errorf("%s = %d", href, w.Code)
		}
	}
	feeds := []string{"/en/feed.atom", "/en/feed.rss", "/en/feed.json"}
	for i, want := range []string{
		`<link rel="enclosure" type="image/jpeg" length="%d" title="A crowd &lt;before&gt; the court" href="%s"></link>`,
		`<enclosure url="%[2]s" length="%[1]d" type="image/jpeg"></enclosure>` + "\n   " + `<media:content url="%[2]s" type="image/jpeg" medium="image">` + "\n    " + `<media:description>A crowd &lt;before&gt; the court</media:description>`,
		`"attachments":[{"url":"%[2]s","mime_type":"image/jpeg","title":"A crowd \u003cbefore\u003e the court","size_in_bytes":%[1]d}]`,
	} {
		r := mustFind(t, m, 1280)
		if want := fmt.Sprintf(want, r.Bytes, cmstest.Base+r.Href); !strings.Contains(l.body(t, feeds[i]), strings.Split(want, "%!")[0]) {
			t.Errorf("%s lacks %s:\n%s", feeds[i], want, l.body(t, feeds[i]))
		}
	}
	// The home page shows the news with its picture, cut.
	if home := l.body(t, "/en/"); !strings.Contains(home, "-16x9-demonstration-in-lima") {
		t.Errorf("the home page has no picture:\n%s", home)
	}

	l.WithdrawConsent(t, a.ID)
	for _, target := range append(feeds, gallery, "/en/", "/en/about-us/", "/en/news/2026/a-treaty-enters-into-force") {
		body := l.body(t, target)
		for _, no := range []string{a.ID, "Ana Pérez", "People in a street", "banners", "A crowd", "Lima", "og:image", "ImageObject"} {
			if strings.Contains(body, no) {
				t.Errorf("%s still says %q", target, no)
			}
		}
	}
	if body := l.body(t, gallery); strings.Count(body, `<svg class="ph" viewBox="0 0 1600 900" role="img" aria-label="This picture is not shown."></svg>`) != 2 || !strings.Contains(body, "Annual report") {
		t.Errorf("no place is kept free:\n%s", body)
	}
}

// TestSaveData: who wishes for little gets the same page and the same files,
// which everybody may keep; which of them, the browser chooses from the list.
func TestSaveData(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.File(t, cmstest.NewFile{})
	l.shows(t, picture(a.ID, "A tree"))
	for _, target := range append(l.hrefs(t, gallery), gallery) {
		usual, little := l.ask(t, http.MethodGet, target), l.ask(t, http.MethodGet, target, "Save-Data", "on")
		if little.Code != 200 || little.Body.String() != usual.Body.String() || little.Header().Get("ETag") != usual.Header().Get("ETag") {
			t.Errorf("%s is another answer with Save-Data: %d", target, little.Code)
		}
		if v := strings.Join(little.Header().Values("Vary"), ","); strings.Contains(strings.ToLower(v), "save-data") {
			t.Errorf("%s varies on %s", target, v)
		}
	}
	if body := l.body(t, gallery); !strings.Contains(body, "/320/") || !strings.Contains(body, " 320w, ") || !strings.Contains(body, ` sizes="`) {
		t.Errorf("there is nothing small to choose:\n%s", body)
	}
}
