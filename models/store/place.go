package store

import (
	"fmt"
	"strings"

	"meridian/models"
)

// placeChanged tells the journal what a move changes beyond the entries that
// get rows of their own: the lists that something left, the place of a section
// that is not public itself but holds what is, and that of public entries which
// made room. There is no row where readers see nothing of it.
func (tx *Tx) placeChanged(m Move, now models.Entry) error {
	var seen []struct{ Public, Shifted, Menu bool }
	in, args := below(now)
	err := tx.db.Raw(`SELECT EXISTS (SELECT 1 FROM live l WHERE l.entry_id IN (`+in+`)) AS public, count(*) > 0 AS shifted, coalesce(max(e.nav <> 'none'), 0) AS menu
		FROM entries e WHERE e.section_id = ? AND e.position > ? AND e.kind <> 'news' AND e.id <> ? AND e.trashed_at IS NULL
		  AND EXISTS (SELECT 1 FROM editions d WHERE d.entry_id = e.id AND d.lang <> 'und' AND d.live_revision IS NOT NULL)`,
		append(args, m.To.ID, m.Position, now.ID)...).Scan(&seen).Error
	if err != nil {
		return fmt.Errorf("look who made room: %w", err)
	}
	s := seen[0]
	if now.Kind == models.KindNews || m.Entry.Section() == m.To.ID && m.Entry.Position == m.Position {
		s.Shifted, s.Menu = false, false
	}
	if !s.Public && !s.Shifted {
		return nil
	}
	nav := models.NavNone
	if s.Menu {
		nav = models.NavMain
	}
	return tx.place(now, m.Entry.Branch, nav, m.Actor)
}

// place appends a row that says that places changed: something left a chain of
// sections, or public entries made room for it. Nav is "none" when none of them
// stands in a menu.
func (tx *Tx) place(e models.Entry, was, nav, actor string) error {
	return tx.append(models.Change{
		Subject: models.SubjectSite, SubjectID: siteOfPlace, Kind: e.Kind, Action: models.ActionMoved, Branch: was, Nav: nav, Actor: actor,
	})
}

// branchAbove is the chain of the sections above an entry.
func branchAbove(e models.Entry) string {
	if e.Kind != models.KindSection {
		return e.Branch
	}
	return strings.TrimSuffix(e.Branch, e.ID+"/")
}
