package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"meridian/models"
)

// User returns a user with grants.
func (r *Read) User(id string) (models.User, error) {
	return r.user(r.db.Where("id = ?", id))
}

// UserByCanonical returns the user whose folded e-mail address it is.
func (r *Read) UserByCanonical(canonical string) (models.User, error) {
	return r.user(r.db.Where("canonical = ?", canonical))
}

func (r *Read) user(q *gorm.DB) (models.User, error) {
	var u models.User
	if err := one(q.Take(&u).Error); err != nil {
		return u, err
	}
	grants, err := r.grants(u.ID)
	u.Grants = grants
	return u, err
}

// Users returns all users with grants, by name.
func (r *Read) Users() ([]models.User, error) {
	var list []models.User
	if err := r.db.Order("name, id").Find(&list).Error; err != nil {
		return nil, err
	}
	for i := range list {
		grants, err := r.grants(list[i].ID)
		if err != nil {
			return nil, err
		}
		list[i].Grants = grants
	}
	return list, nil
}

// Names returns the names of users by id, for "saved by".
func (r *Read) Names(ids []string) (map[string]string, error) {
	var rows []struct{ ID, Name string }
	if err := r.db.Model(&models.User{}).Select("id, name").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, x := range rows {
		out[x.ID] = x.Name
	}
	return out, nil
}

func (r *Read) grants(user string) ([]models.Grant, error) {
	var list []models.Grant
	if err := r.db.Where("user_id = ?", user).Order("id").Find(&list).Error; err != nil {
		return nil, err
	}
	for i, g := range list {
		if g.SectionID == "" {
			continue
		}
		e, err := r.Entry(g.SectionID)
		if err != nil {
			return nil, fmt.Errorf("section of grant %s: %w", g.ID, err)
		}
		list[i].Branch, list[i].Domain = e.Branch, e.DomainID
	}
	return list, nil
}

// AddUser inserts a user with grants; a taken address is a conflict.
func (tx *Tx) AddUser(u models.User) error {
	if err := tx.db.Create(&u).Error; err != nil {
		return fmt.Errorf("add user: %w", duplicate(err, "email_taken"))
	}
	for _, g := range u.Grants {
		g.UserID = u.ID
		if err := tx.db.Create(&g).Error; err != nil {
			return fmt.Errorf("add grant: %w", err)
		}
	}
	return nil
}

// PutUser stores what people change of themselves: name, language, theme.
func (tx *Tx) PutUser(u models.User) error {
	return affected(tx.db.Model(&models.User{}).Where("id = ?", u.ID).
		Updates(map[string]any{"name": u.Name, "lang": u.Lang, "theme": u.Theme}), models.ErrNotFound)
}

// PutPassword stores a new password hash and, by the epoch, ends all sessions
// of the user. It returns the new epoch.
func (tx *Tx) PutPassword(user, hash string) (int, error) {
	err := affected(tx.db.Model(&models.User{}).Where("id = ?", user).
		Updates(map[string]any{"password_hash": hash, "epoch": gorm.Expr("epoch + 1")}), models.ErrNotFound)
	if err != nil {
		return 0, err
	}
	u, err := tx.User(user)
	return u.Epoch, err
}

// Rehash stores the same password under newer parameters; sessions go on.
func (tx *Tx) Rehash(user, old, hash string) error {
	return tx.db.Model(&models.User{}).Where("id = ? AND password_hash = ?", user, old).Update("password_hash", hash).Error
}

// SetDisabled ends or renews an account; either way its sessions are over.
func (tx *Tx) SetDisabled(user string, disabled bool) error {
	return affected(tx.db.Model(&models.User{}).Where("id = ?", user).
		Updates(map[string]any{"disabled": disabled, "epoch": gorm.Expr("epoch + 1")}), models.ErrNotFound)
}

// AddGrant gives a role and ends the sessions of the user, whose rights are
// read afresh at the next sign-in.
func (tx *Tx) AddGrant(g models.Grant) error {
	if err := tx.db.Create(&g).Error; err != nil {
		return fmt.Errorf("add grant: %w", err)
	}
	return affected(tx.db.Model(&models.User{}).Where("id = ?", g.UserID).Update("epoch", gorm.Expr("epoch + 1")), models.ErrNotFound)
}

// Seen notes when a user last signed in.
func (tx *Tx) Seen(user string, at time.Time) error {
	return tx.db.Model(&models.User{}).Where("id = ?", user).Update("seen_at", at).Error
}
