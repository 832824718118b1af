package store

import (
	"fmt"

	"meridian/models"
)

// journal appends a row about an edition. Unexported on purpose: the methods
// that change what readers see call it, so none can forget.
func (tx *Tx) journal(e models.Entry, lang, action, revision, actor string) error {
	return tx.append(models.Change{
		Subject: models.SubjectEntry, SubjectID: e.ID, Kind: e.Kind, Lang: lang,
		Action: action, RevisionID: revision, Branch: e.Branch, Nav: e.Nav, Actor: actor,
	})
}

func (tx *Tx) append(c models.Change) error {
	c.At = tx.now
	seq, err := tx.insert(&c)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	tx.seq = seq
	return nil
}
