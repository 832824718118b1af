package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/live"
	"meridian/models"
)

// titles walks a list to its end and returns the titles, sorted.
func (s *site) titles(t testing.TB, target string) []string {
	t.Helper()
	var out []string
	for range 100 {
		var l list
		s.into(t, target, &l)
		for _, it := range l.Items {
			out = append(out, it.Title)
		}
		if l.Next == nil {
			slices.Sort(out)
			return out
		}
		target = local(t, *l.Next)
	}
	t.Fatalf("%s does not end", target)
	return nil
}

// TestFilters: every operator on every sort of field selects what it says.
func TestFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	s.topic(t, "t-play", "Play")
	at := s.Clock.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	s.Clock.Advance(24 * time.Hour)
	s.news(t, s.Belgium, "Alpha", models.Values{"date": "2025-01-31", "topics": []any{"t-justice"}, "type": "press", "source": "Été press",
		"about": []any{s.Belgium, s.About}, "place": map[string]any{"city": "Ghent", "country": "BE", "lat": "51.05", "lon": "3.72"}})
	s.news(t, s.Root, "Beta 100%", models.Values{"date": "2025-02-01", "topics": []any{"t-justice", "t-play"}, "type": "news", "source_url": "https://a.example/x"})
	s.news(t, s.Root, "Gamma_x", models.Values{"date": "2024-12-31", "source": "zeta"})
	id := s.news(t, s.Root, "Élan", models.Values{"date": "2025-02-01"})
	d := s.DraftOf(t, id, "en")
	s.save(t, cms.SaveDraft{Entry: id, Lang: "en", Title: "Élan", Summary: d.Summary, Body: bodyOfDraft(t, d), Fields: models.Values{"search_title": "Shown"}})
	s.Publish(t, id, "en")
	const all = "Alpha|Beta 100%|Gamma_x|Élan"
	for filters, want := range map[string]string{
		"filter[title]=Alpha":                                "Alpha",
		"filter[title][eq]=alpha":                            "",
		"filter[title][eq]=E%CC%81lan":                       "Élan", // however it is typed
		"filter[title][ne]=Alpha":                            "Beta 100%|Gamma_x|Élan",
		"filter[title][in]=Alpha,Gamma_x,Nothing":            "Alpha|Gamma_x",
		"filter[title][lt]=Beta":                             "Alpha",
		"filter[title][lte]=Alpha":                           "Alpha",
		"filter[title][gt]=Gamma_x":                          "Élan",
		"filter[title][gte]=Gamma_x":                         "Gamma_x|Élan",
		"filter[title][contains]=a":                          all,
		"filter[title][contains]=%25":                        "Beta 100%",
		"filter[title][contains]=_":                          "Gamma_x",
		"filter[title][starts]=%C3%89l":                      "Élan",
		"filter[title][starts]=%25":                          "",
		"filter[title][null]=true":                           "",
		"filter[title][null]=false":                          all,
		"filter[summary][starts]=About+Al":                   "Alpha",
		"filter[slug]=gamma-x":                               "Gamma_x",
		"filter[path][starts]=belgium/":                      "Alpha",
		"filter[id]=" + id:                                   "Élan",
		"filter[updated_at][gt]=" + at:                       all,
		"filter[published_at][lt]=" + at:                     "",
		"filter[updated_at][gt]=2020-01-01T00:00:00%2B02:00": all,
		"filter[date]=2025-02-01":                            "Beta 100%|Élan",
		"filter[date][gte]=2025":                             "Alpha|Beta 100%|Élan",
		"filter[date][lt]=2025":                              "Gamma_x",
		"filter[date][gte]=2025&filter[date][lt]=2025-02":    "Alpha",
		"filter[date][starts]=2025-02":                       "Beta 100%|Élan",
		"filter[date][in]=2024-12-31,2025-01-31":             "Alpha|Gamma_x",
		"filter[topics]=t-justice":                           "Alpha|Beta 100%",
		"filter[topics][ne]=t-justice":                       "Gamma_x|Élan",
		"filter[topics][in]=t-play,t-justice":                "Alpha|Beta 100%",
		"filter[topics]=t-justice&filter[topics][ne]=t-play": "Alpha",
		"filter[topics][null]=true":                          "Gamma_x|Élan",
		"filter[topics][starts]=t-p":                         "Beta 100%",
		"filter[type]=press":                                 "Alpha",
		"filter[type][null]=true":                            "Gamma_x|Élan",
		"filter[source][starts]=%C3%89t%C3%A9":               "Alpha",
		"filter[source][gt]=y":                               "Alpha|Gamma_x",
		"filter[source][lt]=y":                               "",
		"filter[source][null]=false":                         "Alpha|Gamma_x",
		"filter[source_url]=https://a.example/x":             "Beta 100%",
		"filter[about]=" + s.About:                           "Alpha",
		"filter[about][ne]=" + s.Belgium:                     "Beta 100%|Gamma_x|Élan",
		"filter[about][null]=true":                           "Beta 100%|Gamma_x|Élan",
		"filter[place.city]=Ghent":                           "Alpha",
		"filter[place.city][ne]=Ghent":                       "Beta 100%|Gamma_x|Élan",
		"filter[place][null]=false":                          "Alpha",
		"filter[place.lat][gte]=51":                          "Alpha",
		"filter[search_title]=Shown":                         "Élan",
		"filter[search_title][null]=true":                    "Alpha|Beta 100%|Gamma_x",
		"filter[original_lang]=en":                           all,
		"filter[lang][ne]=en":                                "",
		"section=" + s.Belgium + "&filter[title][gt]=A":      "Alpha",
		"topic=t-play&filter[date][gte]=2025":                "Beta 100%",
	} {
		wanted := strings.FieldsFunc(want, func(r rune) bool { return r == '|' })
		for _, more := range []string{"", "&sort=title", "&sort=-published_at,title", "&limit=1", "&sort=-updated_at&limit=1", "&fallback=nl"} {
			// The news that every seeded site has is of another time.
			got := slices.DeleteFunc(s.titles(t, Root+"/news?lang=en&"+filters+more), func(title string) bool { return strings.HasPrefix(title, "A treaty") })
			if !slices.Equal(got, wanted) {
				t.Errorf("%s%s = %q, want %q", filters, more, got, wanted)
			}
		}
		var one, whole list
		s.into(t, Root+"/news?lang=en&limit=1&count=true&"+filters, &one)
		s.into(t, Root+"/news?lang=en&limit=200&"+filters, &whole)
		if *one.Count != len(whole.Items) {
			t.Errorf("%s: counted %d, there are %d", filters, *one.Count, len(whole.Items))
		}
	}
}

// bodyOfDraft is the text of a draft as saving takes it.
func bodyOfDraft(t testing.TB, d models.Draft) *block.Document {
	t.Helper()
	doc, err := block.Decode([]byte(d.Body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestFilterSections: what an organisation says of itself.
func TestFilterSections(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: s.Root, Lang: "en", Title: "Togo", Facts: models.Values{
		"country": "TG", "status": "associate", "languages": []any{"fr", "ee"}, "joined": "1992", "social": []any{"https://social.example/@togo"},
		"local_names": []any{map[string]any{"name": "Réseau", "acronym": "RT", "lang": "fr"}, map[string]any{"name": "Other", "lang": "ee"}},
	}})
	s.Publish(t, id, "en")
	id = s.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: s.Root, Lang: "en", Title: "Network", Facts: models.Values{"directory": true, "owner": s.Belgium}})
	s.Publish(t, id, "en")
	for filters, want := range map[string][]string{
		"filter[country]=TG":                                 {"Togo"},
		"filter[country][in]=TG,BE":                          {"Belgium", "Togo"},
		"filter[type]=organisation":                          {"Belgium", "Togo"},
		"filter[type]=organisation&filter[country][ne]=BE":   {"Togo"},
		"filter[status]=member":                              {"Belgium"},
		"filter[languages]=fr":                               {"Belgium", "Togo"},
		"filter[languages][ne]=nl&filter[type]=organisation": {"Togo"},
		"filter[languages][in]=nl,ee":                        {"Belgium", "Togo"},
		"filter[joined][lt]=2000":                            {"Togo"},
		"filter[founded][gte]=1991":                          {"Belgium"},
		"filter[social][starts]=https://social.example/":     {"Togo"},
		"filter[local_names.name]=Other":                     {"Togo"},
		"filter[local_names.acronym][null]=false":            {"Togo"},
		"filter[local_names][null]=false":                    {"Togo"},
		"filter[email]=contact@be.site.example":              {"Belgium"},
		"filter[directory]=true":                             {"Network"},
		"filter[directory][ne]=false":                        {"Network"},
		"filter[directory][null]=false":                      {"Network"},
		"filter[directory]=false&filter[country]=TG":         {"Togo"},
		"filter[owner]=" + s.Belgium:                         {"Network"},
		"filter[region][null]=true&filter[country]=BE":       {"Belgium"},
	} {
		if got := s.titles(t, Root+"/sections?lang=en&"+filters); !slices.Equal(got, want) {
			t.Errorf("%s = %q, want %q", filters, got, want)
		}
	}
}

// sample is a value that a filter takes.
func sample(f live.FilterField, op string) string {
	switch {
	case op == "null" || f.Kind == "boolean":
		return "true"
	case f.Kind == "time":
		return "2026-01-01T00:00:00Z"
	case f.Kind == "date":
		return "2026-01-01"
	case f.Kind == "term":
		return "t-justice"
	case f.Kind == "reference" || f.Name == "id":
		return "01kawg3k8h0000000000000000"
	}
	return "x"
}

// TestEveryFilter: whatever is declared is answered, alone and with others.
func TestEveryFilter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	for _, k := range live.Kinds {
		n := 0
		for _, f := range k.Filterable() {
			for _, op := range f.Ops {
				n++
				name := "filter[" + f.Name + "][" + op + "]"
				for _, more := range []string{"", "&fallback=fr,en&sort=title&fresh=true&count=true&section=" + s.Root} {
					s.get(t, Root+"/"+k.Plural+"?"+name+"="+sample(f, op)+more, http.StatusOK)
				}
				if op == "contains" && f.Name != "title" {
					t.Errorf("%s of %s can be looked into", f.Name, k.Name)
				}
			}
		}
		if n < 100 {
			t.Errorf("%s has %d filters", k.Name, n)
		}
	}
}

// TestFiltersReachPublicFieldsOnly: a guess at what staff keep for themselves
// is answered alike whether it is right or wrong, and like a guess at a field
// that does not exist.
func TestFiltersReachPublicFieldsOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.news(t, s.Root, "Guess", models.Values{"date": "2026-01-01", "note": "secret", "review_by": "2031-12-24"})
	s.save(t, cms.SaveDraft{Entry: id, Lang: "en", Title: "Draft title", Summary: "Draft summary", Body: bodyOfDraft(t, s.DraftOf(t, id, "en"))})
	private := map[string][2]string{
		"note": {"secret", "wrong"}, "review_by": {"2031-12-24", "2031-12-25"}, "created_by": {s.Admin.ID, s.Nobody.ID}, "author": {s.Admin.ID, s.Nobody.ID},
		"email": {s.Admin.Email, "x@y.example"}, "password_hash": {"", "x"}, "trashed_at": {"", "2026"}, "version": {"2", "99"}, "position": {"0", "99"},
		"body": {"Guess", "x"}, "domain_id": {s.Root, s.Page}, "branch": {"/" + s.Root + "/", "/x/"}, "facts.note": {"secret", "wrong"}, "source_hashes": {"{}", "x"},
		"withdrawn_reason": {"", "legal"}, "live_revision": {"x", "y"}, "facts": {"x", "y"}, "$.note": {"secret", "wrong"}, "title') OR 1=1 --": {"x", "y"},
	}
	for _, k := range models.Kinds {
		for _, f := range slices.Concat(k.Fields, k.Facts) {
			if _, ok := private[f.Name]; f.Private && !ok {
				t.Errorf("the test does not know of %s.%s", k.Name, f.Name)
			}
		}
	}
	ask := func(field, op, value string) []byte {
		w := s.do(t, http.MethodGet, Root+"/news?"+url.QueryEscape("filter["+field+"]["+op+"]")+"="+url.QueryEscape(value))
		if w.Code != http.StatusBadRequest {
			t.Errorf("filter[%s][%s]=%s is %d", field, op, value, w.Code)
		}
		return dump(w)
	}
	for field, guess := range private {
		for _, op := range []string{"eq", "ne", "in", "lt", "lte", "gt", "gte", "contains", "starts", "null"} {
			right, wrong := ask(field, op, guess[0]), ask(field, op, guess[1])
			if !bytes.Equal(right, wrong) {
				t.Errorf("filter[%s][%s] tells a right guess from a wrong one:\n%s\n%s", field, op, right, wrong)
			}
			nothing := bytes.ReplaceAll(ask("zzzz", op, guess[0]), []byte("zzzz"), []byte(field))
			if len(field) == 4 && !bytes.Equal(right, nothing) { // the length is in the headers
				t.Errorf("filter[%s][%s] differs from a field that does not exist:\n%s\n%s", field, op, right, nothing)
			}
		}
		s.get(t, Root+"/news?sort="+url.QueryEscape(field), http.StatusBadRequest)
		if !slices.Contains(members, field) {
			s.get(t, Root+"/news?fields="+url.QueryEscape(field), http.StatusBadRequest)
		}
	}
	// What is in drafts is not found by public fields.
	for _, filters := range []string{"filter[title]=Draft+title", "filter[title][contains]=Draft", "filter[summary]=Draft+summary"} {
		if got := s.titles(t, Root+"/news?"+filters); len(got) != 0 {
			t.Errorf("%s finds %q", filters, got)
		}
	}
}

// TestFiltersHideReferences: whether something names what is not public cannot
// be found out by asking.
func TestFiltersHideReferences(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hidden := s.Create(t, sectionNamed("Hidden", s.Root))
	other := s.Create(t, sectionNamed("Other", s.Root))
	s.news(t, s.Root, "Says so", models.Values{"date": "2026-01-01", "about": []any{hidden}})
	for _, op := range []string{"eq", "ne", "in", "starts", "lte", "gte"} {
		answer := func(id string) []byte {
			return s.get(t, fmt.Sprintf("%s/news?filter[about][%s]=%s", Root, op, id), http.StatusOK)
		}
		if !bytes.Equal(answer(hidden), answer(other)) {
			t.Errorf("filter[about][%s] tells what a news item is about:\n%s\n%s", op, answer(hidden), answer(other))
		}
	}
	if got := s.titles(t, Root+"/news?lang=en&filter[about][null]=false"); len(got) != 0 {
		t.Errorf("something is about what is not public: %q", got)
	}
	s.Publish(t, hidden, "en")
	if got := s.titles(t, Root+"/news?lang=en&filter[about]="+hidden); !slices.Equal(got, []string{"Says so"}) {
		t.Errorf("about a public section = %q", got)
	}
}
