package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meridian/models"
)

// Trash throws an entry away with everything below it that is not in the trash
// already. Readers get "gone" where something was public; what never was leaves
// no trace. It returns how many entries went. Errors: ErrStale.
func (tx *Tx) Trash(e models.Entry, actor string) (int, error) {
	if err := tx.room(); err != nil {
		return 0, err
	}
	in, args := below(e)
	// The public ones are written down before they stop being public.
	if err := tx.journalAll(models.ActionDeleted, in, args, "", actor); err != nil {
		return 0, err
	}
	err := tx.update(models.ErrStale, "UPDATE entries SET version = version + 1 WHERE id = ? AND version = ?", e.ID, e.Version)
	if err != nil {
		return 0, fmt.Errorf("trash %s: %w", e.ID, err)
	}
	n, err := tx.exec("UPDATE entries SET trashed_at = ?, trashed_by = ?, trash_id = ? WHERE trashed_at IS NULL AND id IN ("+in+")",
		append([]any{tx.now, actor, e.ID}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("trash %s: %w", e.ID, err)
	}
	if _, err := tx.exec("DELETE FROM section_news WHERE entry_id IN ("+in+")", args...); err != nil {
		return 0, fmt.Errorf("take news out of lists: %w", err)
	}
	if err := tx.unindex("SELECT id FROM editions WHERE entry_id IN ("+in+")", args...); err != nil {
		return 0, err
	}
	return int(n), tx.goneChanged(in, args, actor)
}

// goneChanged tells the journal that addresses of entries which readers knew
// answer "gone", or end doing so, also where nothing was public any more.
func (tx *Tx) goneChanged(in string, args []any, actor string) error {
	var some []int
	err := tx.db.Raw("SELECT 1 FROM editions WHERE lang <> 'und' AND first_published_at IS NOT NULL AND entry_id IN ("+in+") LIMIT 1", args...).Scan(&some).Error
	if err != nil || len(some) == 0 {
		return err
	}
	return tx.addressesChanged("", actor)
}

// Restore brings back what one act threw away: the ids, addresses, places and
// what was public of it, except the editions named in down, which come back as
// drafts. It returns how many entries came. Errors: ErrStale.
func (tx *Tx) Restore(e models.Entry, down []string, actor string) (int, error) {
	err := tx.update(models.ErrStale, "UPDATE entries SET version = version + 1 WHERE id = ? AND version = ?", e.ID, e.Version)
	if err != nil {
		return 0, fmt.Errorf("restore %s: %w", e.ID, err)
	}
	for chunk := range chunks(down, 500) {
		for _, sql := range []string{
			"UPDATE editions SET replaced_revision = coalesce(live_revision, replaced_revision), live_revision = NULL, version = version + 1 WHERE id IN ?",
			"DELETE FROM refs WHERE live = 1 AND edition_id IN ?",
		} {
			if err := tx.db.Exec(sql, chunk).Error; err != nil {
				return 0, fmt.Errorf("restore as draft: %w", err)
			}
		}
	}
	// The ids are kept: nothing tells them apart from the others afterwards.
	var ids []string
	if err := tx.db.Raw("SELECT id FROM entries WHERE trash_id = ? AND trashed_at IS NOT NULL", e.ID).Scan(&ids).Error; err != nil {
		return 0, fmt.Errorf("restore %s: %w", e.ID, err)
	}
	if _, err := tx.exec("UPDATE entries SET trashed_at = NULL, trashed_by = '', trash_id = '' WHERE trash_id = ? AND trashed_at IS NOT NULL", e.ID); err != nil {
		return 0, fmt.Errorf("restore %s: %w", e.ID, err)
	}
	for chunk := range chunks(ids, 500) {
		// An old address that led elsewhere until now yields to what is public.
		err := tx.db.Exec(`DELETE FROM addresses WHERE (lang, path) IN (SELECT lang, path FROM live WHERE path IS NOT NULL AND entry_id IN ?)`, chunk).Error
		if err != nil {
			return 0, fmt.Errorf("clear redirects: %w", err)
		}
		// One row for every section above an item that is public again.
		err = tx.db.Exec(`INSERT INTO section_news (section_id, lang, date, entry_id)
			SELECT s.value, l.lang, ed.date, l.entry_id FROM live l JOIN entry_dates ed ON ed.entry_id = l.entry_id,
			  json_each('["' || replace(trim(l.branch, '/'), '/', '","') || '"]') s
			WHERE l.kind = 'news' AND l.lang <> 'und' AND l.entry_id IN ?`, chunk).Error
		if err != nil {
			return 0, fmt.Errorf("put news into lists: %w", err)
		}
		if err := tx.journalAll(models.ActionRestored, listed, []any{jsonList(chunk)}, "", actor); err != nil {
			return 0, err
		}
	}
	return len(ids), tx.goneChanged(listed, []any{jsonList(ids)}, actor)
}

// listed selects ids out of one argument made by jsonList, whatever their
// number.
const listed = "SELECT value FROM json_each(?)"

func jsonList(ids []string) string {
	b, _ := json.Marshal(ids) // strings always can be
	return string(b)
}

// Purge deletes an entry and everything below it for good. What readers knew
// keeps answering "gone", by its addresses and its ids; the words are no more.
// It returns how many entries went. Readers get the answers they got, so the
// journal stays silent.
func (tx *Tx) Purge(e models.Entry) (int, error) {
	in, args := below(e)
	editions := "SELECT id FROM editions WHERE entry_id IN (" + in + ")"
	known := `FROM editions d JOIN entries e ON e.id = d.entry_id%s WHERE d.lang <> 'und' AND d.first_published_at IS NOT NULL AND d.entry_id IN (` + in + `) ON CONFLICT DO NOTHING`
	reason := "iif(d.withdrawn_at IS NULL, '', d.withdrawn_reason)"
	if err := tx.unindex(editions, args...); err != nil {
		return 0, err
	}
	if section, err := tx.Entry(e.Section()); err == nil {
		if err := tx.leaveAssets(in, args, section); err != nil {
			return 0, err
		}
	} else if !errors.Is(err, models.ErrNotFound) {
		return 0, err
	}
	stone := "INSERT INTO tombstones (entry_id, lang, path, kind, reason, purged_at) SELECT d.entry_id, "
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{stone + "d.lang, d.path, e.kind, " + reason + ", ? " + fmt.Sprintf(known, ""), append([]any{tx.now}, args...)},
		{stone + "a.lang, a.path, e.kind, " + reason + ", ? " + fmt.Sprintf(known, " JOIN addresses a ON a.edition_id = d.id"), append([]any{tx.now}, args...)},
		{"DELETE FROM addresses WHERE edition_id IN (" + editions + ")", args},
		{"DELETE FROM refs WHERE edition_id IN (" + editions + ")", args},
		{"DELETE FROM schedules WHERE edition_id IN (" + editions + ")", args},
		{"DELETE FROM section_news WHERE entry_id IN (" + in + ")", args},
		{"DELETE FROM entry_terms WHERE entry_id IN (" + in + ")", args},
		{"DELETE FROM entry_dates WHERE entry_id IN (" + in + ")", args},
		{"DELETE FROM profiles WHERE entry_id IN (" + in + ")", args},
		{"DELETE FROM grants WHERE section_id IN (" + in + ")", args},
		{"DELETE FROM drafts WHERE edition_id IN (" + editions + ")", args},
		{"UPDATE editions SET live_revision = NULL, replaced_revision = NULL WHERE entry_id IN (" + in + ")", args},
		{"DELETE FROM revisions WHERE edition_id IN (" + editions + ")", args},
		{"DELETE FROM editions WHERE entry_id IN (" + in + ")", args},
	} {
		if _, err := tx.exec(step.sql, step.args...); err != nil {
			return 0, fmt.Errorf("purge %s: %w", e.ID, err)
		}
	}
	n, err := tx.exec("DELETE FROM entries WHERE id IN ("+in+")", args...)
	if err != nil {
		return 0, fmt.Errorf("purge %s: %w", e.ID, err)
	}
	return int(n), nil
}

// Standing returns how many entries a branch holds, and in which languages, the
// trash aside.
func (r *Read) Standing(e models.Entry) (entries int, langs []string, err error) {
	in, args := below(e)
	if err := r.db.Raw("SELECT count(*) FROM entries WHERE trashed_at IS NULL AND id IN ("+in+")", args...).Scan(&entries).Error; err != nil {
		return 0, nil, fmt.Errorf("count branch: %w", err)
	}
	err = r.db.Raw(`SELECT DISTINCT d.lang FROM entries e JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und'
		WHERE e.trashed_at IS NULL AND e.id IN (`+in+") ORDER BY d.lang", args...).Scan(&langs).Error
	if err != nil {
		return 0, nil, fmt.Errorf("list languages of branch: %w", err)
	}
	return entries, langs, nil
}

// TrashRow is something that was thrown away as one act.
type TrashRow struct {
	models.Entry
	// Below is how many entries went with it, itself left out.
	Below int
	// Once reports whether some of it was public.
	Once bool
}

// Trashed returns what the grants reach of the trash, newest first, at most
// limit, and whether more follow. With before, only what was thrown away
// before then.
func (r *Read) Trashed(grants []models.Grant, all bool, before time.Time, limit, offset int) ([]TrashRow, bool, error) {
	// Grants limited to some languages reach entries that have one of them.
	q := reach(r.db.Table("entries e").Joins("JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und'"), grants, all).
		Select(`e.*, (SELECT count(*) - 1 FROM entries b WHERE b.trash_id = e.id AND b.trashed_at IS NOT NULL) AS below,
			EXISTS (SELECT 1 FROM entries b JOIN editions d ON d.entry_id = b.id AND d.lang <> 'und' WHERE b.trash_id = e.id AND d.first_published_at IS NOT NULL) AS once`).
		Where("e.trashed_at IS NOT NULL AND e.trash_id = e.id").Group("e.id").Order("e.trashed_at DESC, e.id DESC")
	if !before.IsZero() {
		q = q.Where("e.trashed_at < ?", before)
	}
	var list []TrashRow
	if err := q.Limit(limit + 1).Offset(offset).Scan(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list trash: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

// TrashedWith returns the entries that one act threw away, parents before
// children.
func (r *Read) TrashedWith(id string) ([]models.Entry, error) {
	var list []models.Entry
	err := r.db.Where("trash_id = ? AND trashed_at IS NOT NULL", id).Order("length(branch), id").Find(&list).Error
	return list, err
}
