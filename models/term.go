package models

// Vocabularies that terms belong to.
const (
	VocabularyTopic      = "topic"
	VocabularyInstrument = "instrument"
	VocabularyRegion     = "region"
)

// Term is a word of a vocabulary that entries carry: a topic, a legal
// instrument, a region of the world.
type Term struct {
	ID         string `gorm:"primaryKey"`
	Vocabulary string
	Position   int
	// Data holds what the vocabulary knows besides labels (the reference and
	// the dates of an instrument).
	Data   Values      `gorm:"serializer:json"`
	Labels []TermLabel `gorm:"-"`
}

// TermLabel is a term in one language.
type TermLabel struct {
	TermID     string `gorm:"primaryKey"`
	Lang       string `gorm:"primaryKey"`
	Vocabulary string
	Label      string
	Slug       string
}

// Label returns the term in the first of langs that it has a label for, then
// in any language, then its id.
func (t Term) Label(langs ...string) string {
	for _, l := range langs {
		for _, tl := range t.Labels {
			if tl.Lang == l {
				return tl.Label
			}
		}
	}
	if len(t.Labels) > 0 {
		return t.Labels[0].Label
	}
	return t.ID
}
