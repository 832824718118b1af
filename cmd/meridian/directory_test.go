package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/api"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/models"
	"meridian/models/store"
)

// installed serves the demonstration network and hands out what is behind it,
// with the administrator.
func installed(t *testing.T) (*cmstest.Env, *httptest.Server) {
	t.Helper()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: demoSecret}); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) (err error) {
		env.Admin, err = r.UserByCanonical("admin@meridian.example")
		return err
	})
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{Install: cms.Install}), handlerOptions{Base: base, CacheBytes: 8 << 20, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = h
	srv.Start()
	t.Cleanup(srv.Close)
	return env, srv
}

// readPage returns what readers get, and fails the test if it is no page.
func readPage(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, res.Status, err)
	}
	return string(body)
}

// TestASectionLeaves: one section becomes a former member, and every number
// follows in the next request, in every language, though nobody touched a page.
func TestASectionLeaves(t *testing.T) {
	t.Parallel()
	env, srv := installed(t)
	directory := map[string]string{}
	for _, lang := range []string{"en", "fr", "nl", "es", "ar"} {
		res, err := http.Get(srv.URL + "/" + lang + "/network")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if directory[lang] = res.Request.URL.String(); res.StatusCode != http.StatusOK {
			t.Fatalf("/%s/network leads to %s: %s", lang, directory[lang], res.Status)
		}
	}
	count := map[string]string{
		"en": "<h2>%d sections in %[1]d countries</h2>", "fr": "<h2>%d sections dans %[1]d pays</h2>", "nl": "<h2>%d afdelingen in %[1]d landen</h2>",
		"es": "<h2>%d secciones en %[1]d países</h2>", "ar": "<h2>%d فرعًا في %[1]d بلدًا</h2>",
	}
	// The address of what leaves, as each language links to it.
	leaver := map[string]string{"en": "/en/national-sections/benin/", "fr": "/fr/sections-nationales/benin/", "nl": "/nl/nationale-afdelingen/benin/"}
	var sections struct{ Items []item }
	getJSON(t, srv.URL+"/api/v1/sections?lang=en&limit=200", &sections)
	id := ""
	for _, s := range sections.Items {
		if s.Title == "Benin" {
			id = s.ID
		}
	}
	if id == "" {
		t.Fatal("there is no Benin in the demonstration")
	}
	members := func() (n int) {
		var l struct{ Items []item }
		getJSON(t, srv.URL+"/api/v1/sections?limit=200&lang=en", &l)
		for _, s := range l.Items {
			if s.Facts["status"] == "member" {
				n++
			}
		}
		return n
	}
	expect := func(n int) {
		t.Helper()
		if home := readPage(t, srv.URL+"/en/"); !strings.Contains(home, fmt.Sprintf("%d national sections", n)) {
			t.Errorf("the home page does not count %d", n)
		}
		for lang, url := range directory {
			page := readPage(t, url)
			if want := fmt.Sprintf(count[lang], n); !strings.Contains(page, want) {
				t.Errorf("the directory in %s lacks %q", lang, want)
			}
			if got := strings.Count(page, `class="hit"`); got != n {
				t.Errorf("the directory in %s has %d dots on its map, want %d", lang, got, n)
			}
			if got := strings.Count(page, "mailto:contact@"); got != n {
				t.Errorf("the directory in %s has %d addresses, want %d", lang, got, n)
			}
			if at := leaver[lang]; at != "" && strings.Contains(page, `<a href="`+at+`"`) != (n == 35) {
				t.Errorf("the directory in %s, counting %d, leads to %s: %v", lang, n, at, n != 35)
			}
		}
		if got := members(); got != n {
			t.Errorf("the JSON counts %d members, want %d", got, n)
		}
		var network api.Network
		getJSON(t, srv.URL+api.NetworkPath+"?lang=en", &network)
		listed := slices.ContainsFunc(network.Items, func(it api.NetworkItem) bool { return it.ID == id })
		if c := network.Counts; len(network.Items) != n || c.Sections != n || c.Countries != n || c.Statuses.Former != 0 || listed != (n == 35) {
			t.Errorf("the network in JSON has %d items, names what leaves: %v, and counts %+v; want %d", len(network.Items), listed, c, n)
		}
		sum := 0
		for _, region := range network.Counts.Regions {
			sum += region.Sections
		}
		if sum != n {
			t.Errorf("its regions have %d sections, want %d", sum, n)
		}
	}
	expect(35)

	facts := env.DraftOf(t, id, models.Facts).Fields
	facts["status"], facts["joined"], facts["left"] = models.StatusFormer, "1994", "2021"
	saved, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: id, Lang: models.Facts, Version: env.Edition(t, id, models.Facts).Version, Fields: facts})
	if err != nil {
		t.Fatal(err)
	}
	expect(35) // a draft says nothing to readers
	if _, err := env.CMS.Publish(t.Context(), env.Admin, cms.Publish{Entry: id, Lang: models.Facts, Version: saved.Version}); err != nil {
		t.Fatal(err)
	}
	expect(34)

	// It is listed where former members are, and its address still answers.
	if former := readPage(t, directory["fr"]+"?status=former"); !strings.Contains(former, leaver["fr"]) || !strings.Contains(former, "<h2>1 section dans 1 pays</h2>") {
		t.Error("the former members do not name it")
	}
	for lang, sentence := range map[string]string{
		"en": "This section belonged to the network from 1994 to 2021 and does so no longer.",
		"fr": "Cette section a fait partie du réseau de 1994 à 2021 et n’en fait plus partie.",
		"nl": "Deze afdeling hoorde van 1994 tot 2021 bij het netwerk en nu niet meer.",
	} {
		if page := readPage(t, srv.URL+leaver[lang]); !strings.Contains(page, sentence) {
			t.Errorf("%s does not say %q", leaver[lang], sentence)
		}
	}
	var former api.Network
	getJSON(t, srv.URL+api.NetworkPath+"?lang=en&status=former", &former)
	if len(former.Items) != 1 || former.Items[0].ID != id || former.Counts.Statuses.Former != 1 {
		t.Errorf("the former members in JSON: %+v", former.Counts)
	}
	var left item
	getJSON(t, srv.URL+"/api/v1/sections/"+id+"?lang=en", &left)
	if left.Facts["status"] != "former" || left.Facts["left"] != "2021" {
		t.Errorf("its JSON says %v", left.Facts)
	}
}

// TestDemonstrationOnTheMap: every section of the demonstration stands on the
// map, and each region is closer than the world.
func TestDemonstrationOnTheMap(t *testing.T) {
	t.Parallel()
	_, srv := installed(t)
	for region, n := range map[string]int{"": 35, "africa": 10, "americas": 7, "asia-and-the-pacific": 1, "europe": 8, "middle-east-and-north-africa": 9} {
		page := readPage(t, srv.URL+"/en/national-sections/?region="+region)
		if got := strings.Count(page, `class="hit"`); got != n {
			t.Errorf("region %q has %d dots, want %d", region, got, n)
		}
		if got := strings.Contains(page, `<svg class="map" viewBox="0 0 720 316"`); got != (region == "") {
			t.Errorf("region %q shows the whole world: %v", region, got)
		}
	}
}
