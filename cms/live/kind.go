package live

// Field is a public field of a kind, as JSON and pages show it.
type Field struct {
	Name string
	// Kind is text, date, choice, term, reference, media, place, url, boolean
	// or list.
	Kind string
	Many bool
}

// Kind is a kind of entry as readers know it. A test compares this with what
// the editor side declares: every public field is here and no private one.
type Kind struct {
	Name, Plural  string
	Fields, Facts []Field
}

// Kinds are the kinds that are public.
var Kinds = []Kind{
	{Name: "section", Plural: "sections", Fields: search, Facts: []Field{
		{"directory", "boolean", false}, {"country", "text", false}, {"territory", "text", false},
		{"region", "term", false}, {"status", "choice", false}, {"founded", "text", false},
		{"joined", "text", false}, {"left", "text", false}, {"local_names", "list", false},
		{"languages", "text", true}, {"email", "text", false}, {"phone", "text", false},
		{"help_line", "text", false}, {"hours", "text", false}, {"website", "url", false},
		{"social", "url", true}, {"place", "place", false}, {"confirmed_on", "date", false},
		{"lead_picture", "media", false}, {"owner", "reference", false},
	}},
	{Name: "page", Plural: "pages", Fields: search, Facts: []Field{
		{"topics", "term", true}, {"instruments", "term", true}, {"lead_picture", "media", false},
		{"owner", "reference", false},
	}},
	{Name: "news", Plural: "news", Fields: search, Facts: []Field{
		{"date", "date", false}, {"date_precision", "choice", false}, {"type", "choice", false},
		{"topics", "term", true}, {"instruments", "term", true}, {"about", "reference", true},
		{"place", "place", false}, {"lead_picture", "media", false}, {"source", "text", false},
		{"source_url", "url", false},
	}},
}

var search = []Field{{"search_title", "text", false}, {"search_description", "text", false}}

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
