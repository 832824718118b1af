package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"meridian/cms/account"
)

// proxy is a shared cache as RFC 9111 describes it, with a clock of its own: it
// keeps what it may, for each URL as many answers as Vary tells apart, and uses
// them as long as it may.
type proxy struct {
	origin http.Handler
	now    time.Time
	kept   map[string][]*keptAnswer
	hits   int // given out without asking
	held   int // given out after asking
}

type keptAnswer struct {
	request http.Header // what Vary names of it
	status  int
	header  http.Header
	body    []byte
	at      time.Time
}

// directives parses Cache-Control.
func directives(h http.Header) map[string]string {
	m := map[string]string{}
	for _, line := range h.Values("Cache-Control") {
		for d := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(d), "=")
			m[strings.ToLower(name)] = strings.Trim(value, `"`)
		}
	}
	return m
}

func vary(h http.Header) (names []string) {
	for _, line := range h.Values("Vary") {
		for n := range strings.SplitSeq(line, ",") {
			names = append(names, http.CanonicalHeaderKey(strings.TrimSpace(n)))
		}
	}
	return names
}

// life is how long an answer may be given out without asking.
func (k *keptAnswer) life() time.Duration {
	d := directives(k.header)
	if _, no := d["no-cache"]; no {
		return 0
	}
	for _, name := range []string{"s-maxage", "max-age"} {
		if s, ok := d[name]; ok {
			n, _ := strconv.Atoi(s)
			return time.Duration(n) * time.Second
		}
	}
	return 0 // it could guess; it does not
}

func (k *keptAnswer) matches(r *http.Request) bool {
	for name, values := range k.request {
		if !slices.Equal(values, r.Header.Values(name)) {
			return false
		}
	}
	return true
}

// storable follows RFC 9111 §3 and §3.5.
func storable(r *http.Request, status int, h http.Header) bool {
	d := directives(h)
	for _, no := range []string{"no-store", "private"} {
		if _, ok := d[no]; ok {
			return false
		}
	}
	if r.Header.Get("Authorization") != "" {
		_, public := d["public"]
		_, must := d["must-revalidate"]
		_, shared := d["s-maxage"]
		if !public && !must && !shared {
			return false
		}
	}
	return r.Method == http.MethodGet && !slices.Contains(vary(h), "*") && slices.Contains([]int{200, 301, 302, 404, 410}, status) && h.Get("Cache-Control") != ""
}

func (p *proxy) ask(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.origin.ServeHTTP(w, r)
	return w
}

func (p *proxy) answer(r *http.Request) (status int, h http.Header, body []byte) {
	key := r.URL.RequestURI()
	i := slices.IndexFunc(p.kept[key], func(k *keptAnswer) bool { return k.matches(r) })
	if r.Header.Get("Authorization") == "" && i >= 0 {
		k := p.kept[key][i]
		if p.now.Sub(k.at) < k.life() {
			p.hits++
			return k.status, k.header, k.body
		}
		if tag := k.header.Get("ETag"); tag != "" {
			again := r.Clone(r.Context())
			again.Header.Set("If-None-Match", tag)
			w := p.ask(again)
			if w.Code == http.StatusNotModified {
				for name, values := range w.Header() {
					k.header[name] = values
				}
				k.at = p.now
				p.held++
				return k.status, k.header, k.body
			}
			return p.keep(r, w)
		}
	}
	return p.keep(r, p.ask(r))
}

func (p *proxy) keep(r *http.Request, w *httptest.ResponseRecorder) (int, http.Header, []byte) {
	key, h := r.URL.RequestURI(), w.Header()
	if storable(r, w.Code, h) {
		k := &keptAnswer{request: http.Header{}, status: w.Code, header: h.Clone(), body: w.Body.Bytes(), at: p.now}
		for _, name := range vary(h) {
			k.request[name] = slices.Clone(r.Header.Values(name))
		}
		p.kept[key] = slices.DeleteFunc(p.kept[key], func(k *keptAnswer) bool { return k.matches(r) })
		p.kept[key] = append(p.kept[key], k)
	}
	return w.Code, h, w.Body.Bytes()
}

// undone takes the coding off a body; it must be one that was asked for.
func undone(r *http.Request, h http.Header, body []byte) (string, error) {
	enc := h.Get("Content-Encoding")
	if enc != "" && !strings.Contains(r.Header.Get("Accept-Encoding"), enc) {
		return "", fmt.Errorf("a body in %q for who takes %q", enc, r.Header.Get("Accept-Encoding"))
	}
	var from io.Reader = bytes.NewReader(body)
	switch enc {
	case "gzip":
		z, err := gzip.NewReader(from)
		if err != nil {
			return "", err
		}
		from = z
	case "br":
		from = brotli.NewReader(from)
	}
	out, err := io.ReadAll(from)
	return string(out), err
}

// seen is an answer as a reader sees it.
func seen(status int, h http.Header, text string) string {
	return fmt.Sprint(status, " ", h.Get("Location"), " ", h.Get("Content-Language"), "\n", text)
}

// TestSharedCache puts a cache of somebody else between readers and the program
// while things change. By default nobody gets anything that is not what the
// program answers at that moment to that very request; with --shared-cache
// nobody gets anything older than that, and nobody what is another's.
func TestSharedCache(t *testing.T) {
	t.Parallel()
	for _, bound := range []time.Duration{0, 20 * time.Second} {
		t.Run(bound.String(), func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			if *cacheSeed != 0 {
				seed = *cacheSeed
			}
			t.Logf("-cacheseed %d", seed)
			w := newWorld(t, seed)
			o := handlerOptions{Base: "https://site.example", CacheBytes: 16 << 20, Shared: bound, Library: w.env.Library, Logger: slog.New(slog.DiscardHandler)}
			h, err := newHandler(w.env.Store, account.New(w.env.Store, account.Options{}), o)
			if err != nil {
				t.Fatal(err)
			}
			o.CacheBytes, o.Shared = 0, 0
			plain, err := newHandler(w.env.Store, account.New(w.env.Store, account.Options{}), o)
			if err != nil {
				t.Fatal(err)
			}
			p := &proxy{origin: h, now: time.Now(), kept: map[string][]*keptAnswer{}}
			all := worldURLs{}
			all.add(w)
			targets := append(slices.Sorted(maps.Keys(all)), "/", "/en/search?q=rights", "/api/v1/search?q=rights&lang=en", "/.well-known/security.txt")
			// When each answer was the right one last, by what it was the answer to.
			right := map[string]map[string]time.Time{}
			names := slices.Sorted(maps.Keys(w.acts()))
			asked := 0
			for step := range 40 {
				act := w.step(names)
				for range 60 {
					target := one(w, targets)
					r := httptest.NewRequest(http.MethodGet, target, nil)
					r.Host = "site.example"
					for name, values := range map[string][]string{
						"Accept-Encoding": {"", "gzip", "gzip, deflate, br", "br;q=0.5, gzip;q=0.2"}, "Accept-Language": {"", "fr", "nl, en;q=0.5"},
						"Authorization": {"", "", "", "Bearer mrd_x"}, "Cookie": {"", "a=b"},
					} {
						if v := one(w, values); v != "" {
							r.Header.Set(name, v)
						}
					}
					direct := httptest.NewRecorder()
					bare := r.Clone(t.Context())
					bare.Header.Del("Accept-Encoding")
					plain.ServeHTTP(direct, bare)
					now := seen(direct.Code, direct.Header(), direct.Body.String())

					status, header, body := p.answer(r)
					asked++
					text, err := undone(r, header, body)
					if err != nil {
						t.Fatalf("%s: %v", target, err)
					}
					got := seen(status, header, text)
					key := target
					if target == "/" {
						key += r.Header.Get("Accept-Language")
					}
					if right[key] == nil {
						right[key] = map[string]time.Time{}
					}
					right[key][now] = p.now
					if got == now {
						continue
					}
					if at, ok := right[key][got]; !ok || p.now.Sub(at) >= bound {
						t.Fatalf("step %d (%s): %s %v:\ngot %.300s\nwant %.300s", step, act, target, r.Header, got, now)
					}
					if r.Header.Get("Authorization") != "" {
						t.Fatalf("%s: who signed in got an old answer", target)
					}
				}
				p.now = p.now.Add(time.Duration(w.rand.IntN(8)) * time.Second)
			}
			t.Logf("%d answers, %d given out without asking, %d after asking", asked, p.hits, p.held)
			if bound == 0 && p.hits > asked/5 || bound > 0 && p.hits == 0 || bound == 0 && p.held == 0 {
				t.Errorf("%d and %d of %d: this compares nothing", p.hits, p.held, asked)
			}
			for key, list := range p.kept {
				for _, k := range list {
					if _, cookie := k.request["Cookie"]; cookie {
						t.Errorf("%s varies by cookies, which readers do not have", key)
					}
					if bound > 0 && k.life() > time.Minute && key != "/robots.txt" {
						t.Errorf("%s may be given out for %v", key, k.life())
					}
				}
			}
		})
	}
}
