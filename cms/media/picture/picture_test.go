package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/webp"
)

// read reads data as Read does an upload.
func read(tb testing.TB, data []byte) *Picture {
	tb.Helper()
	p, err := Read(tb.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	return p
}

// clean returns what is stored of data, having looked that it says nothing.
func clean(tb testing.TB, data []byte) (*Picture, []byte) {
	tb.Helper()
	p := read(tb, data)
	var b bytes.Buffer
	if err := p.Clean(tb.Context(), &b); err != nil {
		tb.Fatalf("Clean: %v", err)
	}
	if bytes.Contains(b.Bytes(), []byte(secret)) {
		tb.Errorf("the stored picture holds %q", secret)
	}
	again := read(tb, b.Bytes())
	if again.Format != p.Format || again.Width != p.Width || again.Height != p.Height || again.Frames != p.Frames {
		tb.Errorf("stored is %s %d×%d of %d frames, Read said %s %d×%d of %d", again.Format, again.Width, again.Height, again.Frames, p.Format, p.Width, p.Height, p.Frames)
	}
	if len(again.Removed) > 0 {
		tb.Errorf("of the stored picture there is still to be removed: %v", again.Removed)
	}
	var twice bytes.Buffer
	if err := again.Clean(tb.Context(), &twice); err != nil {
		tb.Fatalf("Clean of the stored picture: %v", err)
	}
	if p.orientation == 1 && !bytes.Equal(twice.Bytes(), b.Bytes()) {
		tb.Error("cleaning a clean picture changes it")
	}
	return p, b.Bytes()
}

func wantRemoved(tb testing.TB, p *Picture, want ...string) {
	tb.Helper()
	slices.Sort(want)
	if !slices.Equal(p.Removed, want) {
		tb.Errorf("Removed = %v, want %v", p.Removed, want)
	}
}

// near reports whether two colours look the same.
func near(a, b color.Color, by int) bool {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
		if d/256 > by || d/256 < -by {
			return false
		}
	}
	return true
}

func TestJPEGKeepsPixelsAndNothingElse(t *testing.T) {
	t.Parallel()
	data := photo(t, scene(161, 121), 1)
	p, stored := clean(t, data)
	wantRemoved(t, p, "author", "camera", "comment", "date", "gps", "iptc", "other", "thumbnail", "xmp")
	if p.Format != JPEG || p.Width != 161 || p.Height != 121 {
		t.Errorf("is %s of %d×%d", p.Format, p.Width, p.Height)
	}
	before, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	after, err := jpeg.Decode(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before.(*image.YCbCr).Y, after.(*image.YCbCr).Y) || !bytes.Equal(before.(*image.YCbCr).Cb, after.(*image.YCbCr).Cb) {
		t.Error("stripping changed pixels")
	}
	if !bytes.HasSuffix(stored, []byte{0xff, mEOI}) {
		t.Error("something follows the end")
	}
}

// TestTurned compares every orientation with the turn that EXIF defines.
func TestTurned(t *testing.T) {
	t.Parallel()
	const w, h = 96, 64
	m := scene(w, h)
	// Where the top left corner of the coded picture is seen.
	corner := map[int]image.Point{1: {0, 0}, 2: {w - 1, 0}, 3: {w - 1, h - 1}, 4: {0, h - 1}, 5: {0, 0}, 6: {h - 1, 0}, 7: {h - 1, w - 1}, 8: {0, w - 1}}
	// And its top right corner.
	right := map[int]image.Point{1: {w - 1, 0}, 2: {0, 0}, 3: {0, h - 1}, 4: {w - 1, h - 1}, 5: {0, w - 1}, 6: {h - 1, w - 1}, 7: {h - 1, 0}, 8: {0, 0}}
	for o := 1; o <= 8; o++ {
		t.Run(fmt.Sprint(o), func(t *testing.T) {
			t.Parallel()
			p, stored := clean(t, photo(t, m, uint16(o)))
			got, err := jpeg.Decode(bytes.NewReader(stored))
			if err != nil {
				t.Fatal(err)
			}
			if o >= 5 && p.Width != h || o < 5 && p.Width != w || got.Bounds().Dx() != p.Width || got.Bounds().Dy() != p.Height {
				t.Errorf("is %d×%d, decoded %v", p.Width, p.Height, got.Bounds())
			}
			if c := corner[o]; !near(got.At(c.X, c.Y), m.At(0, 0), 24) {
				t.Errorf("corner is %v, want %v", got.At(c.X, c.Y), m.At(0, 0))
			}
			if c := right[o]; !near(got.At(c.X, c.Y), m.At(w-1, 0), 24) {
				t.Errorf("right corner is %v, want %v", got.At(c.X, c.Y), m.At(w-1, 0))
			}
		})
	}
}

// TestTurnedPlanes turns pictures of odd sides in every kind of pixels and
// compares each pixel.
func TestTurnedPlanes(t *testing.T) {
	t.Parallel()
	nrgba := image.NewNRGBA(image.Rect(0, 0, 37, 70))
	draw.Draw(nrgba, nrgba.Rect, scene(37, 70), image.Point{}, draw.Src)
	gray := image.NewGray(nrgba.Rect)
	draw.Draw(gray, gray.Rect, nrgba, image.Point{}, draw.Src)
	full := image.NewYCbCr(nrgba.Rect, image.YCbCrSubsampleRatio444)
	copy(full.Y, gray.Pix)
	for _, m := range []image.Image{nrgba, gray, full} {
		for o := 2; o <= 8; o++ {
			got := upright(m, o)
			for y := range 70 {
				for x := range 37 {
					at := [9]image.Point{2: {36 - x, y}, 3: {36 - x, 69 - y}, 4: {x, 69 - y}, 5: {y, x}, 6: {69 - y, x}, 7: {69 - y, 36 - x}, 8: {y, 36 - x}}[o]
					if got.At(at.X, at.Y) != m.At(x, y) {
						t.Fatalf("%T turned %d: pixel %d,%d is wrong at %v", m, o, x, y, at)
					}
				}
			}
		}
	}
}

func TestPNG(t *testing.T) {
	t.Parallel()
	b := pngBytes(t, drawing(60, 40))
	insert := func(chunks ...[]byte) []byte {
		return append(splice(b, 33, bytes.Join(chunks, nil)), secret...)
	}
	data := insert(
		pngChunkBytes("tEXt", []byte("Comment\x00"+secret)), pngChunkBytes("tEXt", []byte("Author\x00"+secret)),
		pngChunkBytes("zTXt", []byte("Software\x00"+secret)), pngChunkBytes("iTXt", []byte("XML:com.adobe.xmp\x00"+secret)),
		pngChunkBytes("eXIf", exifBlock(1)), pngChunkBytes("tIME", []byte{7, 230, 1, 1, 1, 1, 1}), pngChunkBytes("prVt", []byte(secret)),
		pngChunkBytes("gAMA", []byte{0, 0, 0xb1, 0x8f}))
	p, stored := clean(t, data)
	wantRemoved(t, p, "author", "camera", "comment", "date", "gps", "other", "thumbnail", "xmp")
	if !bytes.Contains(stored, []byte("gAMA")) {
		t.Error("the gamma is gone")
	}
	before, _ := png.Decode(bytes.NewReader(data))
	after, err := png.Decode(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before.(*image.RGBA).Pix, after.(*image.RGBA).Pix) {
		t.Error("stripping changed pixels")
	}
	t.Run("turned", func(t *testing.T) {
		t.Parallel()
		p, stored := clean(t, insert(pngChunkBytes("eXIf", exifBlock(6))))
		if p.Width != 40 || p.Height != 60 {
			t.Errorf("is %d×%d", p.Width, p.Height)
		}
		m, err := png.Decode(bytes.NewReader(stored))
		if err != nil {
			t.Fatal(err)
		}
		if !near(m.At(39, 0), drawing(60, 40).At(0, 0), 0) {
			t.Error("not turned")
		}
	})
	t.Run("animated", func(t *testing.T) {
		t.Parallel()
		p, _ := clean(t, insert(pngChunkBytes("acTL", make([]byte, 8)), pngChunkBytes("fdAT", []byte(secret))))
		wantRemoved(t, p, "animation", "other")
	})
}

func TestGIF(t *testing.T) {
	t.Parallel()
	b := gifBytes(t, 3, 30, 20)
	i := bytes.Index(b, []byte("NETSCAPE2.0")) - 3
	comment := append([]byte{0x21, 0xfe, byte(len(secret))}, secret+"\x00"...)
	xmp := append([]byte{0x21, 0xff, 11}, "XMP DataXMP\x0b"+secret+"\x00"...)
	data := append(splice(b, i, append(comment, xmp...)), secret...)
	p, stored := clean(t, data)
	wantRemoved(t, p, "comment", "other", "xmp")
	if p.Frames != 3 {
		t.Errorf("Frames = %d", p.Frames)
	}
	g, err := gif.DecodeAll(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 3 || g.LoopCount != 0 || g.Delay[0] != 5 {
		t.Errorf("the animation changed: %d frames, loop %d, delay %d", len(g.Image), g.LoopCount, g.Delay[0])
	}
	many := gifBytes(t, MaxFrames+1, 2, 2)
	if _, err := Read(t.Context(), bytes.NewReader(many), int64(len(many))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("301 frames: %v, want ErrTooLarge", err)
	}
}

// TestGIFScript is a file that is a GIF and a script at once (A-U03).
func TestGIFScript(t *testing.T) {
	t.Parallel()
	data := []byte("GIF89a/*<svg/onload=X()>*/=1;")
	p, err := Read(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err == nil {
		err = p.Clean(t.Context(), io.Discard)
	}
	if err == nil {
		t.Error("the script is a picture")
	}
}

func TestWebP(t *testing.T) {
	t.Parallel()
	b := webpBytes(t, drawing(60, 40))
	extended := func(flags byte, chunks ...[]byte) []byte {
		x := make([]byte, 10)
		x[0] = flags
		put24(x[4:], 59)
		put24(x[7:], 39)
		body := append([]byte("WEBP"), riff("VP8X", x)...)
		body = append(body, bytes.Join(chunks, nil)...)
		return append(append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...), body...)
	}
	image := b[12:]
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		p, stored := clean(t, slices.Concat(b, []byte(secret)))
		wantRemoved(t, p, "other")
		if !bytes.Equal(stored, b) {
			t.Error("a plain picture changed")
		}
	})
	t.Run("everything", func(t *testing.T) {
		t.Parallel()
		p, stored := clean(t, extended(webpEXIF|webpXMP|webpICC, riff("ICCP", wide(gamma22)), image,
			riff("EXIF", exifBlock(1)), riff("XMP ", []byte(secret)), riff("PRIV", []byte(secret))))
		wantRemoved(t, p, "author", "camera", "comment", "date", "gps", "other", "thumbnail", "xmp")
		if stored[20] != webpICC {
			t.Errorf("flags are %#x", stored[20])
		}
		if _, err := webp.Decode(bytes.NewReader(stored)); err != nil {
			t.Error(err)
		}
	})
	t.Run("turned", func(t *testing.T) {
		t.Parallel()
		p, stored := clean(t, extended(webpEXIF, image, riff("EXIF", exifBlock(8))))
		if p.Format != JPEG || p.Width != 40 {
			t.Errorf("is %s of width %d", p.Format, p.Width)
		}
		if Recognise(stored) != JPEG {
			t.Error("stored as something else")
		}
	})
	t.Run("animated", func(t *testing.T) {
		t.Parallel()
		frame := make([]byte, 16)
		put24(frame[6:], 59)
		put24(frame[9:], 39)
		frame = append(append(frame, image...), riff("JUNK", []byte(secret))...)
		p, _ := clean(t, extended(webpAnimation|webpAlpha, riff("ANIM", make([]byte, 6)), riff("ANMF", frame), riff("ANMF", frame)))
		wantRemoved(t, p, "other")
		if p.Frames != 2 {
			t.Errorf("Frames = %d", p.Frames)
		}
		if got := rendered(t, p); len(got) != 0 {
			t.Errorf("a small picture has renditions: %v", got)
		}
	})
}

func TestProfile(t *testing.T) {
	t.Parallel()
	b := jpegBytes(t, scene(640, 64))
	with := func(icc []byte) []byte {
		half := len(icc) / 2 // in two pieces, as large ones come
		return splice(b, 2, append(segment(mAPP2, signatureICC+"\x02\x02"+string(icc[half:])), segment(mAPP2, signatureICC+"\x01\x02"+string(icc[:half]))...))
	}
	p, stored := clean(t, with(wide(gamma22)))
	wantRemoved(t, p)
	if p.profile == nil || !bytes.Contains(stored, p.profile) {
		t.Fatal("the colours are lost")
	}
	again, srgb := cleanProfile(p.profile)
	if srgb || !bytes.Equal(again, p.profile) {
		t.Error("the profile written is not read as it was")
	}
	for _, r := range rendered(t, p) {
		if !bytes.Contains(r.Data, p.profile) {
			t.Errorf("rendition %d is without profile", r.Width)
		}
	}
	srgbProfile := wide(gamma22)
	for i, xyz := range srgbPrimaries {
		for j, v := range xyz {
			binary.BigEndian.PutUint32(srgbProfile[132+8*12+20*i+8+4*j:], uint32(v*65536))
		}
	}
	if p, _ := clean(t, with(srgbProfile)); p.profile != nil || len(p.Removed) > 0 {
		t.Errorf("sRGB is kept, or told as removed: %v", p.Removed)
	}
	broken := wide("curv\x00\x00\x00\x00\xff\xff\xff\xff")
	p, _ = clean(t, with(broken))
	wantRemoved(t, p, "profile")

	asPNG := pngBytes(t, drawing(640, 40))
	var icc bytes.Buffer
	icc.Write(pngProfile(wide(gamma22)))
	p, stored = clean(t, splice(asPNG, 33, icc.Bytes()))
	if p.profile == nil || !bytes.Contains(stored, []byte("iCCP")) {
		t.Error("the PNG lost its colours")
	}
}

// header is a PNG of that size which ends where its pixels begin.
func header(width, height uint32, depth, colour byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)
	b = append(b, depth, colour, 0, 0, 0)
	return append([]byte(pngSignature), pngChunkBytes("IHDR", b)...)
}

// TestBomb is A-U05: refused by what the header says, before anything of that
// size exists. Not parallel: it counts what is allocated.
func TestBomb(t *testing.T) {
	bomb := slices.Concat(header(30000, 30000, 1, 0), pngChunkBytes("IDAT", make([]byte, 109<<10)), pngChunkBytes("IEND", nil))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(t.Context(), bytes.NewReader(bomb), int64(len(bomb)))
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("Read = %v, want ErrTooLarge", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
		t.Errorf("allocated %d bytes", n)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := jpegBytes(t, scene(64, 48))
	frame := bytes.Index(good, []byte{0xff, mSOF0})
	resized := func(w, h uint16) []byte {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint16(b[frame+5:], h)
		binary.BigEndian.PutUint16(b[frame+7:], w)
		return b
	}
	ftyp := func(brands ...string) []byte {
		s := strings.Join(brands, "")
		return append(append([]byte{0, 0, 0, byte(8 + len(s))}, "ftyp"...), s+"mdat"...)
	}
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrType},
		{"text", []byte("<?php echo 1;"), ErrType},
		{"HTML", []byte("<!doctype html><html><svg></svg>"), ErrType},
		{"HEIC", ftyp("heic", "\x00\x00\x00\x00", "mif1", "heic"), ErrHEIC},
		{"HEIF of no known kind", ftyp("mif1", "\x00\x00\x00\x00", "mif1"), ErrHEIC},
		{"AVIF", ftyp("mif1", "\x00\x00\x00\x00", "avif"), ErrAVIF},
		{"film", ftyp("isom", "\x00\x00\x00\x00", "mp42"), ErrType},
		{"JPEG without pixels", resized(0, 48), ErrDamaged},
		{"JPEG too wide", resized(12001, 48), ErrTooLarge},
		{"JPEG of too many pixels", resized(12000, 12000), ErrTooLarge},
		{"JPEG cut off", good[:len(good)-40], ErrDamaged},
		{"JPEG of its first bytes", good[:20], ErrDamaged},
		{"PNG without pixels", append(header(0, 0, 8, 2), pngChunkBytes("IDAT", nil)...), ErrDamaged},
		{"PNG of deep pixels", header(7500, 6600, 16, 6), nil},
		{"PNG wide", header(1<<31, 1, 8, 2), ErrTooLarge},
		{"PNG of 3 bytes", []byte(pngSignature + "abc"), ErrDamaged},
		{"GIF cut off", gifBytes(t, 2, 20, 20)[:60], ErrDamaged},
		{"WebP cut off", webpBytes(t, drawing(40, 40))[:30], ErrDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := Read(t.Context(), bytes.NewReader(tt.data), int64(len(tt.data)))
			if err == nil {
				err = p.Clean(t.Context(), io.Discard)
			}
			if tt.want == nil {
				tt.want = ErrDamaged // large as it is allowed to be, and without pixels
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
		})
	}
}

// TestDamagedInside changes bytes of good pictures: whatever comes of it, it
// is a picture or an error, and never a panic.
func TestDamagedInside(t *testing.T) {
	t.Parallel()
	for name, good := range map[string][]byte{
		"jpeg": photo(t, scene(64, 48), 6), "png": pngBytes(t, drawing(40, 30)), "gif": gifBytes(t, 3, 20, 20), "webp": webpBytes(t, drawing(40, 30)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := uint32(7)
			for range 300 {
				seed = seed*1664525 + 1013904223
				bad := bytes.Clone(good)
				bad[int(seed>>8)%len(bad)] ^= byte(seed>>4) | 1
				p, err := Read(t.Context(), bytes.NewReader(bad), int64(len(bad)))
				if err == nil {
					err = p.Clean(t.Context(), io.Discard)
				}
				if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrType) {
					t.Fatalf("error is %v", err)
				}
			}
		})
	}
}

// TestEndsLater sees to it that a PNG whose pixels are damaged is refused by
// Clean, though its header is right.
func TestEndsLater(t *testing.T) {
	t.Parallel()
	b := pngBytes(t, scene(64, 48))
	i := bytes.Index(b, []byte("IDAT"))
	b[i+40] ^= 0xff
	n := int(binary.BigEndian.Uint32(b[i-4:]))
	binary.BigEndian.PutUint32(b[i+4+n:], crc32.ChecksumIEEE(b[i:i+4+n]))
	p := read(t, b)
	if err := p.Clean(t.Context(), io.Discard); !errors.Is(err, ErrDamaged) {
		t.Errorf("Clean = %v, want ErrDamaged", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	data := jpegBytes(t, scene(640, 480))
	p := read(t, data)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
		t.Errorf("Read = %v", err)
	}
	if err := p.Clean(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("Clean = %v", err)
	}
	err := p.Render(ctx, Centre, p.Targets(), func(Rendition) error { t.Error("emitted"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Render = %v", err)
	}
}

// TestStrip keeps how a photo inside a document is turned.
func TestStrip(t *testing.T) {
	t.Parallel()
	out, removed, err := Strip(photo(t, scene(64, 48), 6))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(removed, "gps") || bytes.Contains(out, []byte(secret)) {
		t.Errorf("removed %v", removed)
	}
	if p := read(t, out); p.orientation != 6 {
		t.Errorf("orientation is %d, want 6", p.orientation)
	}
	if _, _, err := Strip([]byte("GIF89a")); !errors.Is(err, ErrType) {
		t.Errorf("Strip of a GIF = %v", err)
	}
}

// TestFullRange stretches what a lossy WebP decodes to.
func TestFullRange(t *testing.T) {
	t.Parallel()
	m := image.NewYCbCr(image.Rect(0, 0, 4, 2), image.YCbCrSubsampleRatio420)
	copy(m.Y, []byte{16, 235, 126, 0, 255})
	copy(m.Cb, []byte{16, 240})
	copy(m.Cr, []byte{128, 127})
	fullRange(m)
	if !bytes.Equal(m.Y[:5], []byte{0, 255, 128, 0, 255}) || !bytes.Equal(m.Cb, []byte{0, 255}) || !bytes.Equal(m.Cr, []byte{128, 127}) {
		t.Errorf("samples are %v %v %v", m.Y[:5], m.Cb, m.Cr)
	}
}
