package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	svgSpace = "http://www.w3.org/2000/svg"
	// Limits of an SVG, which is read into memory.
	maxSVG         = 1 << 20
	maxSVGElements = 20_000
	maxSVGDepth    = 64
)

// svgElements are the elements kept, with what is in them. Filters are left
// out because a small file can make a browser compute for minutes, animation
// because it can change a link after it was looked at.
var svgElements = set(`svg g defs symbol use title desc path rect circle ellipse line polyline polygon
	text tspan linearGradient radialGradient stop clipPath mask pattern marker`)

// svgText are the elements whose text is kept.
var svgText = set(`title desc text tspan`)

// svgStyles are the presentation attributes kept. Declarations in a style
// attribute become attributes.
var svgStyles = set(`fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
	stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule mask display visibility
	overflow stop-color stop-opacity font-family font-size font-weight font-style font-variant font-stretch
	text-anchor text-decoration letter-spacing word-spacing dominant-baseline alignment-baseline baseline-shift
	writing-mode direction unicode-bidi vector-effect paint-order marker-start marker-mid marker-end
	shape-rendering text-rendering color-interpolation`)

// svgAttributes are the other attributes kept.
var svgAttributes = set(`id d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height points transform viewBox
	preserveAspectRatio pathLength offset gradientUnits gradientTransform spreadMethod patternUnits
	patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerUnits markerWidth
	markerHeight refX refY orient dx dy rotate textLength lengthAdjust role lang version`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// svgValue is all that the value of an attribute may consist of. There is
	// no colon, so no address; no backslash, so nothing is spelled out.
	svgValue = regexp.MustCompile(`^[\p{L}\p{M}\p{N}\s#%.,+\-*/()'"_]*$`)
	svgURL   = regexp.MustCompile(`^url\(\s*['"]?#([\w.\-]{1,200})['"]?\s*\)\s*([\w#]*)$`)
	svgID    = regexp.MustCompile(`^[\w.\-]{1,200}$`)
)

// svgNode is a kept element, or text if it has no name.
type svgNode struct {
	name     string
	attrs    []xml.Attr
	text     string
	children []*svgNode
	refs     []string // ids it draws by
}

// readSVG parses the drawing and writes it anew from what is allowed.
func (p *Picture) readSVG() error {
	if p.size > maxSVG {
		return fmt.Errorf("%w: SVG of %d bytes", ErrTooLarge, p.size)
	}
	data, err := io.ReadAll(io.NewSectionReader(p.r, 0, p.size))
	if err != nil {
		return err
	}
	s := svgReader{p: p, ids: map[string]*svgNode{}}
	root, err := s.parse(data)
	if err != nil {
		return err
	}
	w := svgWeigher{ids: s.ids, known: map[*svgNode]float64{}}
	if w.weigh(root) > maxSVGElements {
		return fmt.Errorf("%w: SVG that draws more than %d elements", ErrTooLarge, maxSVGElements)
	}
	if p.Width, p.Height, err = svgSize(root); err != nil {
		return err
	}
	var out bytes.Buffer
	enc := xml.NewEncoder(&out)
	if err := writeSVG(enc, root); err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	out.WriteByte('\n')
	return p.insert(out.Bytes())
}

type svgReader struct {
	p     *Picture
	ids   map[string]*svgNode
	count int
}

// parse returns the root with what is allowed below it. The parser knows no
// entities but those of XML itself, so a document type can define none.
func (s *svgReader) parse(data []byte) (*svgNode, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("charset %q", charset)
	}
	var root *svgNode
	var open []*svgNode
	skip := 0 // depth inside an element that is left out
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if s.count++; s.count > maxSVGElements || len(open)+skip >= maxSVGDepth {
				return nil, fmt.Errorf("%w: SVG of more than %d elements, or %d deep", ErrTooLarge, maxSVGElements, maxSVGDepth)
			}
			if root != nil && len(open) == 0 {
				return nil, fmt.Errorf("%w: two roots", ErrDamaged)
			}
			if skip > 0 || t.Name.Space != svgSpace && t.Name.Space != "" || !svgElements[t.Name.Local] {
				if root == nil {
					return nil, fmt.Errorf("%w: the root is %q", ErrType, t.Name.Local)
				}
				if skip == 0 {
					s.leftOut(t.Name)
				}
				skip++
				continue
			}
			n := s.element(t)
			if root == nil {
				if n.name != "svg" {
					return nil, fmt.Errorf("%w: the root is %q", ErrType, n.name)
				}
				root = n
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if skip == 0 && len(open) > 0 && svgText[open[len(open)-1].name] {
				parent := open[len(open)-1]
				parent.children = append(parent.children, &svgNode{text: string(t)})
			}
		case xml.Comment:
			s.p.removed("comment")
		case xml.Directive, xml.ProcInst:
			// A document type, a style sheet, or the XML declaration.
		}
	}
	if root == nil {
		return nil, fmt.Errorf("%w: no root", ErrDamaged)
	}
	return root, nil
}

// leftOut notes an element that is not taken over.
func (s *svgReader) leftOut(name xml.Name) {
	switch strings.ToLower(name.Local) {
	case "script", "foreignobject", "handler", "listener", "iframe", "object", "embed", "animate", "set", "animatemotion", "animatetransform", "discard":
		s.p.removed("script")
	case "style":
		s.p.removed("style")
	case "metadata":
		s.p.removed("xmp")
	default:
		s.p.removed("other")
	}
}

// element takes over an element with the attributes allowed.
func (s *svgReader) element(t xml.StartElement) *svgNode {
	n := &svgNode{name: t.Name.Local}
	for _, a := range t.Attr {
		name, value := a.Name.Local, strings.TrimSpace(a.Value)
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && name == "xmlns":
		case name == "href" && (a.Name.Space == "" || a.Name.Space == "http://www.w3.org/1999/xlink"):
			if id, ok := strings.CutPrefix(value, "#"); ok && svgID.MatchString(id) {
				n.set("href", value)
				n.refs = append(n.refs, id)
			} else {
				s.p.removed("other")
			}
		case a.Name.Space == "http://www.w3.org/XML/1998/namespace" && name == "lang":
			s.attribute(n, "lang", value)
		case a.Name.Space != "":
			// Of an editor program: layers, file names, folders.
			s.p.removed("other")
		case name == "style":
			for d := range strings.SplitSeq(value, ";") {
				property, v, _ := strings.Cut(d, ":")
				if property = strings.TrimSpace(property); svgStyles[property] {
					v, _, _ = strings.Cut(v, "!") // "!important"
					s.attribute(n, property, strings.TrimSpace(v))
				}
			}
		case svgStyles[name] || svgAttributes[name]:
			s.attribute(n, name, value)
		case strings.HasPrefix(strings.ToLower(name), "on"):
			s.p.removed("script")
		default:
			s.p.removed("other")
		}
	}
	return n
}

// attribute sets an attribute if its value may stay.
func (s *svgReader) attribute(n *svgNode, name, value string) {
	if name == "id" {
		if svgID.MatchString(value) && s.ids[value] == nil {
			s.ids[value] = n
			n.set(name, value)
		}
		return
	}
	if strings.Contains(strings.ToLower(value), "url") {
		m := svgURL.FindStringSubmatch(value)
		if m == nil {
			s.p.removed("other")
			return
		}
		n.refs = append(n.refs, m[1])
		value = strings.TrimSpace("url(#" + m[1] + ") " + m[2])
	} else if !svgValue.MatchString(value) {
		s.p.removed("other")
		return
	}
	n.set(name, value)
}

// set sets an attribute; the later of two of the same name wins, as a style
// wins over an attribute when it stands after it.
func (n *svgNode) set(name, value string) {
	i := slices.IndexFunc(n.attrs, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		n.attrs = append(n.attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
		return
	}
	n.attrs[i].Value = value
}

func (n *svgNode) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// svgWeigher counts the elements that a browser draws: ten uses of ten uses of
// ten uses are a thousand. Patterns, masks and markers count like uses.
type svgWeigher struct {
	ids   map[string]*svgNode
	known map[*svgNode]float64
}

func (w *svgWeigher) weigh(n *svgNode) float64 {
	if v, ok := w.known[n]; ok {
		return v
	}
	w.known[n] = math.Inf(1) // what draws itself draws without end
	sum := 1.0
	for _, c := range n.children {
		sum += w.weigh(c)
	}
	for _, id := range n.refs {
		if target := w.ids[id]; target != nil {
			sum += w.weigh(target)
		}
	}
	w.known[n] = sum
	return sum
}

// svgSize is the size the drawing asks for, in pixels: its width and height,
// or those of its view box, or what browsers take where it says nothing.
func svgSize(root *svgNode) (int, int, error) {
	w, h := svgLength(root.attr("width")), svgLength(root.attr("height"))
	box := strings.FieldsFunc(root.attr("viewBox"), func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) })
	if len(box) == 4 {
		bw, bh := svgLength(box[2]), svgLength(box[3])
		if bw > 0 && bh > 0 {
			switch {
			case w == 0 && h == 0:
				w, h = bw, bh
			case w == 0:
				w = h * bw / bh
			case h == 0:
				h = w * bh / bw
			}
		}
	}
	if w == 0 {
		w = 300
	}
	if h == 0 {
		h = 150
	}
	if w > 100_000 || h > 100_000 {
		return 0, 0, fmt.Errorf("%w: SVG of %g×%g", ErrTooLarge, w, h)
	}
	return max(1, int(math.Round(w))), max(1, int(math.Round(h))), nil
}

// svgLength is a length in pixels, or 0 if it is none or in percent.
func svgLength(s string) float64 {
	units := map[string]float64{"px": 1, "pt": 4.0 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16}
	factor := 1.0
	for unit, f := range units {
		if rest, ok := strings.CutSuffix(s, unit); ok {
			s, factor = rest, f
			break
		}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || v <= 0 {
		return 0
	}
	return v * factor
}

// writeSVG writes n and what is below it.
func writeSVG(enc *xml.Encoder, n *svgNode) error {
	if n.name == "" {
		return enc.EncodeToken(xml.CharData(n.text))
	}
	start := xml.StartElement{Name: xml.Name{Local: n.name}}
	if n.name == "svg" {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: "xmlns"}, Value: svgSpace})
	}
	start.Attr = append(start.Attr, n.attrs...)
	if err := enc.EncodeToken(start); err != nil {
		return err
	}
	for _, c := range n.children {
		if err := writeSVG(enc, c); err != nil {
			return err
		}
	}
	return enc.EncodeToken(start.End())
}
