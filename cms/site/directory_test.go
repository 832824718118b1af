package site_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/site"
	"meridian/models"
	"meridian/models/store"
	"meridian/web"
	"meridian/web/weblint"
)

// network is a site with a directory.
type network struct {
	*cmstest.Env
	http.Handler
	log       *bytes.Buffer
	Directory string
	Members   map[string]string // id by title
}

// newNetwork seeds a directory in four languages, with a text that lists the
// sections as well.
func newNetwork(t testing.TB) *network {
	t.Helper()
	n := &network{Env: cmstest.New(t), log: new(bytes.Buffer), Members: map[string]string{}}
	n.Handler = serve(t, n.Env, n.log)
	n.Tx(t, func(tx *store.Tx) error {
		for i, term := range []models.Term{
			{ID: "africa", Labels: []models.TermLabel{{Lang: "en", Label: "Africa", Slug: "africa"}, {Lang: "fr", Label: "Afrique", Slug: "afrique"}, {Lang: "ar", Label: "أفريقيا", Slug: "أفريقيا"}}},
			{ID: "europe", Labels: []models.TermLabel{{Lang: "en", Label: "Europe", Slug: "europe"}, {Lang: "fr", Label: "Europe", Slug: "europe"}, {Lang: "ar", Label: "أوروبا"}}},
			{ID: "asia-pacific", Labels: []models.TermLabel{{Lang: "en", Label: "Asia and the Pacific", Slug: "asia-and-the-pacific"}}},
		} {
			term.Vocabulary, term.Position = models.VocabularyRegion, i+1
			if err := tx.PutTerm(term, n.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})
	n.Directory = n.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: n.Root, Lang: "en", Title: "Our sections", Nav: models.NavMain, Facts: models.Values{"directory": true}})
	n.Write(t, n.Directory, "en", "Find a section.", paragraph("Each keeps its own entry."), block.Node{Type: "section_list", Attrs: map[string]any{"show": []any{"list"}}})
	n.Publish(t, n.Directory, "en")
	for lang, title := range map[string]string{"fr": "Nos sections", "ar": "فروعنا"} {
		n.Translate(t, n.Directory, lang, title)
		n.Publish(t, n.Directory, lang)
	}
	return n
}

// member adds an organisation to the directory.
func (n *network) member(t testing.TB, title string, facts models.Values) string {
	t.Helper()
	id := n.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: n.Directory, Lang: "en", Title: title, Facts: facts})
	n.Write(t, id, "en", "A section.", paragraph("What it does."))
	n.Publish(t, id, "en")
	n.Members[title] = id
	return id
}

func point(lat, lon string) map[string]any { return map[string]any{"lat": lat, "lon": lon} }

// small fills the directory with a few organisations of each sort. Belgium, of
// the seeded site, is in the network without a region.
func (n *network) small(t testing.TB) {
	t.Helper()
	n.member(t, "Benin", models.Values{"country": "BJ", "region": "africa", "status": "member", "languages": []any{"fr"}, "email": "contact@bj.site.example", "phone": "+22921300000", "place": point("6.37", "2.43")})
	n.member(t, "Ghana", models.Values{"country": "GH", "region": "africa", "status": "member", "languages": []any{"en"}, "email": "contact@gh.site.example", "place": point("5.56", "-0.2")})
	n.member(t, "Geneva", models.Values{"country": "CH", "region": "europe", "status": "associate", "languages": []any{"fr", "en"}, "place": point("46.2", "6.14")})
	n.member(t, "Zürich", models.Values{"country": "CH", "region": "europe", "status": "member", "languages": []any{"de"}, "place": point("47.37", "8.54")})
	n.member(t, "Sweden", models.Values{
		"country": "SE", "region": "europe", "status": "former", "joined": "1992", "left": "2020", "confirmed_on": "2026-03-01", "languages": []any{"sv"},
		"local_names": []any{map[string]any{"name": "Barnens rätt", "acronym": "BR", "lang": "sv"}}, "place": point("59.33", "18.07"), "help_line": "116111",
		"social": []any{"https://www.social.example/@se"}, "hours": "Monday to Friday",
	})
}

// shown are the names in the list of a page, in its order, and of its dots.
func shown(body string) (list, dots []string) {
	_, found, _ := strings.Cut(body, `class="section-list`)
	for _, m := range regexp.MustCompile(`<li(?: lang="[a-z]+")?(?: dir="[a-z]+")?><a href="/[^"]*">([^<]*)</a>`).FindAllStringSubmatch(found, -1) {
		list = append(list, m[1])
	}
	for _, m := range regexp.MustCompile(`<title(?: lang="[a-z]+")?(?: dir="[a-z]+")?>([^<]*)</title><circle cx=`).FindAllStringSubmatch(body, -1) {
		dots = append(dots, m[1])
	}
	return list, dots
}

func TestDirectoryPages(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	for name, path := range map[string]string{
		"directory.html":                 "/en/our-sections/",
		"directory_ar.html":              "/ar/فروعنا/",
		"directory_filtered.html":        "/en/our-sections/?language=fr&region=europe&status=associate",
		"directory_former.html":          "/en/our-sections/?status=former",
		"directory_none.html":            "/en/our-sections/?language=de&region=africa",
		"organisation_former.html":       "/en/our-sections/sweden/",
		"organisation_on_the_map.html":   "/en/our-sections/geneva/",
		"organisation_unprofiled.html":   "/fr/belgique/",
		"directory_of_the_language.html": "/fr/nos-sections/?region=afrique",
	} {
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		w := get(t, n, u.String())
		if w.Code != http.StatusOK {
			t.Errorf("%s: %s = %d to %s", name, path, w.Code, w.Header().Get("Location"))
			continue
		}
		body := w.Body.Bytes()
		t.Run(name, func(t *testing.T) {
			weblint.Expect(t, body, weblint.Options{Styles: true})
			golden(t, name, body)
		})
	}
	if n.log.Len() > 0 {
		t.Errorf("logged: %s", n.log)
	}
}

func TestDirectoryFilters(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	for _, tt := range []struct {
		path, count string
		list, dots  string // names
	}{
		{"/en/our-sections/", "5 sections in 4 countries", "Benin Ghana Geneva Zürich Belgium", "Benin Ghana Geneva Zürich"},
		{"/en/our-sections/?region=africa", "Africa: 2 sections in 2 countries", "Benin Ghana", "Benin Ghana"},
		{"/en/our-sections/?region=europe", "Europe: 2 sections in 1 country", "Geneva Zürich", "Geneva Zürich"},
		{"/en/our-sections/?status=member", "4 sections in 4 countries", "Benin Ghana Zürich Belgium", "Benin Ghana Zürich"},
		{"/en/our-sections/?status=former", "1 section in 1 country", "Sweden", "Sweden"},
		{"/en/our-sections/?language=fr", "3 sections in 3 countries", "Benin Geneva Belgium", "Benin Geneva"},
		{"/en/our-sections/?language=fr&region=africa", "Africa: 1 section in 1 country", "Benin", "Benin"},
		{"/en/our-sections/?language=fr&region=africa&status=former", "", "", ""},
		{"/en/our-sections/?region=asia-and-the-pacific", "", "", ""},
		{"/fr/nos-sections/", "5 sections dans 4 pays", "Benin Ghana Geneva Zürich Belgique", "Benin Ghana Geneva Zürich"},
		{"/fr/nos-sections/?region=afrique", "Afrique\u00a0: 2 sections dans 2 pays", "Benin Ghana", "Benin Ghana"},
		{"/ar/%D9%81%D8%B1%D9%88%D8%B9%D9%86%D8%A7/", "5 فروع في 4 بلدان", "Benin Ghana Geneva Zürich Belgium", "Benin Ghana Geneva Zürich"},
		{"/ar/%D9%81%D8%B1%D9%88%D8%B9%D9%86%D8%A7/?region=europe", "أوروبا: فرعان في بلد واحد", "Geneva Zürich", "Geneva Zürich"},
	} {
		w := get(t, n, tt.path)
		body := w.Body.String()
		list, dots := shown(body)
		if w.Code != http.StatusOK || strings.Join(list, " ") != tt.list || strings.Join(dots, " ") != tt.dots {
			t.Errorf("%s = %d with %q and dots of %q, want %q and %q", tt.path, w.Code, list, dots, tt.list, tt.dots)
		}
		if tt.count != "" && !strings.Contains(body, "<h2>"+tt.count+"</h2>") {
			t.Errorf("%s does not count %q", tt.path, tt.count)
		}
		if tt.count == "" && !strings.Contains(body, "No section matches this choice.") {
			t.Errorf("%s does not say that it is empty", tt.path)
		}
		if !strings.Contains(body, `<link rel="canonical" href="`+cmstest.Base+strings.ReplaceAll(tt.path, "&", "&amp;")+`">`) {
			t.Errorf("%s has another canonical address", tt.path)
		}
		if strings.Count(body, `class="section-list`) > 1 {
			t.Errorf("%s lists the sections twice", tt.path)
		}
		if w.Header().Get("Last-Modified") != "" {
			t.Errorf("%s says when it changed, which nobody knows", tt.path)
		}
		// Every choice leads to as many sections as it says.
		for _, m := range regexp.MustCompile(`<li><a href="([^"]+)"[^>]*>[^<]+ <small>(\d+)</small>`).FindAllStringSubmatch(body, -1) {
			to := get(t, n, strings.ReplaceAll(m[1], "&amp;", "&"))
			list, _ := shown(to.Body.String())
			if to.Code != http.StatusOK || strconv.Itoa(len(list)) != m[2] {
				t.Errorf("%s: %s says %s and leads to %d with %d", tt.path, m[1], m[2], to.Code, len(list))
			}
		}
	}
	// The choice is kept when the language changes.
	body := get(t, n, "/en/our-sections/?language=fr&region=africa").Body.String()
	for _, want := range []string{
		`<a href="/fr/nos-sections/?language=fr&amp;region=afrique" hreflang="fr"`, `?language=fr&amp;region=` + url.QueryEscape("أفريقيا") + `" hreflang="ar"`,
		`hreflang="fr" href="` + cmstest.Base + `/fr/nos-sections/?language=fr&amp;region=afrique">`,
		`<a href="` + cmstest.Base + `/api/v1/network?lang=en&amp;language=fr&amp;region=africa"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestDirectoryAddresses(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	for _, tt := range []struct {
		target string
		status int
		to     string
	}{
		{"/en/network", 301, "/en/our-sections/"},
		{"/en/network/", 301, "/en/our-sections/"},
		{"/fr/network", 301, "/fr/nos-sections/"},
		{"/nl/network", 404, ""},
		{"/en/network?region=africa&utm=1", 301, "/en/our-sections/?region=africa"},
		{"/en/our-sections?status=former", 301, "/en/our-sections/?status=former"},
		{"/fr/nos-sections/?region=africa", 301, "/fr/nos-sections/?region=afrique"},
		{"/en/our-sections/?region=asia-pacific", 301, "/en/our-sections/?region=asia-and-the-pacific"},
		{"/en/our-sections/?region=atlantis", 404, ""},
		{"/en/our-sections/?region=afrique", 404, ""},
		{"/en/our-sections/?status=friend", 404, ""},
		{"/en/our-sections/?language=tlh", 404, ""},
		{"/en/our-sections/?language=%3Cscript%3E", 404, ""},
		{"/en/our-sections/?region=&status=", 200, ""},
		{"/en/our-sections/?page=2", 200, ""},
		// Nothing else is filtered.
		{"/en/?region=africa", 301, "/en/"},
		{"/en/about-us/?status=former", 301, "/en/about-us/"},
		{"/en/about-us/our-mission?language=fr", 301, "/en/about-us/our-mission"},
		{"/en/our-sections/sweden/?region=africa", 301, "/en/our-sections/sweden/"},
	} {
		w := get(t, n, tt.target)
		if w.Code != tt.status || w.Header().Get("Location") != tt.to {
			t.Errorf("GET %s = %d %s, want %d %s", tt.target, w.Code, w.Header().Get("Location"), tt.status, tt.to)
		}
	}
	for path, want := range map[string]int{"/en/our-sections/": 3, "/en/network": 3, "/robots.txt": 0, "/": 0} {
		if got := site.Params(path); len(got) != want {
			t.Errorf("Params(%q) = %v", path, got)
		}
	}
}

// TestRegionZooms: a region shows a part of the same map.
func TestRegionZooms(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	view := func(path string) string {
		m := regexp.MustCompile(`<svg class="map" viewBox="([^"]+)"`).FindStringSubmatch(get(t, n, path).Body.String())
		if m == nil {
			t.Fatalf("%s has no map", path)
		}
		return m[1]
	}
	world, africa, europe := view("/en/our-sections/"), view("/en/our-sections/?region=africa"), view("/en/our-sections/?region=europe")
	if world != "0 0 720 316" || africa == world || europe == world || africa == europe {
		t.Errorf("views: world %s, Africa %s, Europe %s", world, africa, europe)
	}
	if former := view("/en/our-sections/?status=former"); former != world {
		t.Errorf("without a region the view is %s", former)
	}
}

func TestOrganisationPage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	body := get(t, n, "/en/our-sections/sweden/").Body.String()
	for _, want := range []string{
		"This section belonged to the network from 1992 to 2020 and does so no longer.",
		"<dd>Former member (1992–2020)</dd>",
		`<dd lang="sv" dir="ltr">Barnens rätt (<bdi>BR</bdi>)</dd>`,
		`Details confirmed on <time datetime="2026-03-01">1 March 2026</time>`,
		`<a href="tel:116111">116111</a>`,
		`<a href="https://www.social.example/@se" rel="me">social.example</a>`, "Monday to Friday",
		`<svg class="map point"`,
		`<a href="` + cmstest.Base + "/api/v1/sections/" + n.Members["Sweden"] + `?lang=en" type="application/json">This page as data (JSON)</a>`,
		"What it does.",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of a former member lacks %s", want)
		}
	}
	body = get(t, n, "/en/our-sections/benin/").Body.String()
	for _, want := range []string{"<dd>Member</dd>", `href="tel:+22921300000"`, ">+229 21 30 00 00<"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of a member lacks %s", want)
		}
	}
	if strings.Contains(body, "no longer") || strings.Contains(body, "confirmed on") {
		t.Error("the page of a member says what nobody said")
	}
}

// TestOrganisationNames: what the page is called in the languages of the
// organisation is among its names.
func TestOrganisationNames(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	id := n.member(t, "Palestine", models.Values{"country": "PS", "status": "member", "languages": []any{"ar"}})
	for lang, title := range map[string]string{"ar": "فلسطين", "fr": "La Palestine"} {
		n.Translate(t, id, lang, title)
		n.Publish(t, id, lang)
	}
	body := get(t, n, "/en/our-sections/palestine/").Body.String()
	if !strings.Contains(body, `<dd lang="ar" dir="rtl">فلسطين</dd>`) {
		t.Error("the Arabic name is missing")
	}
	if strings.Contains(body, "La Palestine") {
		t.Error("a language that the organisation does not speak names it")
	}
}

// TestFormerSentences: as much is said of a former member as is known.
func TestFormerSentences(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	for i, tt := range []struct{ joined, left, sentence, status string }{
		{"", "", "This section no longer belongs to the network.", "Former member"},
		{"1992", "", "This section joined the network in 1992 and no longer belongs to it.", "Former member"},
		{"", "2020", "This section belonged to the network until 2020 and does so no longer.", "Former member (–2020)"},
	} {
		facts := models.Values{"status": "former"}
		if tt.joined != "" {
			facts["joined"] = tt.joined
		}
		if tt.left != "" {
			facts["left"] = tt.left
		}
		n.member(t, fmt.Sprint("Section ", i), facts)
		body := get(t, n, fmt.Sprintf("/en/our-sections/section-%d/", i)).Body.String()
		if !strings.Contains(body, tt.sentence) || !strings.Contains(body, "<dd>"+tt.status+"</dd>") {
			t.Errorf("joined %q, left %q: not %q and %q", tt.joined, tt.left, tt.sentence, tt.status)
		}
	}
}

// TestDirectoryIsSmall: two hundred sections, as a network in every country
// would have them, are one small answer.
func TestDirectoryIsSmall(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	regions := []string{"africa", "europe", "asia-pacific"}
	langs := []string{"en", "fr", "es", "ar", "pt", "sw", "nl", "de", "sv", "hi", "id", "th"}
	made := 0
	for a := 'A'; a <= 'Z' && made < 200; a++ {
		for b := 'A'; b <= 'Z' && made < 200; b++ {
			code := string(a) + string(b)
			r, err := language.ParseRegion(code)
			if err != nil || !r.IsCountry() || r.String() != code || display.English.Regions().Name(r) == "" {
				continue
			}
			// Somewhere, but not in any order.
			lat, lon := float64(made*37%120)-50+float64(made%10)/10, float64(made*101%340)-170+float64(made%7)/10
			n.member(t, display.English.Regions().Name(r), models.Values{
				"country": code, "region": regions[made%len(regions)], "status": "member", "languages": []any{langs[made%len(langs)]},
				"email": "contact@" + strings.ToLower(code) + ".network.example",
				"place": point(strconv.FormatFloat(lat, 'f', 2, 64), strconv.FormatFloat(lon, 'f', 2, 64)),
			})
			made++
		}
	}
	w := get(t, n, "/en/our-sections/")
	body := w.Body.Bytes()
	weblint.Expect(t, body, weblint.Options{Styles: true})
	list, _ := shown(string(body))
	if len(list) != 201 || strings.Count(string(body), "mailto:contact@") != 201 {
		t.Errorf("%d sections with %d addresses, want 201", len(list), strings.Count(string(body), "mailto:contact@"))
	}
	if !bytes.Contains(body, []byte("201 sections in 200 countries")) { // two of them in Belgium
		t.Error("the count is wrong")
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	t.Logf("%d bytes, %d compressed", len(body), packed.Len())
	if packed.Len() > 12<<10 {
		t.Errorf("%d bytes compressed, want 12 KB at most", packed.Len())
	}
}

// TestStyleFitsThePage: a page carries the rules for rare parts only when it
// has some, and its policy allows what it carries.
func TestStyleFitsThePage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	everyBlock(t, f)
	full, _ := web.SiteCSS()
	plain, _ := web.PlainSiteCSS()
	for path, want := range map[string]template.CSS{
		"/en/": full, "/en/news/": full, "/en/nowhere": full, f.path(t, f.Long, "en"): full,
		"/en/about-us/": plain, "/en/about-us/our-mission": plain, f.path(t, f.Palestine, "en") + "/": plain, f.path(t, f.Press, "en"): plain,
	} {
		w := get(t, f, path)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		css, _, _ := strings.Cut(rest, "</style>")
		if css != string(want) {
			t.Errorf("%s carries %d bytes of style, want %d", path, len(css), len(want))
		}
		sum := sha256.Sum256([]byte(css))
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Errorf("%s: its policy does not allow its style", path)
		}
	}
}
