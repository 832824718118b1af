package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

const svgOpen = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 12">`

func TestSVG(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, want string
		removed        []string
	}{
		{"shapes", `<g fill="#fff"><path d="M0 0L1-1e-5z"/><circle r="2" style="stroke:red; fill : url(#a) ;evil:url(http://x)"/></g>`,
			`<g fill="#fff"><path d="M0 0L1-1e-5z"></path><circle r="2" stroke="red" fill="url(#a)"></circle></g>`, nil},
		{"text", `<title>Our &lt;map&gt;</title><text x="1" font-family="'Noto Sans', serif">Genève<script>x()</script></text>stray`,
			`<title>Our &lt;map&gt;</title><text x="1" font-family="&#39;Noto Sans&#39;, serif">Genève</text>`, []string{"script"}},
		{"use", `<defs><path id="p" d="M0 0"/></defs><use xlink:href="#p"/><use href="#p"/>`,
			`<defs><path id="p" d="M0 0"></path></defs><use href="#p"></use><use href="#p"></use>`, nil},
		{"script", `<script>x()</script><rect onclick="x()" width="1"/>`, `<rect width="1"></rect>`, []string{"script"}},
		{"foreign", `<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="//x"/></body></foreignObject>`, ``, []string{"script"}},
		{"links", `<a href="javascript:x()"><rect/></a><use href="http://x/#a"/><use href="data:image/svg+xml,x"/><image href="http://x"/>`,
			`<use></use><use></use>`, []string{"other"}},
		{"style", `<style>@import url(//x); *{fill:red}</style><rect fill="url(//x#a)"/><rect fill="URL( 'https://x' )"/><rect fill="\75rl(x)"/>`,
			`<rect></rect><rect></rect><rect></rect>`, []string{"other", "style"}},
		{"animation", `<use id="u" href="#a"><set attributeName="href" to="javascript:x()"/></use><rect id="a"/>`,
			`<use id="u" href="#a"></use><rect id="a"></rect>`, []string{"script"}},
		{"editor", `<!-- by ` + secret + ` --><metadata>` + secret + `</metadata><g xmlns:i="urn:i" i:label="` + secret + `" data-x="` + secret + `"/>`,
			`<g></g>`, []string{"comment", "other", "xmp"}},
		{"elements of others", `<h:script xmlns:h="http://www.w3.org/1999/xhtml">x()</h:script><h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x" onerror="x()"/>`, ``, []string{"other", "script"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, stored := clean(t, []byte(svgOpen+tt.in+"</svg>"))
			if p.Format != SVG || p.Width != 24 || p.Height != 12 {
				t.Errorf("is %s of %d×%d", p.Format, p.Width, p.Height)
			}
			want := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12">` + tt.want + "</svg>\n"
			if string(stored) != want {
				t.Errorf("stored\n%swant\n%s", stored, want)
			}
			wantRemoved(t, p, slices.Clone(tt.removed)...)
			safeSVG(t, stored)
		})
	}
}

func TestSVGRefused(t *testing.T) {
	t.Parallel()
	bomb := svgOpen + `<defs><g id="a0"><rect/></g>`
	for _, level := range []string{"1", "2", "3", "4", "5"} {
		prev := string(level[0] - 1)
		bomb += `<g id="a` + level + `">` + strings.Repeat(`<use href="#a`+prev+`"/>`, 10) + `</g>`
	}
	for _, tt := range []struct {
		name, in string
		want     error
	}{
		{"entities", `<!DOCTYPE svg [<!ENTITY x "y">]>` + svgOpen + `<title>&x;</title></svg>`, ErrDamaged},
		{"outside", `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + svgOpen + `<title>&x;</title></svg>`, ErrDamaged},
		{"broken", svgOpen + `<g>`, ErrDamaged},
		{"uses of uses", bomb + `</defs><use href="#a5"/></svg>`, ErrTooLarge},
		{"round in circles", svgOpen + `<g id="a"><use href="#a"/></g></svg>`, ErrTooLarge},
		{"deep", svgOpen + strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100) + "</svg>", ErrTooLarge},
		{"many", svgOpen + strings.Repeat("<g/>", maxSVGElements) + "</svg>", ErrTooLarge},
		{"large", svgOpen + strings.Repeat(" ", maxSVG) + "</svg>", ErrTooLarge},
		{"UTF-16", `<?xml version="1.0" encoding="UTF-16"?>` + svgOpen + `</svg>`, ErrDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(t.Context(), strings.NewReader(tt.in), int64(len(tt.in)))
			if !errors.Is(err, tt.want) {
				t.Errorf("Read = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestSVGSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		attrs string
		w, h  int
	}{
		{`width="40" height="30px"`, 40, 30},
		{`width="100%" height="100%" viewBox="0 0 8 4"`, 8, 4},
		{`width="20" viewBox="0,0,8,4"`, 20, 10},
		{`width="1in" height="25.4mm"`, 96, 96},
		{`width="-3" height="NaN"`, 300, 150},
		{``, 300, 150},
	} {
		p := read(t, []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" `+tt.attrs+`/>`))
		if p.Width != tt.w || p.Height != tt.h {
			t.Errorf("%s is %d×%d, want %d×%d", tt.attrs, p.Width, p.Height, tt.w, tt.h)
		}
	}
}

// safeSVG parses a stored drawing, without the code under test, and wants
// nothing in it but the allow-list.
func safeSVG(tb testing.TB, stored []byte) {
	tb.Helper()
	d := xml.NewDecoder(bytes.NewReader(stored))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			tb.Fatalf("the stored drawing does not parse: %v\n%s", err, stored)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Space != svgSpace || !svgElements[token.Name.Local] {
				tb.Errorf("element %v is stored", token.Name)
			}
			for _, a := range token.Attr {
				value := strings.ToLower(a.Value)
				known := svgAttributes[a.Name.Local] || svgStyles[a.Name.Local] || a.Name.Local == "xmlns" || a.Name.Local == "href" && strings.HasPrefix(value, "#")
				if !known || a.Name.Space != "" {
					tb.Errorf("attribute %v=%q is stored", a.Name, a.Value)
				}
				if a.Name.Local != "xmlns" && strings.ContainsAny(value, `:\<>&;`) || strings.Contains(value, "url") && !strings.HasPrefix(value, "url(#") {
					tb.Errorf("value %s=%q is stored", a.Name.Local, a.Value)
				}
			}
		case xml.Comment, xml.Directive, xml.ProcInst:
			tb.Errorf("%T is stored", token)
		}
	}
}
