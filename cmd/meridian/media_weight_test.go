package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// photo draws what is as hard to compress as a photograph: shapes of all sizes,
// the smaller the fainter.
func photo(t *testing.T, width, height int, seed uint64) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	sum := make([]float64, width*height)
	strength := 46.0
	for cell := 512; cell >= 2; cell /= 2 {
		across := width/cell + 2
		grid := make([]float64, across*(height/cell+2))
		for i := range grid {
			grid[i] = r.Float64()*2 - 1
		}
		for y := range height {
			for x := range width {
				gx, gy := x/cell, y/cell
				fx, fy := float64(x%cell)/float64(cell), float64(y%cell)/float64(cell)
				at := func(dx, dy int) float64 { return grid[(gy+dy)*across+gx+dx] }
				top, low := at(0, 0)+(at(1, 0)-at(0, 0))*fx, at(0, 1)+(at(1, 1)-at(0, 1))*fx
				sum[y*width+x] += strength * (top + (low-top)*fy)
			}
		}
		strength *= 0.8
	}
	for i, v := range sum {
		c := func(shift float64) uint8 { return uint8(math.Max(0, math.Min(255, 120+v+shift))) }
		img.SetRGBA(i%width, i/width, color.RGBA{c(18), c(0), c(-22), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPageWeight adds up what a phone loads of a page with three pictures: the
// page as it is sent, and the renditions that its browser chooses.
func TestPageWeight(t *testing.T) {
	t.Parallel()
	const most = 120_000
	env := cmstest.New(t)
	var pictures []block.Node
	for i := range 3 {
		b := photo(t, 1400, 933, uint64(i))
		up, err := env.Library.Upload(t.Context(), env.Admin, media.Upload{Section: env.Root, Name: "p.jpg", Title: "Street " + strconv.Itoa(i), People: models.PeopleNone, Size: int64(len(b)), Body: bytes.NewReader(b)})
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, block.Paragraph(block.Text(strings.Repeat("Words that a reader came for. ", 40))), block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + up.Asset.ID, "alt": "A street", "size": "text"}})
	}
	for more := true; more; {
		var err error
		if more, err = env.Library.Render(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	page := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Streets"})
	env.Write(t, page, "en", "Three of them.", pictures...)
	env.Publish(t, page, "en")
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: cmstest.Base, CacheBytes: 16 << 20, Open: env.Open, Library: env.Library, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	get := func(target, coding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Host = "site.example"
		r.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s = %d", target, w.Code)
		}
		return w
	}
	text := get("/en/about-us/streets", "").Body.String()
	sent := get("/en/about-us/streets", "br")
	for sent.Header().Get("Content-Encoding") != "br" { // it is made meanwhile
		sent = get("/en/about-us/streets", "br")
	}
	if sent.Body.Len() > 14_000 {
		t.Errorf("the page is %d bytes", sent.Body.Len())
	}
	for _, phone := range []struct{ width, dots float64 }{{360, 2}, {360, 3}, {390, 3}, {393, 2.75}, {412, 2.625}} {
		sum := sent.Body.Len()
		for _, src := range chosen(t, text, phone.width, phone.dots) {
			sum += get(src, "").Body.Len()
		}
		t.Logf("%g wide with %g dots: %d bytes", phone.width, phone.dots, sum)
		if sum > most {
			t.Errorf("%g wide with %g dots: %d bytes, at most %d are to be", phone.width, phone.dots, sum, most)
		}
	}
}

// chosen returns the pictures that a browser loads of a page: of each the
// narrowest that is as wide as the page says it is shown.
func chosen(t *testing.T, page string, width, dots float64) (out []string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	taken := false // a source before the picture has it
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(out) != 3 {
				t.Fatalf("%d pictures", len(out))
			}
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			attr := map[string]string{}
			for _, a := range tok.Attr {
				attr[a.Key] = a.Val
			}
			if tok.Data != "img" && tok.Data != "source" || attr["srcset"] == "" {
				continue
			}
			if tok.Data == "img" && taken {
				taken = false
				continue
			}
			taken = tok.Data == "source"
			need, best, bestWidth := shownWidth(t, attr["sizes"], width, dots)*dots, "", 0
			for c := range strings.SplitSeq(attr["srcset"], ", ") {
				src, w, _ := strings.Cut(c, " ")
				n, err := strconv.Atoi(strings.TrimSuffix(w, "w"))
				if err != nil {
					t.Fatal(err)
				}
				if best == "" || float64(bestWidth) < need {
					best, bestWidth = src, n
				}
			}
			out = append(out, best)
		}
	}
}

// shownWidth is what a sizes attribute says for a screen, in CSS pixels.
func shownWidth(t *testing.T, sizes string, width, dots float64) float64 {
	t.Helper()
	number := func(s, unit string) float64 {
		n, err := strconv.ParseFloat(strings.TrimSuffix(s, unit), 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for size := range strings.SplitSeq(sizes, ", ") {
		holds := true
		for {
			condition, rest, some := strings.Cut(size, ") ")
			if !some {
				break
			}
			size = strings.TrimPrefix(rest, "and ")
			name, value, _ := strings.Cut(strings.TrimPrefix(condition, "("), ": ")
			switch name {
			case "min-width":
				holds = holds && width >= 16*number(value, "rem")
			case "min-resolution":
				holds = holds && dots >= number(value, "dppx")
			default:
				t.Fatalf("the condition %q", condition)
			}
		}
		if holds && strings.HasSuffix(size, "vw") {
			return width * number(size, "vw") / 100
		}
		if holds {
			return 16 * number(size, "rem")
		}
	}
	t.Fatalf("sizes %q say nothing", sizes)
	return 0
}
