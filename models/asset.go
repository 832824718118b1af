package models

import (
	"slices"
	"time"
)

// AssetKind is what an uploaded file is. It is decided by reading the file,
// never by its name.
type AssetKind string

// The kinds of files that are taken.
const (
	AssetImage    AssetKind = "image"    // JPEG, PNG, GIF, WebP, AVIF, SVG
	AssetDocument AssetKind = "document" // PDF, office documents, EPUB
	AssetAudio    AssetKind = "audio"    // MP3
	AssetVideo    AssetKind = "video"    // MP4, WebM
	AssetCaptions AssetKind = "captions" // WebVTT
	AssetData     AssetKind = "data"     // CSV
)

// AssetKinds lists the kinds in the order of screens.
var AssetKinds = []AssetKind{AssetImage, AssetDocument, AssetVideo, AssetAudio, AssetCaptions, AssetData}

// People is who can be seen in a picture or a video.
type People string

// Answers to the question who is shown. PeopleUnknown is that nobody has
// answered it yet.
const (
	PeopleUnknown  People = ""
	PeopleNone     People = "none"
	PeopleAdults   People = "adults"
	PeopleChildren People = "children" // at least one child that can be recognised
	PeopleCrowd    People = "crowd"    // many people, nobody in particular
)

// PeopleShown lists the answers, without PeopleUnknown.
var PeopleShown = []People{PeopleNone, PeopleAdults, PeopleChildren, PeopleCrowd}

// Licences lists the codes of what a file may be used under. "" is not known.
var Licences = []string{"own", "permission", "cc0", "cc-by", "cc-by-sa", "cc-by-nc", "public-domain", "all-rights-reserved"}

// Lengths of what is written about a file, in characters.
const (
	AssetTitleMax       = 200
	AssetCreditMax      = 200
	AssetPlaceMax       = 200
	AssetDescriptionMax = 300
)

// Reasons why a file is withheld from readers. WithheldNot is that it is not.
const (
	WithheldNot       = ""
	WithheldPeople    = "people"    // nobody said who is shown
	WithheldMissing   = "missing"   // a child is shown, and nobody's consent is kept
	WithheldEnded     = "ended"     // the consent has run out
	WithheldWithdrawn = "withdrawn" // the consent was taken back
	WithheldUse       = "use"       // the consent is not for the site
)

// Asset is an uploaded file with all that is known of it. What the file itself
// says is in its versions.
type Asset struct {
	ID        string `gorm:"primaryKey"`
	SectionID string // it belongs to
	Branch    string // chain of sections down to SectionID, as of an entry
	DomainID  string // the organisation
	// Shared lets the staff of every section see and use it; changing it stays
	// with those who look after its section.
	Shared bool
	Kind   AssetKind
	// VersionID is the version that is given out.
	VersionID string
	Title     string
	Credit    string // who made it, as it is to be printed
	Licence   string // one of Licences, or ""
	// Taken is when a picture was taken: a year, a month or a day ("2026",
	// "2026-05", "2026-05-03"), or "". Place is in words, never coordinates.
	Taken string
	Place string
	// Lang is the language of a document (BCP 47), "" if none or unknown.
	Lang string
	// FocusX and FocusY are the point of a picture that every crop keeps, in
	// thousandths of its width and height.
	FocusX, FocusY int
	People         People
	// ConsentID is the newest consent, "" for none.
	ConsentID string
	// Withheld is why readers do not get it, WithheldNot when they may. It is
	// what [Withheld] says, kept because every question for the file asks it.
	Withheld string
	// FirstPublicAt is when a public page used it for the first time; nil for
	// never. From then on the journal tells what becomes of it.
	FirstPublicAt *time.Time
	UploadedBy    string
	CreatedAt     time.Time
	ChangedAt     time.Time
	TrashedAt     *time.Time
	// ErasedAt is when its files were deleted, after its consent was withdrawn
	// or it was in the trash for long enough. The row stays as a tombstone.
	ErasedAt *time.Time
	Version  int
}

// At is where the asset stands for the question who may do what to it.
func (a Asset) At() Place { return Place{Branch: a.Branch, Domain: a.DomainID} }

// Shows reports whether people can be seen in files of this kind, so that the
// question who is shown has to be answered. Of other kinds it may be: there are
// children in reports and in recordings too.
func (k AssetKind) Shows() bool { return k == AssetImage || k == AssetVideo }

// Shown is who is shown, with PeopleNone where the question need not be
// answered and was not.
func (a Asset) Shown() People { return shown(a.Kind, a.People) }

func shown(kind AssetKind, p People) People {
	if p == PeopleUnknown && !kind.Shows() {
		return PeopleNone
	}
	return p
}

// Free reports whether nobody can ask for the file to be taken back for being
// shown in it: caches may keep it for ever.
func (a Asset) Free() bool { return a.Shown() == PeopleNone }

// Given reports whether readers may have the file, wherever they meet it.
func (a Asset) Given() bool {
	return a.TrashedAt == nil && a.ErasedAt == nil && a.Withheld == WithheldNot
}

// Sealed reports whether only those who safeguard may still see the file: it
// was allowed once, and is not any more. What nobody has answered for yet is
// open to those who have to.
func (a Asset) Sealed() bool {
	return a.Withheld == WithheldEnded || a.Withheld == WithheldWithdrawn
}

// AssetVersion is one file of an asset. Versions are immutable, but for
// RenderedAt and what is deleted with the asset.
type AssetVersion struct {
	ID      string `gorm:"primaryKey"`
	AssetID string
	Number  int    // 1, 2, 3 … of the asset
	File    string // name in the storage; "" once it was erased
	Name    string // file name for downloads, made safe; never used as a path
	Type    string // MIME type, of what is stored
	Bytes   int64  // of what is stored
	// Width and Height are pixels after turning; 0 if it is no picture.
	Width, Height int
	Frames        int // of an animation, otherwise 0 or 1
	Pages         int // of a document, 0 if unknown
	// Hash is the SHA-256 of what is stored, SourceHash that of the file as it
	// was sent: the same file sent again is recognised by it. Both hex.
	Hash       string
	SourceHash string
	// Removed are codes of what was taken out of the file: "gps", "camera" …
	Removed []string `gorm:"serializer:json"`
	// Flags are codes of what an editor should know: "untagged", "scanned" …
	Flags      []string `gorm:"serializer:json"`
	UploadedBy string
	CreatedAt  time.Time
	// RenderedAt is when its renditions were made; nil for not yet.
	RenderedAt *time.Time
}

// Ratio is the shape of a crop: "" is the whole picture.
type Ratio string

// The shapes that crops are made in.
const (
	RatioWhole    Ratio = ""
	RatioSquare   Ratio = "1x1"
	RatioStandard Ratio = "4x3"
	RatioWide     Ratio = "16x9"
	RatioTall     Ratio = "3x4"
)

// Ratios lists the shapes of crops.
var Ratios = []Ratio{RatioSquare, RatioStandard, RatioWide, RatioTall}

// Widths are the widths, in pixels, in which pictures are given out. None is
// made that is wider than the original.
var Widths = []int{320, 480, 640, 960, 1280, 1920}

// CropWidths are those of Widths that crops are made in.
var CropWidths = []int{320, 640, 1280}

// Rendition is a picture of a version in another size, shape or format.
type Rendition struct {
	VersionID string `gorm:"primaryKey"`
	Ratio     Ratio  `gorm:"primaryKey"`
	Width     int    `gorm:"primaryKey"`
	Type      string `gorm:"primaryKey"` // MIME type
	Height    int
	// FocusX and FocusY are the point that a crop was made around.
	FocusX, FocusY int
	Bytes          int64
	File           string // name in the storage
	Hash           string // first 8 hex digits of the SHA-256, for its address
}

// AssetDescription is what was last said in a language about what a picture
// shows. It is only ever proposed: a description belongs to the use.
type AssetDescription struct {
	AssetID string `gorm:"primaryKey"`
	Lang    string `gorm:"primaryKey"`
	Text    string
	UserID  string
	At      time.Time
}

// Collection is a named set of files of a section.
type Collection struct {
	ID        string `gorm:"primaryKey"`
	SectionID string
	Branch    string
	DomainID  string
	Name      string
	CreatedAt time.Time
	Version   int
}

// At is where the collection stands for the question who may do what to it.
func (c Collection) At() Place { return Place{Branch: c.Branch, Domain: c.DomainID} }

// ValidWidth reports whether pictures are given out in a width and shape.
func ValidWidth(w int, r Ratio) bool {
	if r == RatioWhole {
		return slices.Contains(Widths, w)
	}
	return slices.Contains(Ratios, r) && slices.Contains(CropWidths, w)
}
