package api

import (
	"net/http"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func picture(id, alt string) block.Node {
	return block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + id, "alt": alt, "size": "text", "caption": []block.Node{block.Text("Under " + alt)}}}
}

// lead gives an entry a picture.
func (s *site) lead(t testing.TB, entry, asset string) {
	t.Helper()
	fields := models.Values{}
	for k, v := range s.DraftOf(t, entry, models.Facts).Fields {
		fields[k] = v
	}
	fields["lead_picture"] = asset
	_, err := s.CMS.Save(t.Context(), s.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: s.Edition(t, entry, models.Facts).Version, Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
}

// describe says in English what the picture of an entry shows.
func (s *site) describe(t testing.TB, entry, alt string) {
	t.Helper()
	d := s.DraftOf(t, entry, "en")
	s.save(t, cms.SaveDraft{Entry: entry, Lang: "en", Title: d.Title, Summary: d.Summary, Body: bodyOfDraft(t, d), Fields: models.Values{"lead_description": alt}})
}

// TestMedia reads a picture by itself, as the image of an item, and among what
// an item shows, before and after its consent is taken back.
func TestMedia(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.File(t, cmstest.NewFile{People: models.PeopleChildren, Credit: "Ana Pérez", Title: "A class", Width: 1000, Height: 500})
	s.Consent(t, a.ID, models.Consent{})
	pdf := s.File(t, cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "r.pdf", Title: "Report", Lang: "fr", Pages: 3})
	draft := s.File(t, cmstest.NewFile{})
	s.PutAsset(t, a.ID, func(a *models.Asset) { a.Licence, a.FocusX, a.FocusY = "cc-by-sa", 250, 1000 })
	s.Write(t, s.Draft, "en", "", picture(draft.ID, "Secret"))
	page := s.page(t, s.About, "Gallery", picture(a.ID, "Amina at school"),
		block.Node{Type: "files", Attrs: map[string]any{"items": []any{map[string]any{"media": "media:" + pdf.ID, "title": "Annual report"}, map[string]any{"media": "media:" + a.ID, "title": "Portrait of Amina"}}}})
	s.lead(t, s.News, a.ID)
	s.Publish(t, s.News, "en")
	s.lead(t, page, a.ID)
	s.describe(t, page, "Amina with her class")
	s.Publish(t, page, "en")

	var m Media
	s.into(t, MediaPath+"/"+a.ID, &m)
	if m.Kind != "image" || m.Type != "image/jpeg" || *m.Width != 1000 || *m.Height != 500 || m.Pages != nil || *m.FocalPoint != (FocalPoint{0.25, 1}) ||
		m.Alt["en"] != "Amina with her class" || len(m.Alt) != 1 || *m.Licence != "cc-by-sa" || m.Credit != "Ana Pérez" || len(m.Renditions) != 12 {
		t.Errorf("media = %+v", m)
	}
	for _, r := range m.Renditions {
		if !strings.HasPrefix(r.URL, cmstest.Base+"/media/"+a.ID+"/") || r.Bytes == 0 || r.Ratio != nil && *r.Ratio != "16x9" {
			t.Errorf("rendition = %+v", r)
		}
	}
	var doc Media
	s.into(t, MediaPath+"/"+pdf.ID, &doc)
	if doc.Width != nil || *doc.Pages != 3 || *doc.Lang != "fr" || doc.FocalPoint != nil || len(doc.Alt) != 0 || doc.Licence != nil {
		t.Errorf("document = %+v", doc)
	}
	var it Item
	s.into(t, Root+"/pages/"+page+"?include=media", &it)
	if it.Image == nil || it.Image.ID != a.ID || it.Image.Alt["en"] != "Amina with her class" || it.Fields["lead_description"] != "Amina with her class" || it.Facts["lead_picture"] != a.ID ||
		it.Included.Media[0].Alt["en"] != "Amina with her class" || len(it.Included.Media) != 2 || it.Included.Media[0].ID != a.ID || it.Included.Media[1].ID != pdf.ID {
		t.Errorf("item = %+v, included %+v", it.Image, it.Included)
	}
	var bare Item
	s.into(t, Root+"/pages/"+page+"?include=media&fields=id&body=none", &bare)
	if len(bare.Included.Media) != 2 {
		t.Errorf("without a text, included = %+v", bare.Included)
	}
	var news Item
	s.into(t, Root+"/news/"+s.News, &news)
	if news.Image == nil || len(news.Image.Alt) != 0 {
		t.Errorf("image of the news = %+v", news.Image)
	}
	for _, id := range []string{draft.ID, "01m88yxtm0nw70tdp895pvfzqn", "UPPER", strings.Repeat("a", 300)} {
		if w := s.do(t, http.MethodGet, MediaPath+"/"+id); w.Code != 404 || strings.Contains(w.Body.String(), id) {
			t.Errorf("%s is %d: %s", id, w.Code, w.Body)
		}
	}
	s.get(t, MediaPath+"/"+a.ID+"?lang=en", http.StatusBadRequest)
	all := "?body=blocks,html,markdown&include=media"
	for _, want := range []string{`srcset=\"` + cmstest.Base + "/media/", `](` + cmstest.Base + "/media/", "CC BY-SA"} {
		body := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(s.get(t, Root+"/pages/"+page+all, http.StatusOK)))
		if !strings.Contains(body, want) || strings.Contains(body, `=\"/media/`) || strings.Contains(body, ", /media/") {
			t.Errorf("the page lacks %q, or has a short address: %s", want, body)
		}
	}

	var before Changes
	s.into(t, Root+"/changes?limit=200", &before)
	s.WithdrawConsent(t, a.ID)
	for _, target := range []string{Root + "/pages/" + page + all, Root + "/pages" + all, Root + "/news/" + s.News + all, Root + "/news" + all + "&lang=en", Root + "/search?q=amina&lang=en"} {
		body := string(s.get(t, target, http.StatusOK))
		for _, no := range []string{"Amina", "Pérez", "/media/" + a.ID} {
			if (strings.Contains(body, no) || strings.Contains(body, a.ID) && !strings.Contains(target, "body=blocks")) && !strings.Contains(target, "q=amina") {
				t.Errorf("%s still says %q: %s", target, no, body)
			}
		}
		if strings.Contains(target, "q=amina") && strings.Contains(body, "at school") {
			t.Errorf("the search still says it: %s", body)
		}
	}
	var p Problem
	w := s.do(t, http.MethodGet, MediaPath+"/"+a.ID)
	if decode(t, w.Body.Bytes(), &p); w.Code != 410 || p.Reason != "consent" {
		t.Errorf("withdrawn is %d: %s", w.Code, w.Body)
	}
	s.trashFile(t, pdf.ID)
	w = s.do(t, http.MethodGet, MediaPath+"/"+pdf.ID)
	if decode(t, w.Body.Bytes(), &p); w.Code != 410 || p.Reason != "deleted" {
		t.Errorf("trashed is %d: %s", w.Code, w.Body)
	}
	var after Changes
	s.into(t, local(t, before.Next), &after)
	if len(after.Items) != 2 || after.Items[0].Entry != a.ID || after.Items[0].Kind != "media" || after.Items[0].Action != "withdrawn" || after.Items[0].Lang != "und" || after.Items[1].Action != "deleted" {
		t.Errorf("changes = %+v", after.Items)
	}
}

func (s *site) trashFile(t testing.TB, asset string) {
	t.Helper()
	s.PutAsset(t, asset, func(a *models.Asset) { now := s.Clock.Now(); a.TrashedAt = &now })
}

// TestMediaQueries: pictures cost a list a fixed number of queries. It runs
// alone, because the count is of the whole process.
func TestMediaQueries(t *testing.T) {
	s := newSite(t)
	for i := range 30 {
		a := s.File(t, cmstest.NewFile{Width: 320, Height: 180})
		id := s.news(t, s.About, "News", models.Values{"date": "2026-01-01", "lead_picture": a.ID})
		s.Write(t, id, "en", "", picture(a.ID, "A tree"), picture(s.File(t, cmstest.NewFile{Width: 320, Height: 180}).ID, "Another"))
		s.Publish(t, id, "en")
		_ = i
	}
	count := func(target string) int64 {
		s.get(t, target, http.StatusOK)
		before := store.QueriesRun()
		s.get(t, target, http.StatusOK)
		return store.QueriesRun() - before
	}
	for _, query := range []string{"body=html,markdown&include=media", "", "fields=title,image"} {
		few, many := count(Root+"/news?lang=en&section="+s.About+"&limit=2&"+query), count(Root+"/news?lang=en&section="+s.About+"&limit=30&"+query)
		t.Logf("%q: %d queries", query, many)
		if few != many || many > 12 {
			t.Errorf("%q: %d queries for two items, %d for thirty", query, few, many)
		}
	}
}

// TestLeadIsWithheld: what readers may not have of the picture of an item, they
// are not told of either, neither that it is there nor what it shows, through
// whatever list.
func TestLeadIsWithheld(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(s *site, t *testing.T, id string)
		told bool
	}{
		{"public", func(*site, *testing.T, string) {}, true},
		{"consent for this language", func(s *site, t *testing.T, id string) {
			s.Consent(t, id, models.Consent{Langs: []string{"en", "fr"}})
		}, true},
		{"withdrawn", func(s *site, t *testing.T, id string) { s.WithdrawConsent(t, id) }, false},
		{"in the trash", func(s *site, t *testing.T, id string) { s.trashFile(t, id) }, false},
		{"consent for another language", func(s *site, t *testing.T, id string) {
			s.Consent(t, id, models.Consent{Langs: []string{"fr"}})
		}, false},
		{"nobody said who is shown", func(s *site, t *testing.T, id string) {
			s.PutAsset(t, id, func(a *models.Asset) { a.People, a.Withheld = models.PeopleUnknown, models.WithheldPeople })
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			a := s.File(t, cmstest.NewFile{People: models.PeopleChildren})
			s.Consent(t, a.ID, models.Consent{})
			s.PutAsset(t, a.ID, func(a *models.Asset) { a.Shared = true }) // Belgium shows it too
			for _, entry := range []string{s.Page, s.News, s.Belgium} {
				s.lead(t, entry, a.ID)
				s.describe(t, entry, "Amina with her class")
				s.Publish(t, entry, "en")
			}
			tt.do(s, t, a.ID)
			for _, target := range []string{
				"/pages/" + s.Page + "?lang=en", "/pages/" + s.Page + "?lang=en&fields=facts", "/news?lang=en", "/news?lang=en&fields=facts,fields", "/sections/" + s.Belgium + "?lang=en",
			} {
				body := string(s.get(t, Root+target, http.StatusOK))
				for _, word := range []string{`"lead_picture":"` + a.ID + `"`, "Amina"} {
					if word == "Amina" && strings.HasSuffix(target, "=facts") {
						continue
					}
					if strings.Contains(body, word) != tt.told {
						t.Errorf("%s says %q: %v, want %v: %s", target, word, !tt.told, tt.told, body)
					}
				}
			}
			if body := string(s.get(t, NetworkPath+"?lang=en", http.StatusOK)); strings.Contains(body, a.ID) != tt.told {
				t.Errorf("the network has the id: %v: %s", !tt.told, body)
			}
			if body := string(s.get(t, Root+"/news?lang=en&fields=fields", http.StatusOK)); strings.Contains(body, "Amina") != tt.told {
				t.Errorf("the fields alone: %s", body)
			}
		})
	}
}

// TestListIsShort: the picture of an item in a list is what a list needs, and
// all of it on request.
func TestListIsShort(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 20 {
		a := s.File(t, cmstest.NewFile{Width: 2400, Height: 1600})
		s.news(t, s.About, "News", models.Values{"date": "2026-01-01", "lead_picture": a.ID})
	}
	const list = Root + "/news?lang=en&limit=20&body=none&section="
	short, one := s.get(t, list+s.About, http.StatusOK), 0
	var items struct {
		Items []Item  `json:"items"`
		Next  *string `json:"next"`
	}
	decode(t, short, &items)
	for _, it := range items.Items {
		if it.Image == nil || len(it.Image.Renditions) != 10 || it.Image.Width == nil {
			t.Fatalf("image = %+v", it.Image)
		}
		for _, r := range it.Image.Renditions {
			if r.Ratio != nil || r.Width > 1280 {
				t.Errorf("the list has %+v", r)
			}
		}
		whole := s.get(t, Root+"/news/"+it.ID+"?lang=en&body=none", http.StatusOK)
		var full Item
		decode(t, whole, &full)
		if one += len(whole); len(full.Image.Renditions) != 18 {
			t.Errorf("the item has %d renditions", len(full.Image.Renditions))
		}
	}
	t.Logf("a list of %d: %d bytes, the items by themselves: %d", len(items.Items), len(short), one)
	decode(t, s.get(t, list+s.About+"&include=media", http.StatusOK), &items)
	if n := len(items.Items[0].Image.Renditions); n != 18 {
		t.Errorf("with include=media, the list has %d renditions", n)
	}
}
