package api

import (
	"encoding/json"
	"time"
)

// Index is the answer of the root: who speaks and what there is to read.
type Index struct {
	// Installation names this Meridian in the whole world; it is the middle
	// part of every urn.
	Installation string `json:"installation"`
	// Names of the site by language, only where it has one.
	Names map[string]string `json:"names"`
	// Languages in the order of the site; the first is its default.
	Languages   []Language   `json:"languages"`
	Journal     Journal      `json:"journal"`
	Collections []Collection `json:"collections"`
	// Network is the address of the organisations of the network.
	Network string `json:"network"`
	// Tree is the address of the sections and pages, for menus.
	Tree string `json:"tree"`
	// Resolve, with url= behind it, tells what an address for readers leads to.
	Resolve string `json:"resolve"`
	// Search, with q= behind it, looks for words in one language.
	Search string `json:"search"`
	// OpenAPI is the address of the exact description of all this.
	OpenAPI string `json:"openapi"`
	// Docs is the address of the same for people.
	Docs  string `json:"docs"`
	Links Links  `json:"links"`
}

// Language is a language the site is kept in.
type Language struct {
	Tag  string `json:"tag"`  // BCP 47
	Name string `json:"name"` // in the language itself
	Dir  string `json:"dir"`  // "ltr" or "rtl"
}

// Journal says where the list of changes stands.
type Journal struct {
	// Epoch names this life of the journal; restoring a backup begins another.
	Epoch string `json:"epoch"`
	// Head is the number of the newest change.
	Head int64 `json:"head"`
	// Cursor is the since= that asks for what comes after Head.
	Cursor string `json:"cursor"`
	URL    string `json:"url"`
}

// Collection is a kind of entry with the address of its list.
type Collection struct {
	Kind string `json:"kind"` // as in Item.Kind
	Name string `json:"name"` // as in addresses
	URL  string `json:"url"`
}

// List is one page of a collection.
type List struct {
	// Items are of type Item, or have only the members that fields= asked for.
	Items []any `json:"items"`
	// Next is the address of the following page, null on the last one. A page
	// may hold fewer items than limit= and still have a next one.
	Next *string `json:"next"`
	// Count is the number of items on all pages, with count=true only.
	Count *int `json:"count,omitempty"`
}

// Item is a public edition: an entry in one language.
type Item struct {
	ID   string `json:"id"`   // of the entry, the same in all languages
	URN  string `json:"urn"`  // names the entry in the whole world
	Kind string `json:"kind"` // section, page or news
	// Type of a section, area or organisation; null for the other kinds.
	Type         *string `json:"type"`
	Lang         string  `json:"lang"`          // BCP 47
	OriginalLang string  `json:"original_lang"` // the language it was written in first
	Title        string  `json:"title"`
	Summary      string  `json:"summary"` // plain text, may be empty
	Slug         string  `json:"slug"`    // last part of the address, empty for the home page
	Path         string  `json:"path"`    // below the language, without slashes at its ends
	URL          string  `json:"url"`     // the page for readers, absolute
	// Section it belongs to; null for the root, and while nobody may know the
	// name of the section.
	Section *Ref `json:"section"`
	// Ancestors are the sections above, from the root down to Section.
	Ancestors   []Ref     `json:"ancestors"`
	PublishedAt time.Time `json:"published_at"` // first time, RFC 3339 UTC
	UpdatedAt   time.Time `json:"updated_at"`   // last time the words changed
	Revision    string    `json:"revision"`     // id of the sealed text
	// Hash is over the words, refs and ids of the edition: equal hashes, equal
	// content.
	Hash string `json:"hash"`
	// Editions are the languages it is public in, this one included.
	Editions []Edition `json:"editions"`
	Language Served    `json:"language"`
	// Translation is null for the original.
	Translation *Translation `json:"translation"`
	// Body is null when none was asked for.
	Body *Body `json:"body"`
	// Image is the picture above the text, described as fields.lead_description
	// has it; null where there is none. In a list it has only the renditions of
	// the whole picture up to 1,280 pixels wide, and all of them with
	// include=media.
	Image *Media `json:"image"`
	// Fields are the other values of this language.
	Fields map[string]any `json:"fields"`
	// Facts are the values that are the same in all languages; the profile of
	// an organisation is here.
	Facts map[string]any `json:"facts"`
	Links Links          `json:"links"`
	// Included is there with include= only.
	Included *Included `json:"included,omitempty"`
}

// Ref names a section.
type Ref struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Lang is the language of Title: the item's, or another where the section
	// has no name in it.
	Lang string `json:"lang"`
	// URL is null when the section has a name but no public page.
	URL *string `json:"url"`
}

// Edition is one of the languages an item is public in.
type Edition struct {
	Lang        string    `json:"lang"`
	Title       string    `json:"title"`
	URL         string    `json:"url"`
	PublishedAt time.Time `json:"published_at"`
}

// Served says which language was asked for and which one this is.
type Served struct {
	// Requested is null when no language was asked for.
	Requested *string `json:"requested"`
	Served    string  `json:"served"`
	// Reason is "requested"; "fallback" where another language stands in for
	// the first of those asked for; "original" where an item was asked for in
	// no language; "every" in a list that holds every public edition.
	Reason string `json:"reason"`
}

// Reasons in Served.
const (
	ReasonRequested = "requested"
	ReasonFallback  = "fallback"
	ReasonOriginal  = "original"
	ReasonEvery     = "every"
)

// Translation says how an edition stands to its original, block by block.
type Translation struct {
	SourceLang string `json:"source_lang"`
	// SourceRevision is the revision it was made from, null when unknown.
	SourceRevision *string `json:"source_revision"`
	// Fresh means that no block of the original changed since.
	Fresh        bool `json:"fresh"`
	BlocksBehind int  `json:"blocks_behind"`
	// AsOf is when SourceRevision was sealed, null when unknown.
	AsOf *time.Time `json:"as_of"`
	// Machine means that no person has confirmed it yet.
	Machine bool `json:"machine"`
}

// Body is the text in the forms that were asked for.
type Body struct {
	// Blocks is the envelope {"schema", "lang", "doc"} with refs as written. What
	// it says of pictures and files that were withdrawn is left out; Hash knows
	// nothing of that.
	Blocks json.RawMessage `json:"blocks,omitempty"`
	// HTML and Markdown have refs resolved to absolute addresses; a ref to
	// something that is not public is left as its words.
	HTML     *string `json:"html,omitempty"`
	Markdown *string `json:"markdown,omitempty"`
}

// Links are addresses of the same thing for people and for programs.
type Links struct {
	HTML string `json:"html"`
	JSON string `json:"json"`
}

// Changes is one page of the journal.
type Changes struct {
	Items []Change `json:"items"`
	// Next is always there: the address to come back to, at once when More is
	// true and later when it is false.
	Next string `json:"next"`
	More bool   `json:"more"`
}

// Change is one row of the journal. What changed is not in it: read the item.
type Change struct {
	Seq   int64     `json:"seq"` // rises, with gaps
	At    time.Time `json:"at"`
	Entry string    `json:"entry"` // the id of the entry, or of the file where Kind is media
	// Lang of the edition, or "und" for what all languages share: the facts, and
	// files.
	Lang string `json:"lang"`
	Kind string `json:"kind"`
	// Action is published, updated, moved, unpublished, withdrawn, deleted or
	// restored. What was withdrawn or deleted is to be deleted everywhere. Others
	// may come: whoever does not know one reads the item and sees.
	Action string `json:"action"`
}

// Problem is every answer that is not a success (RFC 9457). It implements
// error so that handlers return it.
type Problem struct {
	Type   string `json:"type"`   // what is wrong, as urn:meridian:problem:<what>
	Title  string `json:"title"`  // the same for every problem of the type
	Status int    `json:"status"` // as in the response
	Detail string `json:"detail"` // a sentence about this one
	// Instance is the address within the site that was asked. Where telling
	// ids apart would tell which exist, it stops before the id.
	Instance string  `json:"instance"`
	Errors   []Fault `json:"errors"` // empty unless the request is wrong
	// Languages are the ones an item can be read in, when the one asked for is
	// not among them.
	Languages []Available `json:"languages,omitempty"`
	// Reason why something is gone: error, consent, legal or deleted.
	Reason string `json:"reason,omitempty"`
	// Resync is where to begin again when a journal cursor is worth nothing.
	Resync string `json:"resync,omitempty"`
	// Reference finds what went wrong in the server's log.
	Reference string `json:"reference,omitempty"`
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	// Pointer is a JSON pointer into the request; query parameters are below
	// /query.
	Pointer string `json:"pointer"`
	Code    string `json:"code"` // stable, for programs
	Detail  string `json:"detail"`
}

// Available is a language an item can be read in.
type Available struct {
	Lang  string `json:"lang"`
	Links Links  `json:"links"`
}
