package models

import "time"

// User is a member of staff with an account.
type User struct {
	ID   string `gorm:"primaryKey"`
	Name string
	// Email is as typed; Canonical is its folded form, unique.
	Email        string
	Canonical    string
	PasswordHash string
	// Lang is the interface language; Theme is "system", "light" or "dark".
	Lang      string
	Theme     string
	Disabled  bool
	CreatedAt time.Time
	SeenAt    *time.Time
	// Epoch rises when the password or the rights change; sessions of an
	// older epoch are over.
	Epoch  int
	Grants []Grant `gorm:"-"`
}
