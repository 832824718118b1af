package seed

import (
	"testing"
	"unicode/utf8"

	"meridian/cms/block"
)

// TestWordsRunInParallel: otherwise a translation would tell another story.
func TestWordsRunInParallel(t *testing.T) {
	t.Parallel()
	lists := func(v vocabulary) [][]string {
		return [][]string{v.subjects, v.verbs, v.objects, v.places, v.headings, v.labels, v.topics}
	}
	longest := func(list []string) int {
		n := 0
		for _, s := range list {
			n = max(n, utf8.RuneCountInString(s))
		}
		return n
	}
	en := lists(vocabularies["en"])
	for lang, v := range vocabularies {
		for i, list := range lists(v) {
			if len(list) != len(en[i]) {
				t.Errorf("%s: list %d has %d words, English %d", lang, i, len(list), len(en[i]))
			}
		}
		if n := longest(v.subjects) + longest(v.verbs) + longest(v.objects) + longest(v.places) + 3; n > 120 {
			t.Errorf("%s: a title of %d characters could not be published", lang, n)
		}
	}
}

// TestStories: the same number tells the same story in two languages, made of
// every kind of block that needs no media.
func TestStories(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range 200 {
		story := [32]byte{byte(i)}
		en := newTeller("en", story, []string{"01j9zzzzzzzzzzzzzzzzzzzzzz"}).document(i%8 == 0)
		ar := newTeller("ar", story, []string{"01j9zzzzzzzzzzzzzzzzzzzzzz"}).document(i%8 == 0)
		for j, b := range en.Doc.Content {
			seen[b.Type] = true
			other := ar.Doc.Content[j]
			if b.ID() != other.ID() || b.Type != other.Type || len(b.Content) != len(other.Content) {
				t.Fatalf("story %d, block %d: %s %s and %s %s", i, j, b.Type, b.ID(), other.Type, other.ID())
			}
		}
		for _, d := range []*block.Document{en, ar} {
			if err := d.Validate(); err != nil {
				t.Fatalf("story %d: %v", i, err)
			}
			for _, f := range d.Checks(block.Inert{}) {
				t.Errorf("story %d in %s: %s %v", i, d.Lang, f.Code, f.Args)
			}
		}
	}
	for _, s := range block.Specs() {
		switch {
		case s.Kind == block.KindPart, s.Type == "image", s.Type == "files":
		case !seen[s.Type]:
			t.Errorf("no story has a %s", s.Type)
		}
	}
}
