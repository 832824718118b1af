package models_test

import (
	"testing"
	"time"

	"meridian/models"
)

// The tree of the test: root > about; root > be (an organisation) > formations.
var (
	root       = models.Place{Branch: "/root/", Domain: "root"}
	about      = models.Place{Branch: "/root/about/", Domain: "root"}
	be         = models.Place{Branch: "/root/be/", Domain: "be"}
	formations = models.Place{Branch: "/root/be/formations/", Domain: "be"}
)

func on(role models.Role, p models.Place, langs ...string) models.User {
	section := p.Branch[len(p.Branch)-2:]
	return models.User{ID: "u", Grants: []models.Grant{{Role: role, SectionID: section, Branch: p.Branch, Domain: p.Domain, Langs: langs}}}
}

func TestGrantsReachDownToTheNextOrganisation(t *testing.T) {
	t.Parallel()
	admin := models.User{ID: "u", Grants: []models.Grant{{Role: models.RoleAdministrator}}}
	for _, tt := range []struct {
		name  string
		user  models.User
		act   models.Act
		place models.Place
		want  bool
	}{
		{"editor of the root publishes in an area", on(models.RoleEditor, root), models.ActPublish, about, true},
		{"editor of the root stops at an organisation", on(models.RoleEditor, root), models.ActPublish, be, false},
		{"and sees nothing below it", on(models.RoleEditor, root), models.ActRead, formations, false},
		{"editor of an organisation publishes below it", on(models.RoleEditor, be), models.ActPublish, formations, true},
		{"and nowhere above", on(models.RoleEditor, be), models.ActRead, root, false},
		{"nor beside", on(models.RoleEditor, be), models.ActRead, about, false},
		{"author writes", on(models.RoleAuthor, be), models.ActWrite, formations, true},
		{"author does not publish", on(models.RoleAuthor, be), models.ActPublish, formations, false},
		{"safeguarding officer reads", on(models.RoleSafeguarding, be), models.ActRead, formations, true},
		{"safeguarding officer safeguards", on(models.RoleSafeguarding, be), models.ActSafeguard, formations, true},
		{"and nowhere else", on(models.RoleSafeguarding, be), models.ActSafeguard, about, false},
		{"and does not write", on(models.RoleSafeguarding, be), models.ActWrite, formations, false},
		{"nobody else safeguards", on(models.RoleEditor, be), models.ActSafeguard, formations, false},
		{"not even an administrator", models.User{ID: "a", Grants: []models.Grant{{Role: models.RoleAdministrator}}}, models.ActSafeguard, formations, false},
		{"editor does not manage", on(models.RoleEditor, root), models.ActManage, root, false},
		{"editor does not make organisations", on(models.RoleEditor, root), models.ActOrganise, root, false},
		{"administrator does everything everywhere", admin, models.ActPublish, formations, true},
		{"a name that begins alike is another section", on(models.RoleEditor, models.Place{Branch: "/root/b/", Domain: "root"}), models.ActRead, about, false},
		{"nobody", models.User{}, models.ActSignedIn, root, false},
		{"no grant", models.User{ID: "u"}, models.ActRead, root, false},
		{"no grant, own account", models.User{ID: "u"}, models.ActSignedIn, root, true},
		{"an act nobody declared", admin, "destroy", root, false},
	} {
		if got := tt.user.Can(tt.act, tt.place); got != tt.want {
			t.Errorf("%s: Can = %v, want %v", tt.name, got, tt.want)
		}
		tt.user.Disabled = true
		if tt.user.Can(tt.act, tt.place) || tt.user.CanAnywhere(tt.act) {
			t.Errorf("%s: a disabled account may", tt.name)
		}
	}
}

func TestGrantsForSomeLanguages(t *testing.T) {
	t.Parallel()
	u := on(models.RoleEditor, be, "nl")
	for lang, want := range map[string]bool{"nl": true, "fr": false, "": true, models.Facts: true} {
		p := formations
		p.Lang = lang
		if got := u.Can(models.ActPublish, p); got != want {
			t.Errorf("language %q: Can = %v, want %v", lang, got, want)
		}
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	if _, all := (models.User{ID: "u", Grants: []models.Grant{{Role: models.RoleAdministrator}}}).Reach(models.ActRead); !all {
		t.Error("an administrator's reach has a limit")
	}
	grants, all := on(models.RoleAuthor, be).Reach(models.ActRead)
	if all || len(grants) != 1 {
		t.Errorf("Reach = %v, %v", grants, all)
	}
	if grants, all := on(models.RoleAuthor, be).Reach(models.ActPublish); all || len(grants) != 0 {
		t.Errorf("an author's reach for publishing = %v, %v", grants, all)
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	rev, at := "r", time.Now()
	for _, tt := range []struct {
		e           models.Edition
		draft, live string
		want        models.State
	}{
		{models.Edition{}, "a", "", models.StateDraft},
		{models.Edition{LiveRevision: &rev, FirstPublishedAt: &at}, "a", "a", models.StateLive},
		{models.Edition{LiveRevision: &rev, FirstPublishedAt: &at}, "b", "a", models.StateChanged},
		{models.Edition{FirstPublishedAt: &at}, "a", "", models.StateOff},
		{models.Edition{FirstPublishedAt: &at, WithdrawnAt: &at}, "a", "", models.StateWithdrawn},
	} {
		if got := models.StateOf(tt.e, tt.draft, tt.live); got != tt.want {
			t.Errorf("StateOf(%+v) = %s, want %s", tt.e, got, tt.want)
		}
	}
}

func TestBehind(t *testing.T) {
	t.Parallel()
	got := models.Behind(map[string]string{"a": "1", "b": "2", "gone": "3"}, map[string]string{"a": "1", "b": "two", "new": "4"})
	if len(got) != 3 || got[0] != "b" || got[1] != "gone" || got[2] != "new" {
		t.Errorf("Behind = %v, want [b gone new]", got)
	}
	if got := models.Behind(map[string]string{"a": ""}, map[string]string{"b": ""}); len(got) != 0 {
		t.Errorf("blocks without words came and went: Behind = %v, want none", got)
	}
}
