package models

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error kinds. Every layer wraps them with %w; each surface has one switch
// that turns the kind into a status and a sentence.
var (
	ErrNotFound  = errors.New("not found")
	ErrForbidden = errors.New("not allowed")
	ErrStale     = errors.New("changed by someone else")
	ErrConflict  = errors.New("conflicts with what is there")
	ErrInvalid   = errors.New("not valid")
	// ErrBusy means that a bounded resource is used up; trying again helps.
	ErrBusy = errors.New("busy")
)

// Problem is one thing wrong with one input. Code is a stable word that the
// interface catalogue translates ("problem.<code>"); Args fill its sentence.
type Problem struct {
	Code string
	Args map[string]any
}

// InvalidError says which inputs are wrong, keyed by the name of the form
// field or the JSON pointer. It unwraps to ErrInvalid.
type InvalidError struct {
	Fields map[string]Problem
}

// Invalid returns an InvalidError for one field.
func Invalid(field, code string, args ...any) *InvalidError {
	e := &InvalidError{}
	e.Add(field, code, args...)
	return e
}

// Add notes a problem; args are alternating names and values. The first
// problem of a field stays.
func (e *InvalidError) Add(field, code string, args ...any) {
	if e.Fields == nil {
		e.Fields = map[string]Problem{}
	}
	if _, there := e.Fields[field]; there {
		return
	}
	p := Problem{Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = map[string]any{}
		}
		p.Args[args[i].(string)] = args[i+1]
	}
	e.Fields[field] = p
}

// Err returns e when it holds a problem and nil otherwise.
func (e *InvalidError) Err() error {
	if e == nil || len(e.Fields) == 0 {
		return nil
	}
	return e
}

func (e *InvalidError) Error() string {
	var parts []string
	for f, p := range e.Fields {
		parts = append(parts, fmt.Sprintf("%s: %s", f, p.Code))
	}
	slices.Sort(parts)
	return "not valid: " + strings.Join(parts, ", ")
}

func (e *InvalidError) Unwrap() error { return ErrInvalid }

// ConflictError says what stands in the way, as a code of the catalogue
// ("conflict.<code>"). It unwraps to ErrConflict.
type ConflictError struct{ Problem }

// Conflict returns a ConflictError.
func Conflict(code string, args ...any) *ConflictError {
	e := Invalid("x", code, args...)
	return &ConflictError{e.Fields["x"]}
}

func (e *ConflictError) Error() string { return "conflict: " + e.Code }
func (e *ConflictError) Unwrap() error { return ErrConflict }
