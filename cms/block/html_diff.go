package block

import (
	"html/template"
	"slices"
	"time"
)

// DiffOptions say how DiffHTML shows a comparison.
type DiffOptions struct {
	// Lang is the interface language of the labels, one of Languages; any other is
	// English.
	Lang string
	// ChangedOnly folds blocks that did not change to a line per run of them.
	ChangedOnly bool
	// Links gives the address of "use this block" for a block that changed or was
	// removed; nil, "" and what SafeURL refuses are none.
	Links func(id string) string
	// LinkLabel is the words of those links, in Lang.
	LinkLabel string
}

// DiffHTML renders now as readers would see it, with what differs from was
// marked. Documents should be normalised; both are rendered with the same
// Resolver, so what they refer to is shown as it is today.
//
// The output is one <div class="diff-text"> in the language of the text ("" if
// both are empty). Blocks that are the same stand in it as HTML writes them, every
// other in a <div class="diff …"> of the classes added, removed, changed and moved
// whose first child says in words what happened. In text that came is <ins> and
// text that went is <del>, inside the elements of the block; what cannot be shown
// that way (pictures, cards, another level or shape) stands twice, before and now.
// A removed block stands after the block it followed. Only what is in now has ids.
func DiffHTML(was, now *Document, r Resolver, o DiffOptions) (template.HTML, error) {
	blocks := alignBlocks(was, now)
	if len(blocks) == 0 {
		return "", nil
	}
	w := diffWriter{
		htmlWriter: htmlWriter{markup: newMarkup(), r: r, doc: now, level: 1},
		was:        was, o: o, lang: labelLang(o.Lang),
	}
	changed := 0
	for i := range blocks {
		if blocks[i].Change != Same {
			changed++
		}
	}
	w.merger = merger{lang: w.htmlWriter.lang(), limit: min(mostTime, mostTimeAll/time.Duration(max(changed, 1)))}
	w.openClass("div", "diff-text")
	if lang := w.htmlWriter.lang(); validLang(lang) {
		w.attr("lang", lang)
		w.attr("dir", dirOf(lang))
	}
	same := 0
	for i := range blocks {
		b := &blocks[i]
		if b.Change == Same {
			if o.ChangedOnly {
				same += w.pass(b.New)
			} else if err := w.block(b.New); err != nil {
				return "", err
			}
			continue
		}
		w.unchanged(same)
		same = 0
		if err := w.change(b); err != nil {
			return "", err
		}
	}
	w.unchanged(same)
	return w.html(), nil
}

// mostTimeAll is how long all comparisons of words in one rendering may take,
// shared evenly by the blocks that changed.
const mostTimeAll = time.Second

// labelLang is the language Word answers in.
func labelLang(lang string) string {
	if lang = baseLang(lang); slices.Contains(Languages, lang) {
		return lang
	}
	return "en"
}

type diffWriter struct {
	htmlWriter
	merger merger
	was    *Document
	o      DiffOptions
	lang   string // of the labels
}

// pass counts a block that is folded away, 0 if it shows nothing anyway. Headings
// below it keep their place in the order of levels.
func (w *diffWriter) pass(n *Node) int {
	if emptyBlock(n) || n.Type == "heading" && len(n.Content) == 0 {
		return 0
	}
	if n.Type == "heading" {
		w.level = shownLevel(n)
	}
	return 1
}

// unchanged stands for a run of blocks that did not change.
func (w *diffWriter) unchanged(n int) {
	if n == 0 {
		return
	}
	w.labelElement("diff-same")
	if n == 1 {
		w.text(Word(w.lang, "diff.same_one"))
	} else {
		w.text(Word(w.lang, "diff.same", n))
	}
	w.shut()
}

// labelElement opens a paragraph in the language of the labels.
func (w *diffWriter) labelElement(class string) {
	w.openClass("p", class)
	if text := w.htmlWriter.lang(); baseLang(text) != w.lang {
		w.attr("lang", w.lang)
		if dirOf(text) != dirOf(w.lang) {
			w.attr("dir", dirOf(w.lang))
		}
	}
}

func (w *diffWriter) labelled(class, key string) {
	w.labelElement(class)
	w.text(Word(w.lang, key))
	w.shut()
}

// change writes a block that is not the same.
func (w *diffWriter) change(b *BlockDiff) error {
	var err error
	switch b.Change {
	case Added:
		w.openClass("div", "diff added")
		w.label(b, "diff.added", nil)
		err = w.side(w.doc, marked(b.New, Insert), w.allOf(b.New, Insert))
	case Removed:
		w.openClass("div", "diff removed")
		w.label(b, "diff.removed", nil)
		level := w.level
		err = w.side(w.was, withoutIDs(marked(b.Old, Delete)), w.allOf(b.Old, Delete))
		w.level = level
	case Moved:
		w.openClass("div", "diff moved")
		w.label(b, "diff.moved", nil)
		err = w.side(w.doc, *b.New, nil)
	default:
		key := "diff.changed"
		if b.Moved {
			w.openClass("div", "diff moved changed")
			key = "diff.moved_changed"
		} else {
			w.openClass("div", "diff changed")
		}
		err = w.both(b, key)
	}
	w.shut()
	return err
}

// label says what happened to a block, which kind of block it is, and what
// changed in it that its words do not show.
func (w *diffWriter) label(b *BlockDiff, key string, attrs []string) {
	w.labelElement("diff-label")
	w.element("strong", Word(w.lang, key))
	w.text(" · " + Word(w.lang, "block."+b.Type))
	for i, name := range attrs {
		if i == 0 {
			w.text(" · ")
		} else {
			w.text(Word(w.lang, "comma"))
		}
		w.text(name)
	}
	if w.o.Links != nil && (b.Change == Changed || b.Change == Removed) {
		if address := w.o.Links(b.ID); SafeURL(address) {
			w.text(" ")
			w.openClass("a", "diff-use")
			w.url("href", address)
			w.text(w.o.LinkLabel)
			w.shut()
		}
	}
	w.shut()
}

// attrNames are the labels of the attributes that changed, without those in shown.
// Of another kind of block no more is said: it has other attributes anyway.
func (w *diffWriter) attrNames(b *BlockDiff, shown map[string][]Span) []string {
	if slices.Contains(b.Attrs, "type") {
		return []string{Word(w.lang, "diff.type")}
	}
	var out []string
	for _, a := range b.Attrs {
		if a == "items" && b.Type != "cards" {
			continue // the block is its items
		}
		key := labelKey(b.Type, a)
		name := Word(w.lang, key)
		// What is no field ("marks", "structure") is seen in the text.
		if name != key && shown[a] == nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// both writes a block that changed: once with the changes marked in its text, or
// its old and its new rendering.
func (w *diffWriter) both(b *BlockDiff, key string) error {
	content, merged := w.merger.content(b.Old, b.New)
	words := w.wordChanges(b)
	// A block without content may show nothing at all, whatever else it has.
	within := merged && len(b.Old.Content) > 0 && len(b.New.Content) > 0
	if within && w.onlyWords(b, words) && (len(words) > 0 || showsChange(content)) {
		n := *b.New
		n.Content = content
		numbered([]Node{n})
		w.label(b, key, w.attrNames(b, words))
		return w.side(w.doc, n, words)
	}
	old, new := *b.Old, *b.New
	if merged {
		old.Content, new.Content = without(content, Insert), without(content, Delete)
	}
	before, _, err := w.rendered(w.was, withoutIDs(old), only(words, Delete))
	if err != nil {
		return err
	}
	after, _, err := w.rendered(w.doc, withoutIDs(new), only(words, Insert))
	if err != nil {
		return err
	}
	w.label(b, key, w.attrNames(b, nil))
	if before == after || b.onlyUnseen() {
		err = w.side(w.doc, new, nil)
	} else {
		w.openClass("div", "diff-sides")
		w.openClass("div", "diff-side diff-was")
		w.labelled("diff-when", "diff.was")
		w.shown(before)
		w.shut()
		w.openClass("div", "diff-side diff-now")
		w.labelled("diff-when", "diff.now")
		err = w.side(w.doc, new, only(words, Insert))
		w.shut()
		w.shut()
	}
	w.unseen(b)
	return err
}

// side writes one rendering of a block.
func (w *diffWriter) side(d *Document, n Node, changes map[string][]Span) error {
	h, level, err := w.rendered(d, n, changes)
	w.level = level
	w.shown(h)
	return err
}

// rendered renders a block on its own. level is that of the last heading then.
func (w *diffWriter) rendered(d *Document, n Node, changes map[string][]Span) (h template.HTML, level int, err error) {
	one := htmlWriter{markup: &markup{}, r: w.r, doc: d, level: w.level, changes: changes}
	err = one.block(&n)
	return one.html(), one.level, err
}

// shown writes what rendered gave.
func (w *diffWriter) shown(h template.HTML) {
	if h == "" {
		w.labelled("diff-none", "diff.none")
		return
	}
	w.endTag()
	w.raw(string(h))
}

// unseenAttrs are what nobody sees in a picture: the words for those who cannot
// see it, and where it leads.
var unseenAttrs = []string{"alt", "decorative", "link"}

// onlyUnseen tells whether a picture looks as it did.
func (b *BlockDiff) onlyUnseen() bool {
	return b.Type == "image" && b.Old.Type == "image" &&
		!slices.ContainsFunc(b.Attrs, func(a string) bool { return !slices.Contains(unseenAttrs, a) })
}

// unseen writes out how attributes changed that a rendering does not show.
func (w *diffWriter) unseen(b *BlockDiff) {
	if b.Old.Type != b.New.Type {
		return
	}
	if slices.Contains(b.Attrs, "alt") {
		w.attribute(labelKey(b.Type, "alt"), DiffWords(b.Old.str("alt"), b.New.str("alt")))
	}
	if slices.Contains(b.Attrs, "link") {
		var spans []Span
		if was := w.target(b.Old.str("link")); was != "" {
			spans = append(spans, Span{Delete, was})
		}
		if now := w.target(b.New.str("link")); now != "" {
			spans = append(spans, Span{Insert, now})
		}
		w.attribute(labelKey(b.Type, "link"), spans)
	}
}

// target names what a link leads to: by its title, or else by the address.
func (w *diffWriter) target(s string) string {
	if ref, _, isRef := splitTarget(s); isRef {
		if t, ok := w.r.Link(ref); ok && t.Title != "" {
			return t.Title
		}
	}
	return s
}

// attribute writes a line with the name and the value of an attribute.
func (w *diffWriter) attribute(key string, spans []Span) {
	w.labelElement("diff-attr")
	w.text(Word(w.lang, key) + ": ")
	w.open("span")
	if text := w.htmlWriter.lang(); validLang(text) && baseLang(text) != w.lang {
		w.attr("lang", text)
		w.attr("dir", dirOf(text))
	}
	w.spans(spans)
	w.shut()
	w.shut()
}

// wordAttrs are the attributes of text blocks whose words attrText writes.
var wordAttrs = []string{"title", "cite", "role", "caption"}

// wordChanges compares the attributes that are shown as words in both renderings.
func (w *diffWriter) wordChanges(b *BlockDiff) map[string][]Span {
	if b.Old.Type != b.New.Type || specByType[b.New.Type] == nil || specByType[b.New.Type].Kind != KindText {
		return nil
	}
	out := map[string][]Span{}
	for _, name := range wordAttrs {
		was, now := b.Old.str(name), b.New.str(name)
		if was != now && was != "" && now != "" && slices.Contains(b.Attrs, name) {
			out[name] = w.compareWords(was, now)
		}
	}
	return out
}

func (w *diffWriter) compareWords(was, now string) []Span {
	return DiffWords(w.words(was), w.words(now))
}

// allOf marks all words of the attributes of a block that came or went.
func (w *diffWriter) allOf(n *Node, op Op) map[string][]Span {
	if spec := specByType[n.Type]; spec == nil || spec.Kind != KindText {
		return nil
	}
	out := map[string][]Span{}
	for _, name := range wordAttrs {
		if s := n.str(name); s != "" {
			out[name] = []Span{{op, w.words(s)}}
		}
	}
	return out
}

// onlyWords tells whether all that changed are words: of the content, or of the
// attributes in words. An anchor is not seen and may change as well.
func (w *diffWriter) onlyWords(b *BlockDiff, words map[string][]Span) bool {
	for _, a := range b.Attrs {
		if a != "marks" && a != "structure" && a != "anchor" && words[a] == nil {
			return false
		}
	}
	return true
}

// only leaves of changed words what a side shows: the old one no Insert, the new
// one no Delete.
func only(changes map[string][]Span, op Op) map[string][]Span {
	out := make(map[string][]Span, len(changes))
	for name, spans := range changes {
		for _, s := range spans {
			if s.Op == Equal || s.Op == op {
				out[name] = append(out[name], s)
			}
		}
	}
	return out
}

// marked returns a block with all its text marked as having come or gone. Cards
// stay as they are: what they show is more than words.
func marked(n *Node, op Op) Node {
	if spec := specByType[n.Type]; spec == nil || spec.Kind != KindText {
		return *n
	}
	return markAll(*n, op)
}

// withoutIDs returns a block that is rendered without ids: an old rendering must
// not take the place of the new one that links lead to.
func withoutIDs(n Node) Node {
	attrs := make(map[string]any, len(n.Attrs))
	for k, v := range n.Attrs {
		if k != "id" && k != "anchor" {
			attrs[k] = v
		}
	}
	n.Attrs = attrs
	return n
}
