package models

// kindNews is a news item: it has a date instead of a place in an order.
var kindNews = Kind{
	Name: KindNews, Plural: "news",
	Fields: common,
	Facts: []Field{
		{Name: "date", Kind: FieldDate, Required: true},
		{Name: "date_precision", Kind: FieldChoice, Choices: []string{"day", "month"}},
		{Name: "type", Kind: FieldChoice, Choices: []string{"news", "press"}},
		{Name: "topics", Kind: FieldTerm, Vocabulary: VocabularyTopic, Many: true},
		{Name: "instruments", Kind: FieldTerm, Vocabulary: VocabularyInstrument, Many: true},
		{Name: "about", Kind: FieldReference, Kinds: []string{KindSection}, Many: true},
		{Name: "place", Kind: FieldPlace},
		{Name: "lead_picture", Kind: FieldMedia},
		{Name: "source", Kind: FieldText, Max: 300},
		{Name: "source_url", Kind: FieldURL},
		{Name: "review_by", Kind: FieldDate, Private: true},
		{Name: "note", Kind: FieldText, Max: 1000, Lines: true, Private: true},
	},
}
