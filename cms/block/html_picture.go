package block

import (
	"html/template"
	"strconv"
)

// Sizes attributes: how wide a picture is shown, by the block that shows it.
// Where a screen has more dots than an eye sees, it is told narrower than it is,
// by about a third: a phone gets a picture of 480 dots in place of one of 1,280,
// which is a fifth of the bytes.
//
// Save-Data chooses nothing on the server. Pages are kept in one copy for
// everybody and addresses of pictures name their bytes, so that an answer which
// varied on it would be kept twice, or be the wrong one for somebody. The list
// of sizes leaves the choice to the browser, which knows of the wish, of the
// screen and of the network: it may take a smaller picture than asked for.
const (
	phones    = ", (min-resolution: 2.5dppx) 40vw, (min-resolution: 1.5dppx) 60vw, 94vw"
	sizesText = "(min-width: 44rem) and (min-resolution: 1.5dppx) 30rem, (min-width: 44rem) 42rem" + phones
	sizesLead = "(min-width: 44rem) and (min-resolution: 1.5dppx) 40rem, (min-width: 64rem) 52rem, (min-width: 44rem) 94vw" + phones
	sizesWide = "(min-width: 44rem) and (min-resolution: 1.5dppx) 60vw, (min-width: 74rem) 71rem, (min-width: 44rem) 94vw" + phones
	sizesHalf = "(min-width: 44rem) 20rem" + phones
	sizesCard = "(min-width: 40rem) 20rem" + phones
	sizesLogo = "10rem"
)

// findMedia resolves a "media:<id>" attribute to something with an address.
func findMedia(r Resolver, ref string) (Media, bool) {
	_, id, ok := splitRef(ref)
	if !ok {
		return Media{}, false
	}
	m, ok := r.Media(id)
	return m, ok && SafeURL(m.URL)
}

// when says how soon a browser is to load a picture.
type when int

const (
	later when = iota // as the reader comes near
	now               // with the page
	first             // before everything else
)

// picture writes an image in all its renditions.
func (w *htmlWriter) picture(m Media, alt, sizes string, load when) {
	sources := 0
	for _, s := range m.Sizes {
		if sources == 0 {
			w.open("picture")
		}
		sources++
		w.open("source")
		w.attr("type", s.Type)
		if w.srcset(s.Srcset) {
			w.attr("sizes", sizes)
		}
	}
	w.open("img")
	w.url("src", m.shown())
	if w.srcset(m.Srcset) {
		w.attr("sizes", sizes)
	}
	w.emptyAttr("alt", alt)
	w.intAttr("width", m.Width)
	w.intAttr("height", m.Height)
	switch load {
	case first:
		w.attr("fetchpriority", "high")
	case later:
		w.attr("loading", "lazy")
		w.attr("decoding", "async")
	}
	w.endTag()
	if sources > 0 {
		w.shut()
	}
}

// placeholder keeps the place of a picture that is not shown free; shapes are
// drawn on it, alt is what it is said to be, "" for nothing.
func (w *htmlWriter) placeholder(width, height int, alt, shapes string) {
	w.openClass("svg", "ph")
	w.attr("viewBox", "0 0 "+strconv.Itoa(width)+" "+strconv.Itoa(height))
	if alt == "" {
		w.attr("aria-hidden", "true")
	} else {
		w.attr("role", "img")
		w.attr("aria-label", alt)
	}
	w.drawing(shapes)
	w.shut()
}

// withheld stands in for a picture that readers may not have. It says nothing
// of it.
func (w *htmlWriter) withheld(m Media) {
	width, height := m.Width, m.Height
	if width <= 0 || height <= 0 {
		width, height = 16, 9
	}
	w.placeholder(width, height, w.r.Word("picture.withheld"), "")
}

// credit writes who made a picture.
func (w *htmlWriter) credit(m Media) {
	w.openClass("small", "credit")
	w.text(creditOf(w.r, m))
	w.shut()
}

// creditOf says who made a picture or a file and under what others may use it.
func creditOf(r Resolver, m Media) string {
	word := "credit.file"
	if m.picture() {
		word = "credit"
	}
	s := r.Word(word, m.Credit)
	if m.Licence != "" {
		s += r.Word("comma") + m.Licence
	}
	return s
}

// LeadPicture renders the picture above a text, or nothing where readers may
// not have it. id is bare; alt is what it shows, "" for decoration.
func LeadPicture(r Resolver, id, alt string) template.HTML {
	m, ok := findMedia(r, "media:"+id)
	if !ok || !m.picture() {
		return ""
	}
	w := &htmlWriter{markup: newMarkup(), r: r, doc: Empty(r.Lang())}
	w.openClass("figure", "image lead-picture")
	w.picture(m, w.words(alt), sizesLead, first)
	if m.Credit != "" {
		w.open("figcaption")
		w.credit(m)
	}
	return w.html()
}

// CardPicture renders the picture of a teaser, or nothing. It has no
// description: the title beside it says what it leads to.
func CardPicture(r Resolver, id string) template.HTML {
	w := &htmlWriter{markup: newMarkup(), r: r, doc: Empty(r.Lang())}
	w.cardPicture(id)
	return w.html()
}

func (w *htmlWriter) cardPicture(id string) {
	m, ok := findMedia(w.r, "media:"+id)
	if !ok || !m.picture() {
		return
	}
	if m.Wide != nil {
		m = *m.Wide
	}
	w.picture(m, "", sizesCard, later)
}

func (w *htmlWriter) image(n *Node) {
	if n.str("media") == "" && n.str("alt") == "" && len(n.inline("caption")) == 0 {
		return
	}
	class, sizes := "image", sizesText
	switch n.str("size") {
	case "wide":
		class, sizes = "image wide", sizesWide
	case "half-start":
		class, sizes = "image half-start", sizesHalf
	case "half-end":
		class, sizes = "image half-end", sizesHalf
	}
	w.start("figure", class, n)
	m, ok := findMedia(w.r, n.str("media"))
	if m.Withheld {
		w.withheld(m)
		return
	}
	alt := n.str("alt")
	if alt == "" {
		alt = m.Alt
	}
	if n.flag("decorative") {
		alt = ""
	}
	address, lang, linked := resolveTarget(w.r, n.str("link"))
	if linked {
		w.open("a")
		w.url("href", address)
		w.foreign(lang)
	}
	if ok && m.picture() {
		load := later
		if w.early {
			load = now
		}
		w.picture(m, w.words(alt), sizes, load)
	} else {
		if alt != "" {
			alt = w.words(alt)
		}
		w.placeholder(320, 180, alt, placeholderShapes)
	}
	if linked {
		w.shut()
	}
	caption := n.inline("caption")
	if len(caption) == 0 && m.Credit == "" {
		return
	}
	w.open("figcaption")
	w.inline(caption)
	if m.Credit != "" {
		if len(caption) > 0 {
			w.text(" ")
		}
		w.credit(m)
	}
}
