package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Vocabularies that terms belong to.
const (
	VocabularyTopic      = "topic"
	VocabularyInstrument = "instrument"
	VocabularyRegion     = "region"
)

// Vocabularies lists them in the order in which screens show them.
var Vocabularies = []string{VocabularyTopic, VocabularyInstrument, VocabularyRegion}

// Limits of what a term says, in characters.
const (
	TermLabelMax      = 200
	TermDefinitionMax = 1000
)

// Term is a word of a vocabulary that entries carry: a topic, a legal
// instrument, a region of the world.
//
// A term that was merged into another one stays as a row without labels that
// says which (MergedInto): revisions are sealed and keep the id they were
// published with, and so do drafts, programs of other people and bookmarks.
// Whoever reads a term by its id gets the one it became. Merges are kept flat,
// so one step always leads to a term that is still there.
type Term struct {
	ID         string `gorm:"primaryKey"`
	Vocabulary string
	Position   int
	// Data holds what the vocabulary knows besides labels (TermFields), and
	// what became of the term and of its addresses.
	Data   Values      `gorm:"serializer:json"`
	Labels []TermLabel `gorm:"-"`
}

// Keys of Term.Data that are no fields.
const (
	termMerged = "merged_into" // the id of the term it became
	termFormer = "former"      // by language, the segments of its old addresses
)

// TermLabel is a term in one language.
type TermLabel struct {
	TermID     string `gorm:"primaryKey"`
	Lang       string `gorm:"primaryKey"`
	Vocabulary string
	Label      string
	Slug       string
	// Definition says in a sentence or two what the term means; "" for none.
	Definition string
}

// InstrumentKinds are the kinds of legal texts.
var InstrumentKinds = []string{"treaty", "declaration", "regional_law", "soft_law", "general_comment", "study"}

// instrumentFields are what is known of a legal text in every language.
var instrumentFields = []Field{
	{Name: "short", Kind: FieldText, Max: 40},
	{Name: "reference", Kind: FieldText, Max: 120},
	{Name: "kind", Kind: FieldChoice, Choices: InstrumentKinds},
	{Name: "body", Kind: FieldText, Max: 120},
	{Name: "adopted", Kind: FieldText, Max: 10},
	{Name: "in_force", Kind: FieldText, Max: 10},
	{Name: "url", Kind: FieldURL},
}

// TermFields returns the fields that the terms of a vocabulary have besides
// their labels. "adopted" and "in_force" are as exact as they are known: a
// year, a month (YYYY-MM) or a day.
func TermFields(vocabulary string) []Field {
	if vocabulary == VocabularyInstrument {
		return instrumentFields
	}
	return nil
}

// VocabularyFields returns the names of the facts that hold terms of a
// vocabulary, whatever the kind of entry.
func VocabularyFields(vocabulary string) []string {
	var out []string
	for _, k := range Kinds {
		for _, f := range k.Facts {
			if f.Kind == FieldTerm && f.Vocabulary == vocabulary && !slices.Contains(out, f.Name) {
				out = append(out, f.Name)
			}
		}
	}
	return out
}

// Label returns the term in the first of langs that it has a label for, then
// in any language, then its id.
func (t Term) Label(langs ...string) string {
	if l, ok := t.In(langs...); ok {
		return l.Label
	}
	return t.ID
}

// In returns the label that Label shows, with its language; false when the
// term has none at all.
func (t Term) In(langs ...string) (TermLabel, bool) {
	for _, l := range langs {
		for _, tl := range t.Labels {
			if tl.Lang == l {
				return tl, true
			}
		}
	}
	if len(t.Labels) > 0 {
		return t.Labels[0], true
	}
	return TermLabel{}, false
}

// Own returns the term in a language, false where it has no label in it.
func (t Term) Own(lang string) (TermLabel, bool) {
	l, ok := t.In(lang)
	return l, ok && l.Lang == lang
}

// MergedInto returns the id of the term that this one became, "" for one that
// is still there.
func (t Term) MergedInto() string { return t.Data.Str(termMerged) }

// Former returns the segments of the addresses the term had in a language, or
// that terms merged into it had; they lead on to the one it has.
func (t Term) Former(lang string) []string {
	m, _ := t.Data[termFormer].(map[string]any)
	return Values(m).Strs(lang)
}

// Holds reports whether a former address of the term in a language has a
// segment.
func (t Term) Holds(lang, slug string) bool { return slices.Contains(t.Former(lang), slug) }

// Keep notes a segment among the former addresses of the term.
func (t *Term) Keep(lang, slug string) {
	if slug != "" && !t.Holds(lang, slug) {
		t.setFormer(lang, append(t.Former(lang), slug))
	}
}

// Forget takes a segment out of the former addresses of the term.
func (t *Term) Forget(lang, slug string) {
	if t.Holds(lang, slug) {
		t.setFormer(lang, slices.DeleteFunc(t.Former(lang), func(s string) bool { return s == slug }))
	}
}

func (t *Term) setFormer(lang string, slugs []string) {
	old, _ := t.Data[termFormer].(map[string]any)
	m := maps.Clone(old)
	if m == nil {
		m = map[string]any{}
	}
	delete(m, lang)
	if len(slugs) > 0 {
		list := make([]any, len(slugs))
		for i, s := range slugs {
			list[i] = s
		}
		m[lang] = list
	}
	t.set(termFormer, m)
	if len(m) == 0 {
		delete(t.Data, termFormer)
	}
}

// set changes a value without touching the map that others may hold.
func (t *Term) set(key string, v any) {
	t.Data = maps.Clone(t.Data)
	if t.Data == nil {
		t.Data = Values{}
	}
	t.Data[key] = v
}

// Follow makes t, as it is to be stored, keep what was knows about addresses:
// a segment that t no longer has in a language leads on to it, and one that it
// takes back does not.
func (t *Term) Follow(was Term) {
	if former, ok := was.Data[termFormer]; ok {
		t.set(termFormer, former)
	}
	for _, old := range was.Labels {
		if now, ok := t.Own(old.Lang); !ok || now.Slug != old.Slug {
			t.Keep(old.Lang, old.Slug)
		}
	}
	for _, l := range t.Labels {
		t.Forget(l.Lang, l.Slug)
	}
}

// Merge returns t merged into other, and other with the addresses of t: two
// rows to store. Labels and definitions of other stay as they are, also in
// languages in which only t has some: a word that nobody chose for a term is
// not put into its mouth.
func (t Term) Merge(other Term) (gone, kept Term) {
	kept = other
	former, _ := t.Data[termFormer].(map[string]any)
	for _, lang := range slices.Sorted(maps.Keys(former)) {
		for _, s := range t.Former(lang) {
			kept.Keep(lang, s)
		}
	}
	for _, l := range t.Labels {
		kept.Keep(l.Lang, l.Slug)
	}
	for _, l := range kept.Labels {
		kept.Forget(l.Lang, l.Slug)
	}
	gone = t
	gone.Labels = nil
	gone.Data = maps.Clone(t.Data)
	if gone.Data == nil {
		gone.Data = Values{}
	}
	delete(gone.Data, termFormer)
	gone.Data[termMerged] = other.ID
	return gone, kept
}

// Version is a short hash over all that the term says, for forms to tell
// whether it changed since they were made. Its place in the order is not part
// of it.
func (t Term) Version() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %s", t.ID, t.Vocabulary, t.Data.Canonical())
	labels := slices.SortedFunc(slices.Values(t.Labels), func(a, b TermLabel) int { return strings.Compare(a.Lang, b.Lang) })
	for _, l := range labels {
		fmt.Fprintf(h, " %q", []string{l.Lang, l.Label, l.Slug, l.Definition})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// CleanTerm returns what somebody typed as it is stored: labels without words
// are dropped, addresses follow from the label where none was typed. What the
// program itself keeps in Data is left out. Problems are keyed "label.<lang>",
// "slug.<lang>", "definition.<lang>" and by the name of the field.
func CleanTerm(t Term) (Term, error) {
	bad := &InvalidError{}
	labels := t.Labels
	t.Labels = nil
	for _, l := range labels {
		l.TermID, l.Vocabulary = t.ID, t.Vocabulary
		typed := CleanText(l.Slug, false)
		l.Label, l.Definition = CleanText(l.Label, false), CleanText(l.Definition, true)
		if utf8.RuneCountInString(l.Label) > TermLabelMax {
			bad.Add("label."+l.Lang, "too_long", "max", TermLabelMax)
		}
		if utf8.RuneCountInString(l.Definition) > TermDefinitionMax {
			bad.Add("definition."+l.Lang, "too_long", "max", TermDefinitionMax)
		}
		if l.Label == "" {
			if l.Definition != "" || typed != "" {
				bad.Add("label."+l.Lang, "term_label_missing")
			}
			continue
		}
		if typed == "" {
			l.Slug = Slugify(l.Label, l.Lang)
		} else {
			l.Slug, _ = CleanSlug(typed)
		}
		if l.Slug == "" {
			bad.Add("slug."+l.Lang, "address_empty")
		}
		t.Labels = append(t.Labels, l)
	}
	if len(t.Labels) == 0 && len(bad.Fields) == 0 {
		first := ""
		if len(labels) > 0 {
			first = labels[0].Lang
		}
		bad.Add("label."+first, "term_label_missing")
	}
	fields := TermFields(t.Vocabulary)
	data, err := Clean(fields, t.Data)
	if err != nil {
		for name, p := range err.(*InvalidError).Fields {
			bad.Add(name, p.Code)
			bad.Fields[name] = p // with what its sentence needs
		}
	}
	for _, name := range []string{"adopted", "in_force"} {
		if s := data.Str(name); s != "" && !partialDate(s) {
			bad.Add(name, "not_a_partial_date")
		}
	}
	t.Data = data
	return t, bad.Err()
}

// partialDate reports whether s is a year, a month or a day of the calendar.
func partialDate(s string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if d, err := time.Parse(layout, s); err == nil {
			return d.Year() >= 1000
		}
	}
	return false
}
