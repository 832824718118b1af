package block

import "strings"

// OutlineItem is one line of the list of blocks beside the text.
type OutlineItem struct {
	BlockID string
	Type    string
	Level   int    // of a heading, 0 for other blocks
	Words   string // the first words, "" if it has none
	Anchor  string // what to put after "#" to link to it
}

// Outline lists the top-level blocks in order.
func (d *Document) Outline() []OutlineItem {
	out := make([]OutlineItem, 0, len(d.Doc.Content))
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		item := OutlineItem{BlockID: n.ID(), Type: n.Type, Words: firstWords(n), Anchor: n.ID()}
		if n.Type == "heading" {
			item.Level = n.num("level")
			if a := n.str("anchor"); a != "" {
				item.Anchor = fragment(a)
			}
		}
		out = append(out, item)
	}
	return out
}

// firstWords is the beginning of what a block says, on one line.
func firstWords(n *Node) string {
	const most = 60 // characters
	s := strings.Join(strings.Fields(blockWords(n)), " ")
	if n.Type == "image" && n.flag("decorative") {
		s = ""
	}
	short := clip(s, most)
	if short == s {
		return s
	}
	if i := strings.LastIndexByte(short, ' '); i > most/2 {
		short = short[:i] + "…"
	}
	return short
}
