package block

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Severity says whether a finding stops publishing.
type Severity string

// Severities.
const (
	Error   Severity = "error"   // stops publishing
	Warning Severity = "warning" // advice
)

// Finding is something Checks noticed. The codes are stable; the sentence of each
// is the word "finding."+Code:
//
//	paragraph  long bold fake_list              w
//	heading    empty                            e
//	           level long repeated              w
//	list       single                           w
//	quote      empty                            e    cite                        w
//	callout    empty                            e    urgent                      w
//	image      media alt alt_filename alt_prefix decorative_link                 e
//	           alt_long alt_caption             w
//	logos      empty name                       e
//	contact    empty name                       e    hidden                      w
//	files      empty media title                e    title_filename large        w
//	table      empty header                     e    caption merged layout wide  w
//	button     label target                     e    vague primary               w
//	cards      empty                            e    nothing                     w
//	section_list  nothing                       w
//	divider    edge                             w
//	link       vague hidden                     w
//	fact       hidden                           w
//
// What needs the media library (consent, resolution, tagged PDF) is checked where
// that is known.
type Finding struct {
	BlockID  string
	Code     string
	Severity Severity
	Args     map[string]any
}

// Text is the sentence for people.
func (f Finding) Text(lang string) string { return sentence(lang, "finding."+f.Code, f.Args) }

// Checks looks for what would stop or hinder readers, in the order of the text.
// With Inert as Resolver it does not say that something is not public.
func (d *Document) Checks(r Resolver) []Finding {
	c := checker{r: r, doc: d, level: 1, headings: map[string]bool{}}
	_, c.inert = r.(Inert)
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		c.id = n.ID()
		c.block(n, i)
	}
	return c.out
}

type checker struct {
	r        Resolver
	doc      *Document
	inert    bool
	id       string
	level    int // of the last heading
	headings map[string]bool
	urgent   int
	primary  int
	out      []Finding
}

func (c *checker) add(s Severity, code string, args ...any) {
	c.out = append(c.out, Finding{BlockID: c.id, Code: code, Severity: s, Args: argMap(args)})
}

func (c *checker) block(n *Node, at int) {
	eachParagraph(n, c.inline)
	switch n.Type {
	case "paragraph":
		c.paragraph(n)
	case "heading":
		c.heading(n)
	case "bullet_list", "ordered_list":
		if len(n.Content) == 1 {
			c.add(Warning, "list.single")
		}
	case "quote":
		if len(n.Content) == 0 {
			c.add(Error, "quote.empty")
		}
		if n.str("cite") == "" {
			c.add(Warning, "quote.cite")
		}
	case "callout":
		if len(n.Content) == 0 {
			c.add(Error, "callout.empty")
		}
		if n.str("tone") == "urgent" {
			if c.urgent++; c.urgent == 3 {
				c.add(Warning, "callout.urgent")
			}
		}
	case "image":
		c.image(n)
	case "logos":
		items := n.list("items")
		if len(items) == 0 {
			c.add(Error, "logos.empty")
		}
		for i, e := range items {
			if object(e).str("name") == "" {
				c.add(Error, "logos.name", "number", i+1)
			}
		}
	case "contact":
		c.contact(n)
	case "files":
		c.files(n)
	case "table":
		c.table(n)
	case "button":
		c.button(n)
	case "cards":
		c.cards(n)
	case "section_list":
		if !c.inert {
			if regions, _ := sectionsOf(c.r, n); len(regions) == 0 {
				c.add(Warning, "section_list.nothing")
			}
		}
	case "divider":
		if at == 0 || at == len(c.doc.Doc.Content)-1 {
			c.add(Warning, "divider.edge")
		}
	}
}

// vague are link texts that mean something only in their sentence.
var vague = regexp.MustCompile(`(?i)^(click here|here|read more|more|learn more|link|this|cliquez ici|ici|lire la suite|en savoir plus|plus|lien|klik hier|hier|lees meer|meer|meer info|link|haga clic aquí|aqu[ií]|leer m[aá]s|m[aá]s|enlace|هنا|انقر هنا|اقرأ المزيد|المزيد)[ .…:!»>→]*$`)

// inline looks at the links and facts of a paragraph. Runs that share a link are
// one link.
func (c *checker) inline(nodes []Node) {
	var words strings.Builder
	var open *Mark
	end := func() {
		if open == nil {
			return
		}
		text := strings.TrimSpace(words.String())
		if vague.MatchString(text) {
			c.add(Warning, "link.vague", "words", clip(text, 40))
		}
		if ref := open.str("ref"); ref != "" && !c.inert {
			if _, ok := c.r.Link(ref); !ok {
				c.add(Warning, "link.hidden", "words", clip(text, 40))
			}
		}
		open = nil
		words.Reset()
	}
	for i := range nodes {
		n := &nodes[i]
		if n.Type == "fact" && !c.inert {
			if _, ok := c.r.Fact(n.str("key")); !ok {
				c.add(Warning, "fact.hidden", "key", n.str("key"))
			}
		}
		if len(n.Marks) == 0 || n.Marks[0].Type != "link" {
			end()
			continue
		}
		if open != nil && !equalMark(*open, n.Marks[0]) {
			end()
		}
		open = &n.Marks[0]
		words.WriteString(n.Text)
	}
	end()
}

var fakeItem = regexp.MustCompile(`^\s*([-–•*·▪]|\d{1,2}[.)])\s`)

// longParagraph is how many words a paragraph has before it is long.
const longParagraph = 120

func (c *checker) paragraph(n *Node) {
	if len(n.Content) == 0 {
		return
	}
	if text := inlineWords(n.Content); mostWords(text) > longParagraph {
		if words := countWords(text); words > longParagraph {
			c.add(Warning, "paragraph.long", "words", words)
		}
	}
	bold, fake, start := true, false, true
	for i := range n.Content {
		t := &n.Content[i]
		if t.Type == "hard_break" {
			start = true
			continue
		}
		if !slices.ContainsFunc(t.Marks, func(m Mark) bool { return m.Type == "strong" }) {
			bold = false
		}
		if start && fakeItem.MatchString(t.Text) {
			fake = true
		}
		start = false
	}
	if bold {
		c.add(Warning, "paragraph.bold")
	}
	if fake {
		c.add(Warning, "paragraph.fake_list")
	}
}

func (c *checker) heading(n *Node) {
	text := strings.TrimSpace(inlineText(n.Content))
	if text == "" {
		c.add(Error, "heading.empty")
		return
	}
	level := n.num("level")
	if level > c.level+1 {
		c.add(Warning, "heading.level", "from", c.level, "to", level)
	}
	c.level = level
	if length := utf8.RuneCountInString(text); length > 90 {
		c.add(Warning, "heading.long", "length", length)
	}
	if key := strings.ToLower(text); c.headings[key] {
		c.add(Warning, "heading.repeated")
	} else {
		c.headings[key] = true
	}
}

// inlineText is the words of inline content and nothing else.
func inlineText(nodes []Node) string {
	var b strings.Builder
	for i := range nodes {
		if nodes[i].Type == "hard_break" {
			b.WriteByte(' ')
		}
		b.WriteString(nodes[i].Text)
	}
	return b.String()
}

var (
	fileName  = regexp.MustCompile(`(?i)(\.(jpe?g|png|gif|webp|avif|svg|tiff?|heic|pdf|docx?|xlsx?|pptx?|odt|zip)$)|^(img|dsc|dcim|pict|image|photo|scan|screenshot|whatsapp image)[ _-]?\d+`)
	altPrefix = regexp.MustCompile(`(?i)^\s*(((an? )?(image|picture|photo|photograph) of)|((une? )?(image|photo|photographie) d(e |es |u |'|’))|((een )?(foto|afbeelding|beeld) van)|((una? )?(imagen|foto|fotografía) del?) |صورة)`)
)

// CheckDescription returns what is wrong with a description of a picture that
// stands in no block: a name of a file, or words that say it is a picture.
func CheckDescription(alt string) []Finding {
	var out []Finding
	for _, code := range descriptionErrors(alt) {
		out = append(out, Finding{Code: code, Severity: Error})
	}
	return out
}

// descriptionErrors are the codes of what is wrong with the description of a
// picture.
func descriptionErrors(alt string) (codes []string) {
	if fileName.MatchString(alt) {
		codes = append(codes, "image.alt_filename")
	}
	if altPrefix.MatchString(alt) {
		codes = append(codes, "image.alt_prefix")
	}
	return codes
}

func (c *checker) image(n *Node) {
	c.inline(n.inline("caption"))
	alt := n.str("alt")
	if n.str("media") == "" {
		c.add(Error, "image.media")
	}
	if n.flag("decorative") {
		if n.str("link") != "" {
			c.add(Error, "image.decorative_link")
		}
		return
	}
	if alt == "" {
		if m, ok := findMedia(c.r, n.str("media")); !ok || m.Alt == "" {
			c.add(Error, "image.alt")
		}
		return
	}
	for _, code := range descriptionErrors(alt) {
		c.add(Error, code)
	}
	if length := utf8.RuneCountInString(alt); length > 150 {
		c.add(Warning, "image.alt_long", "length", length)
	}
	if caption := strings.TrimSpace(inlineText(n.inline("caption"))); caption != "" && strings.EqualFold(caption, alt) {
		c.add(Warning, "image.alt_caption")
	}
}

func (c *checker) contact(n *Node) {
	source := n.str("source")
	inline := object(n.Attrs["inline"])
	switch {
	case source == "" && len(inline.Attrs) == 0:
		c.add(Error, "contact.empty")
	case source == "" && inline.str("name") == "":
		c.add(Error, "contact.name")
	case source != "" && !c.inert:
		if _, ok := contactOf(c.r, n); !ok {
			c.add(Warning, "contact.hidden")
		}
	}
}

func (c *checker) files(n *Node) {
	items := n.list("items")
	if len(items) == 0 {
		c.add(Error, "files.empty")
	}
	for i, e := range items {
		o := object(e)
		if o.str("media") == "" {
			c.add(Error, "files.media", "number", i+1)
		}
		switch title := o.str("title"); {
		case title == "":
			c.add(Error, "files.title", "number", i+1)
		case fileName.MatchString(title):
			c.add(Warning, "files.title_filename", "number", i+1)
		}
		if m, ok := findMedia(c.r, o.str("media")); ok && m.Bytes > 10_000_000 {
			c.add(Warning, "files.large", "number", i+1)
		}
	}
}

func (c *checker) table(n *Node) {
	if len(n.Content) == 0 {
		c.add(Error, "table.empty")
		return
	}
	if !n.flag("headerRow") && !n.flag("headerCol") {
		c.add(Error, "table.header")
	}
	if n.str("caption") == "" {
		c.add(Warning, "table.caption")
	}
	merged := slices.ContainsFunc(n.Content, func(row Node) bool {
		return slices.ContainsFunc(row.Content, func(cell Node) bool { return cell.num("colspan") > 1 || cell.num("rowspan") > 1 })
	})
	if merged {
		c.add(Warning, "table.merged")
	}
	switch width := tableWidth(n.Content); {
	case width == 1:
		c.add(Warning, "table.layout")
	case width > 6:
		c.add(Warning, "table.wide", "columns", width)
	}
}

func (c *checker) button(n *Node) {
	label, link := n.str("label"), n.str("link")
	if label == "" {
		c.add(Error, "button.label")
	}
	if link == "" {
		c.add(Error, "button.target")
	} else if _, _, ok := resolveTarget(c.r, link); !ok && !c.inert {
		c.add(Warning, "link.hidden", "words", clip(label, 40))
	}
	if vague.MatchString(label) {
		c.add(Warning, "button.vague", "words", label)
	}
	if n.str("style") != "plain" {
		if c.primary++; c.primary == 2 {
			c.add(Warning, "button.primary")
		}
	}
}

func (c *checker) cards(n *Node) {
	if n.str("mode") == "manual" && len(n.list("items")) == 0 {
		c.add(Error, "cards.empty")
		return
	}
	if !c.inert && len(cardsOf(c.r, n)) == 0 {
		c.add(Warning, "cards.nothing")
	}
}
