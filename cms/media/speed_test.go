package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// photo returns a JPEG of a size that looks to an encoder like a photo: large
// shapes, with noise.
func photo(t testing.TB, width, height int, seed uint64) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			img.Y[y*img.YStride+x] = uint8(90 + 60*x/width + 40*y/height + r.IntN(24))
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(110+i%40), uint8(120+r.IntN(8))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload12 takes a photo of 12 megapixels in.
func upload12(b *testing.B, l *media.Library, env *cmstest.Env, body []byte) models.Asset {
	b.Helper()
	up, err := l.Upload(b.Context(), env.Admin, media.Upload{Section: env.Root, Name: "photo.jpg", Size: int64(len(body)), Body: bytes.NewReader(body), KeepBoth: true})
	if err != nil {
		b.Fatal(err)
	}
	return up.Asset
}

// BenchmarkUpload is a photo of 12 megapixels from the first byte to the answer.
func BenchmarkUpload(b *testing.B) {
	env := cmstest.New(b)
	l := media.New(env.Store, env.Files, media.Options{Limits: media.Limits{PerDay: 1 << 40}})
	body := photo(b, 4000, 3000, 1)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		upload12(b, l, env, body)
	}
}

// BenchmarkRender is all renditions of such a photo; first-ms is when the first
// one is there.
func BenchmarkRender(b *testing.B) {
	env := cmstest.New(b)
	body := photo(b, 4000, 3000, 1)
	var began, first time.Time
	var sum time.Duration
	options := media.Options{Limits: media.Limits{PerDay: 1 << 40}}
	l := media.New(env.Store, env.Files, options)
	timed := media.New(env.Store, crash{env.Files, func() {
		if first.IsZero() {
			first = time.Now()
			sum += first.Sub(began)
		}
	}}, options)
	n := 0
	for b.Loop() {
		b.StopTimer()
		upload12(b, l, env, body)
		b.StartTimer()
		began, first = time.Now(), time.Time{}
		if _, err := timed.Render(b.Context()); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(sum.Milliseconds())/float64(n), "first-ms")
}

// BenchmarkUploadsAtOnce takes four such photos in at the same time and tells
// how much memory that takes above what was used before.
func BenchmarkUploadsAtOnce(b *testing.B) {
	env := cmstest.New(b)
	l := media.New(env.Store, env.Files, media.Options{Limits: media.Limits{PerDay: 1 << 40}})
	var bodies [4][]byte
	for i := range bodies {
		bodies[i] = photo(b, 4000, 3000, uint64(i))
	}
	used := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	runtime.GC()
	idle := used()
	var peak atomic.Uint64
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				if n := used(); n > peak.Load() {
					peak.Store(n)
				}
			}
		}
	})
	for b.Loop() {
		var all sync.WaitGroup
		for _, body := range bodies {
			all.Go(func() {
				_, err := l.Upload(b.Context(), env.Admin, media.Upload{Section: env.Root, Name: "photo.jpg", Body: bytes.NewReader(body), KeepBoth: true})
				if err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	close(stop)
	watch.Wait()
	b.ReportMetric(float64(max(peak.Load(), idle)-idle)/(1<<20), "MB-above-idle")
}

// TestBombIsRefusedAtOnce sends a small file that announces a gigabyte: nothing
// is decoded, and nothing is left.
func TestBombIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		part := append([]byte(kind), data...)
		b.Write(part)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(part))
	}
	chunk("IHDR", []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 1, 0, 0, 0, 0}) // 30000 by 30000, one bit
	chunk("IDAT", bytes.Repeat([]byte{0}, 100_000))
	chunk("IEND", nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := env.Library.Upload(t.Context(), env.Admin, media.Upload{Section: env.Root, Name: "bomb.png", Body: bytes.NewReader(b.Bytes())})
	runtime.ReadMemStats(&after)
	var refused *media.RefusedError
	if !errors.As(err, &refused) || refused.Code != media.RefusedDimensions {
		t.Errorf("a bomb = %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 50<<20 {
		t.Errorf("refusing it took %d MB", n>>20)
	}
	if files := stored(t, env); len(files) != 0 {
		t.Errorf("files %q are left", files)
	}
}
