package models

import (
	"slices"
	"time"
)

// Kinds of entries.
const (
	KindSection = "section"
	KindPage    = "page"
	KindNews    = "news"
)

// Types of sections. An organisation carries a profile and is the border at
// which grants stop.
const (
	TypeArea         = "area"
	TypeOrganisation = "organisation"
)

// Places of an entry in the menus of the reader's site.
const (
	NavNone   = "none"
	NavMain   = "main"
	NavFooter = "footer"
)

// Entry is a section, a page or a news item: what stays the same whatever
// language it is read in and wherever it is moved.
type Entry struct {
	ID   string `gorm:"primaryKey"`
	Kind string
	// Type is TypeArea or TypeOrganisation for sections and empty otherwise.
	Type string
	// SectionID is the parent section; nil for the root alone.
	SectionID *string
	// Branch is the chain of section ids from the root down to the entry's
	// own section ("/root/about/"); for a section it ends with itself. It is
	// materialised so that "this section and all below" is one range.
	Branch string
	// DomainID is the nearest organisation section at or above the entry, or
	// the root. Grants reach entries of their own domain only.
	DomainID     string
	Position     int
	Nav          string
	OriginalLang string
	CreatedAt    time.Time
	CreatedBy    string
	TrashedAt    *time.Time
	// TrashedBy is who threw it away; TrashID is the entry whose trashing took
	// this one along, itself included. They are "" outside the trash.
	TrashedBy string
	TrashID   string
	// Version guards place, menu and trash; an edition has its own.
	Version int
}

// Section returns the id of the parent section, "" for the root.
func (e Entry) Section() string {
	if e.SectionID == nil {
		return ""
	}
	return *e.SectionID
}

// Root reports whether e is the root section.
func (e Entry) Root() bool { return e.SectionID == nil }

// Place returns where e stands for the question who may do what, in one
// language.
func (e Entry) Place(lang string) Place {
	return Place{Branch: e.Branch, Domain: e.DomainID, Lang: lang}
}

// Edition is an entry in one language, or its facts (Lang == Facts).
type Edition struct {
	ID      string `gorm:"primaryKey"`
	EntryID string
	Lang    string
	// Slug is the last segment of the address; "" for the root and for facts.
	Slug string
	// Path is the address below the language, without slashes at its ends
	// ("about-us/our-mission"); "" for the root; nil for facts.
	Path *string
	// LiveRevision is what readers see; nil means nothing.
	LiveRevision     *string
	FirstPublishedAt *time.Time
	PublishedAt      *time.Time
	// ReplacedRevision is what readers saw before the last publish; nil means
	// nothing. Undoing the publish puts it back; it is the same as
	// LiveRevision where there is nothing to undo. Of what is not public it is
	// what readers saw last.
	ReplacedRevision *string
	// WithdrawnAt and WithdrawnReason make the address answer 410. The reason
	// alone says that the last publish ended a withdrawal.
	WithdrawnAt     *time.Time
	WithdrawnReason string
	// Version guards draft and live pointer: every save and publish raises it.
	Version   int
	CreatedAt time.Time
}

// Live reports whether readers see the edition (the trash aside).
func (e Edition) Live() bool { return e.LiveRevision != nil }

// Content is the words of an edition at one moment: what drafts and revisions
// have in common.
type Content struct {
	Title   string
	Summary string
	// Body is the block document as canonical JSON (package block); "" for
	// facts.
	Body string
	// Fields holds the other fields of the kind, or all facts.
	Fields Values `gorm:"serializer:json"`
	// BasedOn is the revision of the original language that a translation
	// was made from; "" for originals and for translations nobody compared.
	BasedOn string
	// SourceHashes maps block ids of the original (and "title", "summary")
	// to the hash of its words when the translation of that block was made.
	SourceHashes map[string]string `gorm:"serializer:json"`
	// Machine marks a translation that no person has confirmed yet.
	Machine bool
	// Hashes maps the block ids of this content (and "title", "summary") to
	// the hash of its words: what a translation of it is compared with.
	Hashes map[string]string `gorm:"serializer:json"`
	// Hash is over the words, refs and ids; equal hashes mean equal content.
	Hash string
}

// Behind returns the keys of source (block ids, "title", "summary") whose words
// changed, came or went since the translation c was made of them, sorted.
func (c Content) Behind(source map[string]string) []string {
	return Behind(c.SourceHashes, source)
}

// Behind compares the hashes a translation was made from with those of its
// source now. It never looks at a clock. A block without words has the hash
// "", and its coming and going is nothing to translate.
func Behind(made, now map[string]string) []string {
	var keys []string
	for k, h := range now {
		if made[k] != h {
			keys = append(keys, k)
		}
	}
	for k := range made {
		if _, there := now[k]; !there && made[k] != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Draft is the working text of an edition.
type Draft struct {
	EditionID string `gorm:"primaryKey"`
	Content   `gorm:"embedded"`
	// BaseRevision is the newest revision the draft grew from, "" at first.
	BaseRevision string
	Author       string
	SavedAt      time.Time
}

// Reasons why a revision was sealed.
const (
	ReasonSaved     = "saved"
	ReasonPublished = "published"
	ReasonScheduled = "scheduled"
)

// Revision is a sealed snapshot of an edition. Immutable: the database
// refuses to change one.
type Revision struct {
	ID        string `gorm:"primaryKey"`
	EditionID string
	Number    int
	Content   `gorm:"embedded"`
	Author    string
	CreatedAt time.Time
	Reason    string
	Name      string
}

// Sitting is the longest pause inside one sitting. A save after a longer
// pause, or by somebody else, seals what was there before it is overwritten.
const Sitting = 10 * time.Minute

// SealBefore reports whether the draft must be sealed as a revision before a
// save by author at now overwrites it: its words are in no revision yet and
// the save begins a new sitting.
func (d Draft) SealBefore(author string, now time.Time, baseHash string) bool {
	if d.Hash == baseHash {
		return false
	}
	return d.Author != author || now.Sub(d.SavedAt) > Sitting
}

// State is what an edition is to the people who work on it.
type State string

// The states of an edition.
const (
	StateMissing   State = "missing"   // no edition in this language
	StateDraft     State = "draft"     // never public
	StateLive      State = "live"      // readers see the newest words
	StateChanged   State = "changed"   // readers see older words than the draft
	StateOff       State = "off"       // was public, unpublished
	StateWithdrawn State = "withdrawn" // was public, withdrawn with a reason
)

// StateOf returns the state of an edition whose draft has the hash draft and
// whose live revision, if any, has the hash live.
func StateOf(e Edition, draft, live string) State {
	switch {
	case e.LiveRevision != nil && draft == live:
		return StateLive
	case e.LiveRevision != nil:
		return StateChanged
	case e.WithdrawnAt != nil:
		return StateWithdrawn
	case e.FirstPublishedAt != nil:
		return StateOff
	}
	return StateDraft
}

// WithdrawReasons are the public reasons for withdrawing an edition.
var WithdrawReasons = []string{"error", "consent", "legal"}
