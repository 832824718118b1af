package models

import (
	"slices"
	"strings"
)

// Role is what a grant allows.
type Role string

// The roles, from product.md. Translators, section owners and readers of drafts
// arrive with the capabilities they need.
const (
	RoleSafeguarding  Role = "safeguarding"
	RoleAuthor        Role = "author"
	RoleEditor        Role = "editor"
	RoleAdministrator Role = "administrator"
)

// Roles lists the roles that can be given, weakest first.
var Roles = []Role{RoleSafeguarding, RoleAuthor, RoleEditor, RoleAdministrator}

// Act is something a person may be allowed to do.
type Act string

// The acts that permissions are declared in.
const (
	ActSignedIn Act = "signed-in" // anything of one's own: account, desk
	ActRead     Act = "read"      // see drafts and history
	ActWrite    Act = "write"     // create entries and save drafts
	ActPublish  Act = "publish"   // publish, unpublish, withdraw, set the address
	ActOrganise Act = "organise"  // create organisation sections
	ActManage   Act = "manage"    // people and settings
	// ActSafeguard is to look after those who are shown: to give and withdraw
	// consents, and to see what was taken away from everybody else. No role has
	// it besides its own; not even administrators do.
	ActSafeguard Act = "safeguard"
)

// Acts lists every act, for tables and tests.
var Acts = []Act{ActSignedIn, ActRead, ActWrite, ActPublish, ActOrganise, ActManage, ActSafeguard}

var allowed = map[Role][]Act{
	RoleSafeguarding:  {ActSignedIn, ActRead, ActSafeguard},
	RoleAuthor:        {ActSignedIn, ActRead, ActWrite},
	RoleEditor:        {ActSignedIn, ActRead, ActWrite, ActPublish},
	RoleAdministrator: {ActSignedIn, ActRead, ActWrite, ActPublish, ActOrganise, ActManage},
}

// Place is where an entry stands: the chain of sections down to it, the
// organisation it belongs to, and a language ("" or Facts for all of them).
type Place struct {
	Branch string
	Domain string
	Lang   string
}

// Grant gives a user a role on a section and everything below it, down to but
// not into the next organisation section. Administrators are the exception:
// their grant is on the whole installation.
type Grant struct {
	ID     string `gorm:"primaryKey"`
	UserID string
	Role   Role
	// SectionID is the section; "" means the whole installation, which only
	// administrators have.
	SectionID string
	// Langs limits the grant to some languages; empty means all.
	Langs []string `gorm:"serializer:json"`
	// Branch and Domain are those of the section, filled when grants are read.
	Branch string `gorm:"-"`
	Domain string `gorm:"-"`
}

// Covers reports whether the grant reaches a place.
func (g Grant) Covers(p Place) bool {
	if g.Role == RoleAdministrator && g.SectionID == "" {
		return true
	}
	if g.Branch == "" || !strings.HasPrefix(p.Branch, g.Branch) || p.Domain != g.Domain {
		return false
	}
	return len(g.Langs) == 0 || p.Lang == "" || p.Lang == Facts || slices.Contains(g.Langs, p.Lang)
}

// Can reports whether the user may do act at a place. A disabled user may do
// nothing; an unknown act is nobody's.
func (u User) Can(act Act, p Place) bool {
	if u.Disabled || u.ID == "" {
		return false
	}
	if act == ActSignedIn {
		return true
	}
	for _, g := range u.Grants {
		if slices.Contains(allowed[g.Role], act) && g.Covers(p) {
			return true
		}
	}
	return false
}

// CanAnywhere reports whether some place exists where the user may do act; it
// decides which menus are shown, never whether an act goes through.
func (u User) CanAnywhere(act Act) bool {
	if u.Disabled || u.ID == "" {
		return false
	}
	if act == ActSignedIn {
		return true
	}
	return slices.ContainsFunc(u.Grants, func(g Grant) bool { return slices.Contains(allowed[g.Role], act) })
}

// Administrator reports whether the user holds the whole installation.
func (u User) Administrator() bool { return u.Can(ActManage, Place{}) }

// Reach returns the grants that allow act, for queries that list only what
// the user may see. all means that no limit applies.
func (u User) Reach(act Act) (grants []Grant, all bool) {
	if u.Disabled || u.ID == "" {
		return nil, false
	}
	for _, g := range u.Grants {
		if !slices.Contains(allowed[g.Role], act) {
			continue
		}
		if g.Role == RoleAdministrator && g.SectionID == "" {
			return nil, true
		}
		if g.Branch != "" {
			grants = append(grants, g)
		}
	}
	return grants, false
}
