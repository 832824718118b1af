package pagecache

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// crowd sends n equal requests at once and returns the answers, nil for one
// whose handler panicked.
func (s *site) crowd(n int, target string) []*httptest.ResponseRecorder {
	out := make([]*httptest.ResponseRecorder, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			defer func() {
				if recover() != nil {
					out[i] = nil
				}
			}()
			out[i] = httptest.NewRecorder()
			s.ServeHTTP(out[i], httptest.NewRequest("GET", target, nil))
		})
	}
	wg.Wait()
	return out
}

func TestSingleFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			htmlPage(w, r)
		})
		for _, w := range s.crowd(50, "/en/") {
			if w.Code != 200 || w.Body.String() != page {
				t.Errorf("status %d with %d bytes", w.Code, w.Body.Len())
			}
		}
		s.wantRuns(t, 1)
		if st := s.cache.Stats(); st.Misses != 1 || st.Shared != 49 || len(s.cache.flights) != 0 {
			t.Errorf("Stats = %+v, %d flights left", st, len(s.cache.flights))
		}
	})
}

func TestDifferentPagesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Second); htmlPage(w, r) })
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { s.get(t, fmt.Sprintf("/en/%d", i)) })
		}
		wg.Wait()
		if d := time.Since(start); d != time.Second {
			t.Errorf("20 pages took %v", d)
		}
	})
}

func TestPanicDoesNotPoisonTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s *site
		s = newSite(t, func(w http.ResponseWriter, r *http.Request) {
			first := s.runs.Load() == 1
			time.Sleep(time.Second)
			if first {
				panic("template broke")
			}
			htmlPage(w, r)
		})
		panicked := 0
		for _, w := range s.crowd(20, "/en/") {
			if w == nil {
				panicked++
			} else if w.Code != 200 || w.Body.String() != page {
				t.Errorf("status %d with %d bytes", w.Code, w.Body.Len())
			}
		}
		if panicked != 1 {
			t.Errorf("%d requests panicked, want the first only", panicked)
		}
		if resp := s.get(t, "/en/"); resp.StatusCode != 200 {
			t.Errorf("afterwards: status %d", resp.StatusCode)
		}
		if len(s.cache.flights) != 0 || len(s.cache.alone) != 0 {
			t.Errorf("%d flights and %d slots left", len(s.cache.flights), len(s.cache.alone))
		}
	})
}

func TestAnswersForOneReaderAreNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s *site
		var now, most atomic.Int64
		s = newSite(t, func(w http.ResponseWriter, _ *http.Request) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			id := strconv.FormatInt(s.runs.Load(), 10)
			time.Sleep(time.Second)
			w.Header().Set("Set-Cookie", "id="+id)
			io.WriteString(w, id)
		})
		seen := map[string]bool{}
		for _, w := range s.crowd(100, "/en/") {
			if seen[w.Body.String()] {
				t.Errorf("answer %q was given twice", w.Body)
			}
			seen[w.Body.String()] = true
		}
		s.wantRuns(t, 100)
		if limit := int64(cap(s.cache.alone)); most.Load() > limit {
			t.Errorf("%d renderings at once, limit %d", most.Load(), limit)
		}
	})
}

func TestStreamLetsTheOthersGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s *site
		s = newSite(t, func(w http.ResponseWriter, r *http.Request) {
			if s.runs.Load() == 1 {
				w.(http.Flusher).Flush()
				time.Sleep(time.Hour)
			}
			htmlPage(w, r)
		})
		go s.get(t, "/en/")
		synctest.Wait()
		start := time.Now()
		s.get(t, "/en/")
		if d := time.Since(start); d > time.Second {
			t.Errorf("waited %v for somebody's stream", d)
		}
		time.Sleep(2 * time.Hour)
	})
}

// slow answers after a second, unless it is told to end.
func slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(time.Second):
		htmlPage(w, r)
	case <-r.Context().Done():
	}
}

// leaving asks until it has waited for long enough, and returns a channel that
// is closed when it is let go.
func (s *site) leaving(t *testing.T, target string, after time.Duration) <-chan struct{} {
	ctx, cancel := context.WithTimeout(t.Context(), after)
	gone := make(chan struct{})
	go func() {
		defer cancel()
		defer close(gone)
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil).WithContext(ctx))
	}()
	synctest.Wait()
	return gone
}

func TestClientThatLeavesDoesNotCancelTheRenderingOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, slow)
		start := time.Now()
		s.leaving(t, "/en/", 50*time.Millisecond)
		waiter := s.leaving(t, "/en/", 100*time.Millisecond)
		stays := make(chan int)
		go func() { stays <- s.get(t, "/en/").StatusCode }()
		<-waiter
		if d := time.Since(start); d != 100*time.Millisecond {
			t.Errorf("a waiter that gave up was held for %v", d)
		}
		if status := <-stays; status != 200 || time.Since(start) != time.Second {
			t.Errorf("the one who stayed got %d after %v", status, time.Since(start))
		}
		s.wantRuns(t, 1)
	})
}

// TestNobodyWaits: a rendering ends with the last client who waited for it,
// nothing of it is kept, and whoever comes afterwards gets a whole one.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	for name, bytes := range map[string]int64{"cache": 4 << 20, "no cache": 0} {
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Int64
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				slow(w, r)
				if r.Context().Err() != nil {
					ended.Add(1)
				}
			}, func(o *Options) { o.MaxBytes = bytes })
			first, second := s.leaving(t, "/en/", 300*time.Millisecond), s.leaving(t, "/en/", 200*time.Millisecond)
			<-second
			synctest.Wait()
			if n := ended.Load(); bytes > 0 && n != 0 {
				t.Errorf("%s: ended while somebody waited", name)
			}
			start := time.Now()
			<-first
			synctest.Wait()
			if d := time.Since(start); d != 100*time.Millisecond || ended.Load() != s.runs.Load() {
				t.Errorf("%s: %d of %d renderings ended, %v after the first client left", name, ended.Load(), s.runs.Load(), d)
			}
			resp := s.get(t, "/en/")
			if resp.StatusCode != 200 || body(t, resp) != page {
				t.Errorf("%s: who came afterwards got %d", name, resp.StatusCode)
			}
			if len(s.cache.flights) != 0 || len(s.cache.alone) != 0 {
				t.Errorf("%s: %d flights and %d slots left", name, len(s.cache.flights), len(s.cache.alone))
			}
		})
	}
}

func TestRenderDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			w.WriteHeader(http.StatusServiceUnavailable)
		}, func(o *Options) { o.RenderTimeout = time.Second })
		start := time.Now()
		if resp := s.get(t, "/en/"); resp.StatusCode != http.StatusServiceUnavailable || time.Since(start) != time.Second {
			t.Errorf("status %d after %v", resp.StatusCode, time.Since(start))
		}
	})
}

// Readers ask all the time while an editor publishes. Whoever asks after a
// publish was acknowledged must not get an older text; run with -race.
func TestNothingStaleUnderConcurrentPublishes(t *testing.T) {
	t.Parallel()
	var text atomic.Int64 // what the database holds; moves before the generation does
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		n := text.Load()
		runtime.Gosched()
		if n%3 == 0 {
			w.WriteHeader(http.StatusNotFound) // unpublished
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%d %s", n, page)
	}, func(o *Options) { o.MaxBytes = 300 << 10 }) // evicts all the time

	var published atomic.Int64 // acknowledged
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				target := fmt.Sprintf("/en/%d", (i+n)%40)
				atLeast := published.Load()
				resp := s.get(t, target, "Accept-Encoding: "+[]string{"", "gzip", "br"}[n%3])
				number, _, _ := strings.Cut(plain(t, resp), " ")
				got, err := strconv.ParseInt(number, 10, 64)
				if err != nil || got < atLeast {
					t.Errorf("%s: got text %q after %d was published", target, number, atLeast)
					return
				}
				if gone := resp.StatusCode == http.StatusNotFound; gone != (got%3 == 0) {
					t.Errorf("text %d came with status %d", got, resp.StatusCode)
					return
				}
			}
		})
	}
	for i := int64(1); i <= 300; i++ {
		text.Store(i)
		runtime.Gosched()
		s.gen.Store(i + 1)
		published.Store(i)
		time.Sleep(time.Millisecond)
	}
	close(stop)
	readers.Wait()
	if st := s.cache.Stats(); st.Hits == 0 || st.Bytes > 300<<10 {
		t.Errorf("Stats = %+v", st)
	}
}
