package live

// Field is a public field of a kind, as JSON and pages show it.
type Field struct {
	Name string
	// Kind is text, date, choice, term, reference, media, place, url, boolean
	// or list.
	Kind string
	Many bool
	// Always means that nothing is published without it.
	Always  bool
	Form    string   // of a text: email, phone, help_line, year, country, language or ""
	Choices []string // of a choice
	Of      []Field  // of the rows of a list
}

// Kind is a kind of entry as readers know it. A test compares this with what
// the editor side declares: every public field is here and no private one.
type Kind struct {
	Name, Plural  string
	Fields, Facts []Field
}

// Kinds are the kinds that are public.
var Kinds = []Kind{
	{Name: "section", Plural: "sections", Fields: words, Facts: []Field{
		{Name: "directory", Kind: "boolean"}, {Name: "country", Kind: "text", Form: "country"}, {Name: "territory", Kind: "text"},
		{Name: "region", Kind: "term"}, {Name: "status", Kind: "choice", Choices: []string{"member", "associate", "former"}},
		{Name: "founded", Kind: "text", Form: "year"}, {Name: "joined", Kind: "text", Form: "year"}, {Name: "left", Kind: "text", Form: "year"},
		{Name: "local_names", Kind: "list", Of: []Field{{Name: "name", Kind: "text"}, {Name: "acronym", Kind: "text"}, {Name: "lang", Kind: "text", Form: "language"}}},
		{Name: "languages", Kind: "text", Many: true, Form: "language"},
		{Name: "email", Kind: "text", Form: "email"}, {Name: "phone", Kind: "text", Form: "phone"}, {Name: "help_line", Kind: "text", Form: "help_line"},
		{Name: "hours", Kind: "text"}, {Name: "website", Kind: "url"}, {Name: "social", Kind: "url", Many: true},
		{Name: "place", Kind: "place"}, {Name: "confirmed_on", Kind: "date"},
		{Name: "lead_picture", Kind: "media"}, {Name: "owner", Kind: "reference"},
	}},
	{Name: "page", Plural: "pages", Fields: words, Facts: []Field{
		{Name: "topics", Kind: "term", Many: true}, {Name: "instruments", Kind: "term", Many: true}, {Name: "lead_picture", Kind: "media"},
		{Name: "owner", Kind: "reference"},
	}},
	{Name: "news", Plural: "news", Fields: words, Facts: []Field{
		{Name: "date", Kind: "date", Always: true}, {Name: "date_precision", Kind: "choice", Choices: []string{"day", "month"}},
		{Name: "type", Kind: "choice", Choices: []string{"news", "press"}},
		{Name: "topics", Kind: "term", Many: true}, {Name: "instruments", Kind: "term", Many: true}, {Name: "about", Kind: "reference", Many: true},
		{Name: "place", Kind: "place"}, {Name: "lead_picture", Kind: "media"}, {Name: "source", Kind: "text"},
		{Name: "source_url", Kind: "url"},
	}},
}

var words = []Field{{Name: "lead_description", Kind: "text"}, {Name: "search_title", Kind: "text"}, {Name: "search_description", Kind: "text"}}

// KindOf returns the kind of that name or plural.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name || k.Plural == name {
			return k, true
		}
	}
	return Kind{}, false
}

// public returns the values whose names are listed; everything else stays
// where it is.
func public(fields []Field, values map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v, ok := values[f.Name]; ok {
			out[f.Name] = v
		}
	}
	return out
}
