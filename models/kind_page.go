package models

// kindPage is a page: it has a place in the order of its section and no
// children.
var kindPage = Kind{
	Name: KindPage, Plural: "pages",
	Fields: common,
	Facts: []Field{
		{Name: "topics", Kind: FieldTerm, Vocabulary: VocabularyTopic, Many: true},
		{Name: "instruments", Kind: FieldTerm, Vocabulary: VocabularyInstrument, Many: true},
		{Name: "lead_picture", Kind: FieldMedia},
		{Name: "owner", Kind: FieldReference, Kinds: []string{KindSection}},
		{Name: "review_by", Kind: FieldDate, Private: true},
		{Name: "note", Kind: FieldText, Max: 1000, Lines: true, Private: true},
	},
}
