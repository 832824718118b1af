package picture

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// FuzzRead sends anything: it never panics, never takes long, and what it
// stores is a clean picture of the size it said.
func FuzzRead(f *testing.F) {
	f.Add(photo(f, scene(24, 16), 6))
	f.Add(pngBytes(f, drawing(20, 15)))
	f.Add(gifBytes(f, 2, 8, 8))
	f.Add(webpBytes(f, drawing(20, 15)))
	f.Add([]byte(svgOpen + "<rect/></svg>"))
	f.Add(header(30000, 30000, 1, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		p, err := Read(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			known(t, err)
			return
		}
		if p.Memory() > 64<<20 {
			return // right, and too slow to go on with
		}
		var out bytes.Buffer
		if err := p.Clean(t.Context(), &out); err != nil {
			known(t, err)
			return
		}
		again, err := Read(t.Context(), bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatalf("what is stored is no picture: %v", err)
		}
		if again.Format != p.Format || again.Width != p.Width || again.Height != p.Height || len(again.Removed) > 0 {
			t.Errorf("stored is %s %d×%d with %v to remove, said was %s %d×%d", again.Format, again.Width, again.Height, again.Removed, p.Format, p.Width, p.Height)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func known(t *testing.T, err error) {
	t.Helper()
	for _, want := range []error{ErrType, ErrTooLarge, ErrDamaged} {
		if errors.Is(err, want) {
			return
		}
	}
	t.Fatalf("error is %v", err)
}

// FuzzSVG sends any drawing: what is stored parses, and holds nothing but the
// allow-list.
func FuzzSVG(f *testing.F) {
	f.Add(`<rect fill="url(#a)" style="stroke:red" onload="x()"/><script>x</script>`)
	f.Add(`<g id="a"><use href="#b"/></g><text>a<tspan>b</tspan></text>`)
	f.Add(`<style>@import</style><x:a xmlns:x="y" x:b="c"/><!-- c --><![CDATA[d]]>`)
	f.Fuzz(func(t *testing.T, body string) {
		data := []byte(svgOpen + body + "</svg>")
		p, err := Read(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			known(t, err)
			return
		}
		var out bytes.Buffer
		if err := p.Clean(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		safeSVG(t, out.Bytes())
	})
}
