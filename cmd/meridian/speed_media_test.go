package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

// benchFiles measures pictures from disk, of people and of nobody, against a
// bare handler that gives the same file to http.ServeContent.
func benchFiles(b *testing.B) {
	env := cmstest.New(b)
	for _, tt := range []struct {
		name   string
		people models.People
		size   int
	}{
		{"picture of people, 30 KB", models.PeopleCrowd, 30 << 10},
		{"picture of nobody, 120 KB", models.PeopleNone, 120 << 10},
	} {
		a := env.File(b, cmstest.NewFile{People: tt.people, Body: bytes.Repeat([]byte("0123456789abcdef"), tt.size/16)})
		page := env.Create(b, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: tt.name})
		env.Write(b, page, "en", "", block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + a.ID, "alt": "A crowd", "size": "text"}})
		env.Publish(b, page, "en")
		h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: "http://127.0.0.1:8080", Open: env.Open, Library: env.Library})
		if err != nil {
			b.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(env.Dir, "media", "originals", "*", "*"))
		if err != nil {
			b.Fatal(err)
		}
		var name string
		for _, f := range files {
			if info, err := os.Stat(f); err == nil && info.Size() == int64(tt.size) {
				name = f
			}
		}
		plain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f, err := os.Open(name)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			defer f.Close()
			w.Header().Set("Content-Type", "image/jpeg")
			http.ServeContent(w, r, "", time.Time{}, f)
		})
		href := hrefOf(b, env, a.ID)
		x, z := httptest.NewServer(h), httptest.NewServer(plain)
		ours, _, ratio := measure(overLoopback(b, href, "", tt.size), x, z)
		x.Close()
		z.Close()
		say("file: "+tt.name, ours.in("µs", 1e6), fmt.Sprintf("×%.2f (%.2f–%.2f) the speed of a bare file handler", ratio.median(), ratio[0], ratio[len(ratio)-1]))
	}
}

// hrefOf returns the address of the original of a public file.
func hrefOf(tb testing.TB, env *cmstest.Env, id string) (href string) {
	tb.Helper()
	err := env.Live.View(tb.Context(), func(v *live.View) error {
		m, err := v.Media(id)
		if err == nil {
			href = m.Href
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return href
}
