package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/cms/tally"
	"meridian/models"
	"meridian/models/store"
)

// What readers ask for in vain is counted, also where the page cache answers;
// pages, the JSON and the back office are not. The last counts are stored when
// the server stops.
func TestServerCountsWhatIsMissing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if _, err := env.CMS.AddRedirect(t.Context(), env.Admin, cms.NewRedirect{From: "/en/old", To: env.Page}); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + ln.Addr().String()
	asked := tally.New(nil)
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: base, CacheBytes: 8 << 20, Tally: asked, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, ln, h, env.Store, env.Library, asked) }()
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{
		"/en/nothing", "/en/nothing?utm=1", "/en/nothing", "/en/old", "/en/old", "/en/about-us/", "/en/about-us", "/", "/api/v1/nothing", "/admin/nothing", "/static/nothing.css",
	} {
		res, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) error {
		list, _, err := r.Missing(10, 0)
		if err != nil || len(list) != 1 || list[0].Path != "nothing" || list[0].Hits != 3 {
			t.Errorf("missing %+v, %v", list, err)
		}
		row, err := r.AddressRow("en", "old")
		if row.Hits != 2 || row.LastAt == nil {
			t.Errorf("redirect %+v", row)
		}
		return err
	})
	// A broken database at the end is no reason not to end.
	lastly(t.Context(), "fail", func(context.Context) error { return models.ErrBusy })
}

// BenchmarkCachedMissing is a 404 out of the page cache, with and without
// counting it:
//
//	go test -run '^$' -bench CachedMissing ./cmd/meridian
func BenchmarkCachedMissing(b *testing.B) {
	env := cmstest.New(b)
	for name, asked := range map[string]*tally.Tally{"bare": nil, "counted": tally.New(nil)} {
		h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: cmstest.Base, CacheBytes: 8 << 20, Tally: asked, Library: env.Library})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, cmstest.Base+"/en/about-us/"+strings.Repeat("x", 20), nil)
			w := &sink{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}
