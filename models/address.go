package models

import "time"

// Origins of an address row.
const (
	AddressAutomatic = "automatic" // left behind by a move or a new slug
	AddressManual    = "manual"
	AddressImported  = "imported"
)

// Address is an address that is not, or no longer, the current one of an
// edition: readers who ask for it are sent to where the edition is now, or to
// a fixed place of the site.
type Address struct {
	// Lang is the language in front of the path; "" for addresses of an older
	// site that had none.
	Lang string `gorm:"primaryKey"`
	Path string `gorm:"primaryKey"`
	// EditionID or URL says where it leads, never both.
	EditionID *string
	URL       string
	Origin    string
	CreatedAt time.Time
}
