package document

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// pdfWords is the text of the pages, for a search: words in the order in which
// they are drawn.
func pdfWords(ctx context.Context, p *pdfFile, pages []pdfPage) string {
	whole := p.ctx
	p.ctx = ctx
	defer func() { p.ctx = whole }()
	w := pdfWriter{p: p, fonts: map[int]*pdfFont{}}
	for _, page := range pages {
		if ctx.Err() != nil || w.out.Len() >= MaxText {
			break
		}
		w.page(page)
		w.newline()
	}
	return w.out.String()
}

type pdfWriter struct {
	p     *pdfFile
	out   strings.Builder
	fonts map[int]*pdfFont
	font  *pdfFont
	forms int // drawn inside each other
	steps int
}

// maxPDFSteps bounds the operators of all pages.
const maxPDFSteps = 20_000_000

func (w *pdfWriter) page(page pdfPage) {
	content := page.content
	if content.kind == pdfRef {
		if v := w.p.resolve(content); v.kind == pdfArray {
			content = v
		}
	}
	list := content.array
	if content.kind == pdfRef {
		list = []pdfValue{content}
	}
	// The parts are one stream: a text may begin in one and end in the next.
	var all []byte
	for _, ref := range list {
		s, ok := w.p.stream(ref)
		if !ok {
			continue
		}
		b, err := w.p.decode(s)
		if err != nil || len(all)+len(b) > maxPDFStream {
			continue
		}
		all = append(append(all, b...), '\n')
	}
	w.draw(all, w.p.resolve(page.resources))
}

// draw follows the operators that show text.
func (w *pdfWriter) draw(content []byte, resources pdfValue) {
	parser := &pdfParser{b: content}
	var args []pdfValue
	arg := func(back int) pdfValue {
		if len(args) < back {
			return pdfValue{}
		}
		return args[len(args)-back]
	}
	for w.out.Len() < MaxText {
		if w.steps++; w.steps > maxPDFSteps || w.steps%4096 == 0 && w.p.ctx.Err() != nil {
			return
		}
		v, err := parser.simple()
		if err != nil {
			if parser.pos >= len(parser.b) {
				return
			}
			parser.pos++
			args = args[:0]
			continue
		}
		if v.kind != pdfWord {
			if len(args) < 100 {
				args = append(args, v)
			}
			continue
		}
		switch v.text {
		case "Tf":
			w.font = w.fontOf(w.p.resolve(resources.key("Font")).key(arg(2).text))
		case "Tj":
			w.show(arg(1).text)
		case "'", "\"":
			w.newline()
			w.show(arg(1).text)
		case "TJ":
			for _, x := range arg(1).array {
				switch {
				case x.kind == pdfString:
					w.show(x.text)
				case x.kind == pdfNumber && x.number < -180:
					w.space() // wider than letters are moved together
				}
			}
		case "Td", "TD":
			if arg(1).number == 0 {
				w.space()
			} else {
				w.newline()
			}
		case "T*", "Tm", "ET":
			w.newline()
		case "BI":
			w.inline(parser)
		case "Do":
			w.form(w.p.resolve(resources.key("XObject")).key(arg(1).text), resources)
		}
		args = args[:0]
	}
}

// inline goes past a picture in the content.
func (w *pdfWriter) inline(parser *pdfParser) {
	for at := parser.pos; ; {
		i := bytes.Index(parser.b[at:], []byte("EI"))
		if i < 0 {
			parser.pos = len(parser.b)
			return
		}
		at += i + 2
		if i > 0 && pdfSpace(parser.b[at-3]) && (at == len(parser.b) || pdfSpace(parser.b[at])) {
			parser.pos = at
			return
		}
	}
}

// form draws what is drawn as if it stood on the page.
func (w *pdfWriter) form(ref, resources pdfValue) {
	s, ok := w.p.stream(ref)
	if !ok || s.dict.key("Subtype").text != "Form" || w.forms >= 4 {
		return
	}
	b, err := w.p.decode(s)
	if err != nil {
		return
	}
	if r := w.p.resolve(s.dict.key("Resources")); r.kind == pdfDict {
		resources = r
	}
	w.forms++
	font := w.font
	w.draw(b, resources)
	w.font = font
	w.forms--
}

func (w *pdfWriter) show(s string) {
	if w.font == nil {
		w.out.WriteString(winAnsi([]byte(s)))
		return
	}
	w.font.write(&w.out, s)
}

func (w *pdfWriter) space()   { w.separate(' ') }
func (w *pdfWriter) newline() { w.separate('\n') }

// separate ends a word, once.
func (w *pdfWriter) separate(c byte) {
	s := w.out.String()
	if s != "" && s[len(s)-1] != ' ' && s[len(s)-1] != '\n' {
		w.out.WriteByte(c)
	}
}

// pdfFont turns the codes of a font into text.
type pdfFont struct {
	width int               // bytes of a code
	codes map[uint32]string // said by the font
	table *[256]string      // of a simple font; nil where codes are glyphs
}

func (f *pdfFont) write(out *strings.Builder, s string) {
	for len(s) >= f.width && out.Len() < MaxText {
		code := uint32(0)
		for i := range f.width {
			code = code<<8 | uint32(s[i])
		}
		s = s[f.width:]
		if t, ok := f.codes[code]; ok {
			out.WriteString(t)
		} else if f.table != nil && code < 256 {
			out.WriteString(f.table[code])
		}
	}
}

// fontOf reads a font, once.
func (w *pdfWriter) fontOf(ref pdfValue) *pdfFont {
	if f, ok := w.fonts[ref.ref]; ok && ref.kind == pdfRef {
		return f
	}
	dict := w.p.resolve(ref)
	if dict.kind != pdfDict {
		return nil
	}
	f := &pdfFont{width: 1, codes: map[uint32]string{}}
	if dict.key("Subtype").text == "Type0" {
		f.width = 2
	} else {
		f.table = w.simple(w.p.resolve(dict.key("Encoding")))
	}
	if s, ok := w.p.stream(dict.key("ToUnicode")); ok {
		if b, err := w.p.decode(s); err == nil {
			f.unicode(b)
		}
	}
	if ref.kind == pdfRef && len(w.fonts) < 10_000 {
		w.fonts[ref.ref] = f
	}
	return f
}

// unicode reads the map from codes to text that most fonts carry.
func (f *pdfFont) unicode(b []byte) {
	const most = 70_000
	text := func(s string) string { return decodeUTF16([]byte(s[:min(len(s), 32)])) } // of a letter
	parser := &pdfParser{b: b}
	var args []pdfValue
	for len(f.codes) < most {
		v, err := parser.simple()
		if err != nil {
			return
		}
		if v.kind != pdfWord {
			if len(args) < most {
				args = append(args, v)
			}
			continue
		}
		switch v.text {
		case "endcodespacerange":
			if len(args) >= 2 && len(args[0].text) > 0 && len(args[0].text) <= 4 {
				f.width = len(args[0].text)
			}
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				f.codes[pdfCode(args[i].text)] = text(args[i+1].text)
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				from, to := pdfCode(args[i].text), pdfCode(args[i+1].text)
				for code := from; code <= to && code-from < 65536 && len(f.codes) < most; code++ {
					n := code - from
					if list := args[i+2].array; list != nil {
						if int(n) < len(list) {
							f.codes[code] = text(list[n].text)
						}
						continue
					}
					r := []rune(text(args[i+2].text))
					if len(r) > 0 {
						r[len(r)-1] += rune(n)
						f.codes[code] = string(r)
					}
				}
			}
		}
		args = args[:0]
	}
}

func pdfCode(s string) uint32 {
	n := uint32(0)
	for i := range min(len(s), 4) {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// simple is the table of a font of one byte a letter.
func (w *pdfWriter) simple(encoding pdfValue) *[256]string {
	base := charmap.Windows1252
	name := encoding.text
	if encoding.kind == pdfDict {
		name = w.p.resolve(encoding.key("BaseEncoding")).text
	}
	if name == "MacRomanEncoding" {
		base = charmap.Macintosh
	}
	var table [256]string
	for i := range table {
		if r := base.DecodeByte(byte(i)); r >= ' ' && r != utf8.RuneError {
			table[i] = string(r)
		}
	}
	at := 0
	for _, v := range w.p.resolve(encoding.key("Differences")).array {
		switch v.kind {
		case pdfNumber:
			at = int(v.number)
		case pdfName:
			if at >= 0 && at < 256 {
				if s := glyph(v.text); s != "" {
					table[at] = s
				}
			}
			at++
		}
	}
	return &table
}

// The names of letters' marks, and of other glyphs of Latin text.
var (
	glyphMarks = map[string]string{
		"grave": "\u0300", "acute": "\u0301", "circumflex": "\u0302", "tilde": "\u0303", "macron": "\u0304", "breve": "\u0306",
		"dotaccent": "\u0307", "dieresis": "\u0308", "ring": "\u030a", "caron": "\u030c", "cedilla": "\u0327", "ogonek": "\u0328",
	}
	glyphNames = map[string]string{
		"space": " ", "nbspace": " ", "comma": ",", "period": ".", "colon": ":", "semicolon": ";", "hyphen": "-", "minus": "-",
		"exclam": "!", "question": "?", "parenleft": "(", "parenright": ")", "bracketleft": "[", "bracketright": "]", "slash": "/",
		"quoteright": "’", "quoteleft": "‘", "quotedblleft": "“", "quotedblright": "”", "quotesingle": "'", "quotedbl": "\"",
		"guillemotleft": "«", "guillemotright": "»", "guilsinglleft": "‹", "guilsinglright": "›", "endash": "–", "emdash": "—",
		"bullet": "•", "ellipsis": "…", "ampersand": "&", "at": "@", "percent": "%", "plus": "+", "equal": "=", "numbersign": "#",
		"dollar": "$", "Euro": "€", "sterling": "£", "section": "§", "degree": "°", "copyright": "©", "underscore": "_",
		"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
		"ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "oslash": "ø", "Oslash": "Ø", "germandbls": "ß", "dotlessi": "ı", "lslash": "ł",
		"Lslash": "Ł", "eth": "ð", "Eth": "Ð", "thorn": "þ", "Thorn": "Þ", "exclamdown": "¡", "questiondown": "¿",
		"fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "ffl": "ffl", "ordfeminine": "ª", "ordmasculine": "º", "periodcentered": "·",
	}
)

// glyph is the text of a glyph by its name, or "".
func glyph(name string) string {
	if s, ok := glyphNames[name]; ok {
		return s
	}
	if len(name) == 1 {
		return name
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) == 4 {
		if n, err := strconv.ParseUint(hex, 16, 32); err == nil {
			return string(rune(n))
		}
	}
	if mark := glyphMarks[name[min(len(name), 1):]]; mark != "" {
		return norm.NFC.String(name[:1] + mark)
	}
	return ""
}

// winAnsi is text in Windows-1252, without what is no letter.
func winAnsi(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		if r := charmap.Windows1252.DecodeByte(c); r >= ' ' && r != utf8.RuneError || r == '\n' || r == '\t' {
			out.WriteRune(r)
		}
	}
	return out.String()
}
