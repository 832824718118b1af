package tally_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/cms/tally"
	"meridian/models/store"
)

// answers is a readers' side that answers by the path.
var answers = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	switch p := r.URL.Path; {
	case strings.HasPrefix(p, "/en/moved"):
		w.Header().Set("Location", "/en/elsewhere")
		w.WriteHeader(http.StatusMovedPermanently)
	case p == "/en/section":
		w.Header().Set("Location", "/en/section/")
		w.WriteHeader(http.StatusMovedPermanently)
	case strings.HasPrefix(p, "/en/gone"):
		w.WriteHeader(http.StatusGone)
	case strings.HasPrefix(p, "/en/there"):
		_, _ = w.Write([]byte("here"))
	default:
		http.Error(w, "nothing", http.StatusNotFound)
	}
})

func ask(h http.Handler, method, path string) {
	r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: "utm=1"}, Header: http.Header{}, RemoteAddr: "192.0.2.7:1"}
	h.ServeHTTP(httptest.NewRecorder(), r)
}

func missing(t *testing.T, env *cmstest.Env) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	env.View(t, func(r *store.Read) error {
		list, _, err := r.Missing(tally.MaxRows, 0)
		for _, m := range list {
			out["/"+m.Lang+"/"+m.Path] = m.Hits
		}
		return err
	})
	return out
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ty := tally.New(env.Clock.Now)
	h := ty.Wrap(answers)
	for _, p := range []string{
		"/en/nothing", "/EN/Nothing/", "/en//nothing", "/index.php/old.html", "/ar/غير-موجود", "/en/moved/page",
		"/en/section", "/en/gone", "/en/there", "/", "/en/", "/wp-admin\x00", "/en/caf\u0065\u0301", "/en/\xff", `/en/a\b`,
		"/en/a@b.example", "/en/" + strings.Repeat("a", 300), "/admin/x", "/preview/secret", "/en/../x", "/en/\u202egnp",
	} {
		ask(h, http.MethodGet, p)
	}
	ask(h, http.MethodHead, "/en/nothing")
	ask(h, http.MethodPost, "/en/nothing")
	head := env.Store.Head()
	if err := ty.Flush(t.Context(), env.Store); err != nil {
		t.Fatal(err)
	}
	if env.Store.Head() != head {
		t.Error("counting moved the journal")
	}
	want := map[string]int64{"/en/nothing": 4, "//index.php/old.html": 1, "/ar/غير-موجود": 1, "/en/moved/page": 1}
	if got := missing(t, env); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	env.Clock.Advance(time.Minute)
	ask(h, http.MethodGet, "/en/nothing")
	if err := ty.Flush(t.Context(), env.Store); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) error {
		list, _, err := r.Missing(1, 0)
		if err != nil {
			return err
		}
		if m := list[0]; m.Hits != 5 || !m.FirstAt.Equal(cmstest.Start) || !m.LastAt.Equal(cmstest.Start.Add(time.Minute)) {
			t.Errorf("row %+v", m)
		}
		return nil
	})
}

// Whoever asks for a great many addresses that are nobody's fills neither the
// memory nor the table; what is asked for often stays.
func TestBounds(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ty := tally.New(env.Clock.Now)
	h := ty.Wrap(answers)
	for range 3 {
		ask(h, http.MethodGet, "/en/often")
	}
	for round := range 4 {
		for i := range 2 * tally.MaxAddresses {
			ask(h, http.MethodGet, fmt.Sprintf("/en/nonsense-%d-%d", round, i))
		}
		if err := ty.Flush(t.Context(), env.Store); err != nil {
			t.Fatal(err)
		}
		env.Clock.Advance(10 * time.Second)
		want := min((round+1)*tally.MaxAddresses, tally.MaxRows)
		got := missing(t, env)
		if len(got) != want {
			t.Errorf("round %d: %d rows, want %d", round, len(got), want)
		}
		if got["/en/often"] != 3 {
			t.Errorf("round %d: the address asked for most is gone", round)
		}
		if newest := fmt.Sprintf("/en/nonsense-%d-1", round); round > 0 && got[newest] != 1 {
			t.Errorf("round %d: %s is gone before older ones", round, newest)
		}
	}
}

func TestCountsSurviveAFailedFlush(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ty := tally.New(env.Clock.Now)
	h := ty.Wrap(answers)
	ask(h, http.MethodGet, "/en/nothing")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ty.Flush(ctx, env.Store); !errors.Is(err, context.Canceled) {
		t.Fatalf("Flush = %v", err)
	}
	ask(h, http.MethodGet, "/en/nothing")
	if err := ty.Flush(t.Context(), env.Store); err != nil {
		t.Fatal(err)
	}
	if got := missing(t, env)["/en/nothing"]; got != 2 {
		t.Errorf("counted %d, want 2", got)
	}
}

// What leads somewhere by now is no longer missing.
func TestMissingLeavesOutWhatIsThere(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var list []store.AddressHit
	for _, p := range []string{"about-us", "about-us/news", "news", "about-us/not-public-yet", "nowhere/news", "our-mission/news"} {
		list = append(list, store.AddressHit{Lang: "en", Path: p, Hits: 1, FirstAt: cmstest.Start, LastAt: cmstest.Start})
	}
	env.Tx(t, func(tx *store.Tx) error { return tx.CountHits(list, 100) })
	want := map[string]int64{"/en/about-us/not-public-yet": 1, "/en/nowhere/news": 1, "/en/our-mission/news": 1}
	if got := missing(t, env); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("missing %v, want %v", got, want)
	}
	env.View(t, func(r *store.Read) error {
		list, _, err := r.Missing(10, 0)
		for _, m := range list {
			if (m.EntryID == env.Draft) != (m.Path == "about-us/not-public-yet") || (m.Title != "") != (m.EntryID != "") {
				t.Errorf("row %+v", m)
			}
		}
		return err
	})
	env.Tx(t, func(tx *store.Tx) error { return tx.ForgetHits("en", "nowhere/news") })
	if got := missing(t, env); len(got) != 2 {
		t.Errorf("after forgetting: %v", got)
	}
}

// still answers at once, as the page cache does.
func still(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

func TestCountingAllocatesNothing(t *testing.T) {
	for _, status := range []int{200, 404} {
		h := tally.New(nil).Wrap(still(status))
		r, w := httptest.NewRequest(http.MethodGet, "/en/nothing", nil), &sink{http.Header{}}
		h.ServeHTTP(w, r)
		if n := testing.AllocsPerRun(1000, func() { h.ServeHTTP(w, r) }); n > 0.1 {
			t.Errorf("%d: %.1f allocations a request", status, n)
		}
	}
}

// BenchmarkWrap compares an answer with and without counting:
//
//	go test -run '^$' -bench Wrap ./cms/tally
func BenchmarkWrap(b *testing.B) {
	for _, status := range []int{200, 404} {
		for name, h := range map[string]http.Handler{"bare": still(status), "counted": tally.New(nil).Wrap(still(status))} {
			b.Run(fmt.Sprint(status, "/", name), func(b *testing.B) {
				r, w := httptest.NewRequest(http.MethodGet, "/en/about-us/no-such-page-here", nil), &sink{http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					h.ServeHTTP(w, r)
				}
			})
		}
	}
}
