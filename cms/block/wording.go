package block

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// eachWords calls f for every piece of text of a block that a translator would
// write, in reading order. path is the attribute path of the registry; "content"
// pieces come paragraph by paragraph.
func eachWords(n *Node, f func(path, words string)) {
	spec := specByType[n.Type]
	if spec == nil {
		return
	}
	for _, path := range spec.Translatable {
		if path == "content" {
			eachParagraph(n, func(inline []Node) { f(path, inlineWords(inline)) })
			continue
		}
		name, sub, nested := strings.Cut(path, ".")
		switch v := n.Attrs[name].(type) {
		case string:
			f(path, v)
		case []Node:
			f(path, inlineWords(v))
		case map[string]any:
			if nested {
				f(path, object(v).str(sub))
			}
		case []any:
			for _, e := range v {
				if nested {
					f(path, object(e).str(sub))
				}
			}
		}
	}
}

// eachParagraph calls f for every run of inline content inside a block.
func eachParagraph(n *Node, f func(inline []Node)) {
	if spec := specByType[n.Type]; spec != nil && spec.Content != nil && spec.Content.Inline {
		f(n.Content)
		return
	}
	for i := range n.Content {
		eachParagraph(&n.Content[i], f)
	}
}

// inlineWords is the text of inline content with facts by their key: the value is
// not something anybody translates. Meanings of abbreviations and titles of links
// are words too.
func inlineWords(nodes []Node) string {
	var b strings.Builder
	for i := range nodes {
		switch n := &nodes[i]; n.Type {
		case "text":
			b.WriteString(n.Text)
		case "hard_break":
			b.WriteByte('\n')
		case "fact":
			b.WriteString("{" + n.str("key") + "}")
		}
	}
	for i := range nodes {
		for _, m := range nodes[i].Marks {
			if t := m.str("title"); t != "" {
				b.WriteString("\n" + t)
			}
		}
	}
	return b.String()
}

// blockWords is everything a translator would write in a block, a line each.
func blockWords(n *Node) string {
	var b strings.Builder
	eachWords(n, func(_, words string) {
		if words == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(words)
	})
	return b.String()
}

// Hashes tells for every top-level block the hash of its translatable words, white
// space aside. A translation stores those of its source; a block whose hash has
// changed since is out of date. Blocks without words have "" and so never are.
func (d *Document) Hashes() map[string]string {
	out := make(map[string]string, len(d.Doc.Content))
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		words := strings.Join(strings.Fields(blockWords(n)), " ")
		if words == "" {
			out[n.ID()] = ""
			continue
		}
		sum := sha256.Sum256([]byte(words))
		out[n.ID()] = hex.EncodeToString(sum[:12])
	}
	return out
}

// Words counts the words a reader reads, by the rules of Unicode: a Chinese or
// Japanese character counts as one.
func (d *Document) Words() int {
	n := 0
	for i := range d.Doc.Content {
		n += countWords(blockWords(&d.Doc.Content[i]))
	}
	return n
}

func countWords(s string) int {
	n, state, word := 0, -1, ""
	for s != "" {
		word, s, state = uniseg.FirstWordInString(s, state)
		if strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
			n++
		}
	}
	return n
}

// mostWords is a bound on countWords that costs a tenth of it: in scripts that
// set words apart no word begins inside a run of letters and digits. In others
// every character may be one.
func mostWords(s string) int {
	n, inside := 0, false
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if letter && (!inside || r >= firstUnspaced) {
			n++
		}
		inside = letter && r < firstUnspaced
	}
	return n
}

// firstUnspaced is the first letter of Thai: from there on come the scripts
// that write words without space between them.
const firstUnspaced = 0x0E00
