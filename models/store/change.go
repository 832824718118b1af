package store

import (
	"context"
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
	if len(tx.appended) < rowsAtOnce {
		tx.appended = append(tx.appended, movedRow{seq, c.Subject, c.SubjectID, c.Kind, c.Lang, c.Action, c.Branch, c.Nav})
	}
	return nil
}

// journalSince returns the rows of the journal behind a number: those of the
// transaction are known unless it appended many by one statement, or others
// appended some that are not known here yet.
func (tx *Tx) journalSince(ctx context.Context, head int64) (journalPart, error) {
	if n := len(tx.appended); n > 0 && tx.appended[0].seq == head+1 && tx.seq == head+int64(n) {
		return journalPart{head, tx.seq, tx.appended}, nil
	}
	return journalAfter(ctx, tx.db.Statement.ConnPool, head)
}
