package models

// Statuses of an organisation in the network. An organisation without one
// (the secretariat) is in the directory of nobody and is not counted.
const (
	StatusMember    = "member"
	StatusAssociate = "associate"
	StatusFormer    = "former"
)

// kindSection is a section: a branch of the tree with a landing text. An
// organisation section carries a profile as well.
var kindSection = Kind{
	Name: KindSection, Plural: "sections",
	Fields: common,
	Facts: []Field{
		{Name: "directory", Kind: FieldBoolean, Type: TypeArea},
		{Name: "country", Kind: FieldText, Form: "country", Type: TypeOrganisation},
		// What the country or territory is called wherever its name is shown;
		// the code above it stays for counting and filtering.
		{Name: "territory", Kind: FieldText, Max: 120, Type: TypeOrganisation},
		{Name: "region", Kind: FieldTerm, Vocabulary: VocabularyRegion, Type: TypeOrganisation},
		{Name: "status", Kind: FieldChoice, Choices: []string{StatusMember, StatusAssociate, StatusFormer}, Type: TypeOrganisation},
		{Name: "founded", Kind: FieldText, Form: "year", Type: TypeOrganisation},
		{Name: "joined", Kind: FieldText, Form: "year", Type: TypeOrganisation},
		{Name: "left", Kind: FieldText, Form: "year", Type: TypeOrganisation},
		{Name: "local_names", Kind: FieldList, Max: 10, Type: TypeOrganisation, Of: []Field{
			{Name: "name", Kind: FieldText, Max: 160}, {Name: "acronym", Kind: FieldText, Max: 20},
			{Name: "lang", Kind: FieldText, Form: "language"},
		}},
		{Name: "languages", Kind: FieldText, Form: "language", Many: true, Type: TypeOrganisation},
		{Name: "email", Kind: FieldText, Form: "email", Type: TypeOrganisation},
		{Name: "phone", Kind: FieldText, Form: "phone", Max: 40, Type: TypeOrganisation},
		{Name: "help_line", Kind: FieldText, Form: "help_line", Max: 40, Type: TypeOrganisation},
		{Name: "hours", Kind: FieldText, Max: 300, Lines: true, Type: TypeOrganisation},
		{Name: "website", Kind: FieldURL, Type: TypeOrganisation},
		{Name: "social", Kind: FieldURL, Many: true, Max: 10, Type: TypeOrganisation},
		{Name: "place", Kind: FieldPlace, Type: TypeOrganisation},
		{Name: "confirmed_on", Kind: FieldDate, Type: TypeOrganisation},
		{Name: "lead_picture", Kind: FieldMedia},
		{Name: "owner", Kind: FieldReference, Kinds: []string{KindSection}, Type: TypeArea},
		{Name: "review_by", Kind: FieldDate, Private: true},
		{Name: "note", Kind: FieldText, Max: 1000, Lines: true, Private: true},
	},
}
