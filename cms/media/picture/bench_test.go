package picture

import (
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// large is a photo of 12 megapixels, as a phone takes it.
var large = sync.OnceValue(func() []byte { return photo(new(testing.B), scene(4000, 3000), 1) })

// BenchmarkClean is what an upload waits for.
//
//	go test -run '^$' -bench . -benchmem ./cms/media/picture
func BenchmarkClean(b *testing.B) {
	data := large()
	b.ReportAllocs()
	for b.Loop() {
		if err := read(b, data).Clean(b.Context(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCleanTurned has to encode again.
func BenchmarkCleanTurned(b *testing.B) {
	data := photo(b, scene(4000, 3000), 6)
	b.ReportAllocs()
	for b.Loop() {
		if err := read(b, data).Clean(b.Context(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is what is known without decoding.
func BenchmarkRead(b *testing.B) {
	data := large()
	b.ReportAllocs()
	for b.Loop() {
		read(b, data)
	}
}

// BenchmarkFirst is until the first rendition of all is there.
func BenchmarkFirst(b *testing.B) {
	stop := errors.New("stop")
	data := large()
	b.ReportAllocs()
	for b.Loop() {
		p := read(b, data)
		if err := p.Render(b.Context(), Centre, p.Targets(), func(Rendition) error { return stop }); !errors.Is(err, stop) {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhole makes the six widths of the whole picture, BenchmarkAll the
// crops as well.
func BenchmarkWhole(b *testing.B) { benchRender(b, Whole) }
func BenchmarkAll(b *testing.B)   { benchRender(b, Ratios...) }

func benchRender(b *testing.B, ratios ...Ratio) {
	data := large()
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		p := read(b, data)
		size = 0
		if err := p.Render(b.Context(), Centre, p.Targets(ratios...), func(r Rendition) error { size += len(r.Data); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size), "bytes")
}

// BenchmarkDrawing makes all renditions of a screenshot.
func BenchmarkDrawing(b *testing.B) {
	data := pngBytes(b, drawing(2880, 1800))
	for b.Loop() {
		p := read(b, data)
		if err := p.Render(b.Context(), Centre, p.Targets(Whole), func(Rendition) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFourUploads stores four photos at a time, BenchmarkTwoRendered makes
// the renditions of two. Both report the most that the heap held above what it
// held before, garbage included, in megabytes.
func BenchmarkFourUploads(b *testing.B) {
	atOnce(b, 4, func(p *Picture) error { return p.Clean(b.Context(), io.Discard) })
}

func BenchmarkTwoRendered(b *testing.B) {
	atOnce(b, 2, func(p *Picture) error {
		return p.Render(b.Context(), Centre, p.Targets(), func(Rendition) error { return nil })
	})
}

func atOnce(b *testing.B, n int, do func(*Picture) error) {
	data := large()
	heap := func() float64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapSys-m.HeapReleased) / (1 << 20)
	}
	debug.FreeOSMemory()
	before, most := heap(), 0.0
	for b.Loop() {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				if err := do(read(b, data)); err != nil {
					b.Error(err)
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for running := true; running; {
			select {
			case <-done:
				running = false
			case <-time.After(5 * time.Millisecond):
			}
			most = max(most, heap()-before)
		}
	}
	b.ReportMetric(most, "peak-MB")
}
