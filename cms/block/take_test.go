package block

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// letters makes a text of one paragraph per letter; the id is the letter eight
// times, the words follow from the letter and its case.
func letters(s string) *Document {
	d := Empty("en")
	for _, r := range s {
		id := strings.Repeat(strings.ToLower(string(r)), 8)
		d.Doc.Content = append(d.Doc.Content, Node{Type: "paragraph", Attrs: map[string]any{"id": id}, Content: []Node{Text(string(r))}})
	}
	return d
}

func TestTake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, doc, from, id, want string
	}{
		{"replaced in place", "abc", "Bca", "b", "aBc"},
		{"the same", "abc", "abc", "b", "abc"},
		{"put back after the one before", "ac", "abc", "b", "abc"},
		{"after the nearest that is still there", "ad", "abcd", "c", "acd"},
		{"after it where it is now", "cxa", "abc", "b", "cxab"},
		{"at the start", "bc", "abc", "a", "abc"},
		{"at the start when none before it is there", "c", "abc", "b", "bc"},
		{"into an empty text", "", "abc", "b", "b"},
		{"removed", "abc", "ac", "b", "ac"},
		{"the last one removed", "a", "b", "a", ""},
		{"in neither", "abc", "abc", "d", "none"},
		{"without an id", "abc", "abc", "", "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, from := letters(tt.doc), letters(tt.from)
			got, ok := d.Take(from, strings.Repeat(tt.id, 8))
			words := "none"
			if ok {
				words = strings.ReplaceAll(got.PlainText(Inert{}), "\n\n", "")
				if err := got.Validate(); err != nil {
					t.Errorf("Validate: %v", err)
				}
			}
			if words != tt.want {
				t.Errorf("got %q, want %q", words, tt.want)
			}
			if ok && len(got.Doc.Content) > 0 {
				got.Doc.Content[0].Content[0].Text = "changed"
			}
			if string(d.JSON()) != string(letters(tt.doc).JSON()) || string(from.JSON()) != string(letters(tt.from).JSON()) {
				t.Error("the copy shares something with what it was made from")
			}
		})
	}
}

// TestTakeEveryBlock: taking everything that differs, in any order, gives the old
// blocks again, each as it was; what both had all along keeps its new order, so if
// nothing had moved it is the old text to the byte.
func TestTakeEveryBlock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		was := genDocument().Draw(t, "was")
		was.Normalize(counter())
		now := genEdited(was).Draw(t, "now")
		now.Normalize(counter())
		if was.Validate() != nil || now.Validate() != nil {
			t.Skip("normalising made a table too wide")
		}
		diff := Diff(was, now)
		moved := false
		got := now
		for _, b := range rapid.Permutation(diff).Draw(t, "order") {
			moved = moved || b.Moved
			if b.Change == Same {
				continue
			}
			next, ok := got.Take(was, b.ID)
			if !ok {
				t.Fatalf("Take(%q): in neither", b.ID)
			}
			if err := next.Validate(); err != nil {
				t.Fatalf("Take(%q): %v", b.ID, err)
			}
			got = next
		}
		if len(got.Doc.Content) != len(was.Doc.Content) {
			t.Fatalf("%d blocks, want %d", len(got.Doc.Content), len(was.Doc.Content))
		}
		for i := range got.Doc.Content {
			n := &got.Doc.Content[i]
			at := was.block(n.ID())
			if at < 0 || !equalNode(&was.Doc.Content[at], n) {
				t.Fatalf("block %q is not what it was", n.ID())
			}
		}
		if !moved && string(got.JSON()) != string(was.JSON()) {
			t.Fatalf("got  %s\nwant %s", got.JSON(), was.JSON())
		}
	})
}
