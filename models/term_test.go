package models

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func label(lang, text, slug string) TermLabel { return TermLabel{Lang: lang, Label: text, Slug: slug} }

func TestCleanTerm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		in   Term
		want []string // keys of problems
		slug string   // of the first label
	}{
		{"address from the label", Term{Labels: []TermLabel{label("fr", "Justice pour l’enfant", "")}}, nil, "justice-pour-l-enfant"},
		{"address as typed", Term{Labels: []TermLabel{label("en", "Justice", " The Law! ")}}, nil, "the-law"},
		{"other scripts stay", Term{Labels: []TermLabel{label("ar", "حقوق الطفل", "")}}, nil, "حقوق-الطفل"},
		{"no name at all", Term{Labels: []TermLabel{label("en", " ", ""), label("fr", "", "")}}, []string{"label.en"}, ""},
		{"an empty language is none", Term{Labels: []TermLabel{label("en", "", ""), label("fr", "Lois", "")}}, nil, "lois"},
		{"an address without a name", Term{Labels: []TermLabel{label("en", "", "x"), label("fr", "Lois", "")}}, []string{"label.en"}, ""},
		{"a definition without a name", Term{Labels: []TermLabel{{Lang: "en", Definition: "x"}, label("fr", "Lois", "")}}, []string{"label.en"}, ""},
		{"nothing to make an address of", Term{Labels: []TermLabel{label("en", "!?", "")}}, []string{"slug.en"}, ""},
		{"too long", Term{Labels: []TermLabel{{Lang: "en", Label: strings.Repeat("a", TermLabelMax+1), Definition: strings.Repeat("b", TermDefinitionMax+1)}}}, []string{"definition.en", "label.en"}, ""},
		{"dates as exact as known", Term{Vocabulary: VocabularyInstrument, Labels: []TermLabel{label("en", "A", "")}, Data: Values{"adopted": "1989", "in_force": "1990-09"}}, nil, "a"},
		{"no such day", Term{Vocabulary: VocabularyInstrument, Labels: []TermLabel{label("en", "A", "")}, Data: Values{"adopted": "1989-02-30", "in_force": "soon"}}, []string{"adopted", "in_force"}, ""},
		{"no such kind, no such address", Term{Vocabulary: VocabularyInstrument, Labels: []TermLabel{label("en", "A", "")}, Data: Values{"kind": "law", "url": "javascript:x"}}, []string{"kind", "url"}, ""},
		{"a topic has no reference", Term{Vocabulary: VocabularyTopic, Labels: []TermLabel{label("en", "A", "")}, Data: Values{"reference": "x"}}, []string{"reference"}, ""},
		{"what the program keeps is nobody's to write", Term{Vocabulary: VocabularyInstrument, Labels: []TermLabel{label("en", "A", "")}, Data: Values{termMerged: "x"}}, []string{termMerged}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := CleanTerm(tt.in)
			var bad *InvalidError
			errors.As(err, &bad)
			var keys []string
			if bad != nil {
				keys = slices.Sorted(maps.Keys(bad.Fields))
			}
			if !slices.Equal(keys, tt.want) {
				t.Fatalf("CleanTerm: problems %v, want %v", keys, tt.want)
			}
			if tt.slug != "" && got.Labels[0].Slug != tt.slug {
				t.Errorf("address %q, want %q", got.Labels[0].Slug, tt.slug)
			}
		})
	}
}

func TestTermAddressesLeadOn(t *testing.T) {
	t.Parallel()
	first := Term{ID: "a", Labels: []TermLabel{label("en", "Law", "law"), label("fr", "Loi", "loi")}}
	second := Term{ID: "a", Labels: []TermLabel{label("en", "Justice", "justice")}}
	second.Follow(first)
	if !second.Holds("en", "law") || !second.Holds("fr", "loi") || second.Holds("en", "justice") {
		t.Errorf("former addresses: %v", second.Data)
	}
	third := Term{ID: "a", Labels: []TermLabel{label("en", "Law", "law")}}
	third.Follow(second)
	if third.Holds("en", "law") || !third.Holds("en", "justice") || !third.Holds("fr", "loi") {
		t.Errorf("former addresses after taking one back: %v", third.Data)
	}
	if !second.Holds("en", "law") {
		t.Error("following changed the term that was followed")
	}
}

func TestTermMerge(t *testing.T) {
	t.Parallel()
	a := Term{ID: "a", Data: Values{"reference": "x"}, Labels: []TermLabel{label("en", "Law", "law"), label("ar", "قانون", "قانون")}}
	a.Keep("en", "rules")
	b := Term{ID: "b", Labels: []TermLabel{label("en", "Justice", "justice")}}
	gone, kept := a.Merge(b)
	if gone.MergedInto() != "b" || gone.Labels != nil || gone.Former("en") != nil {
		t.Errorf("gone: %+v", gone)
	}
	if !kept.Holds("en", "law") || !kept.Holds("en", "rules") || !kept.Holds("ar", "قانون") {
		t.Errorf("kept: %+v", kept)
	}
	if diff := cmp.Diff(b.Labels, kept.Labels); diff != "" {
		t.Errorf("labels of the other one changed:\n%s", diff)
	}
	if a.MergedInto() != "" || b.Data != nil {
		t.Error("merging changed its arguments")
	}
}

func TestTermVersion(t *testing.T) {
	t.Parallel()
	a := Term{ID: "a", Labels: []TermLabel{label("en", "Law", "law"), label("fr", "Loi", "loi")}}
	b := Term{ID: "a", Position: 7, Labels: []TermLabel{a.Labels[1], a.Labels[0]}}
	if a.Version() != b.Version() {
		t.Error("the order of labels or of terms is part of the version")
	}
	b.Labels = []TermLabel{{Lang: "en", Label: "Law", Slug: "law", Definition: "x"}, a.Labels[1]}
	if a.Version() == b.Version() {
		t.Error("a definition is not part of the version")
	}
}
