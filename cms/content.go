package cms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Keys under which the title and the summary stand beside block ids wherever
// blocks are compared.
const (
	KeyTitle   = "title"
	KeySummary = "summary"
)

// cleanBody returns a text in its stored form and as JSON: with ids, tidied,
// in the language of its edition.
func cleanBody(random io.Reader, lang string, body *block.Document) (*block.Document, string, error) {
	doc := body.Clone()
	doc.Lang = lang
	doc.Tidy(func() string { return block.NewIDFrom(random) })
	if err := doc.Validate(); err != nil {
		return nil, "", fmt.Errorf("%w: %w", models.ErrInvalid, err)
	}
	text := string(doc.JSON())
	if len(text) > block.MaxBytes { // what cannot be read again must not be stored
		large := &block.InvalidError{Problems: []block.Problem{{Code: "size", Args: map[string]any{"max": block.MaxBytes}}}}
		return nil, "", fmt.Errorf("%w: %w", models.ErrInvalid, large)
	}
	return doc, text, nil
}

// digest fills the hashes of content: one for each block, and one over all of
// its own words, refs and ids. How a translation came about is not part of it.
// doc is the decoded body; nil for facts, which have none.
func digest(c *models.Content, doc *block.Document) {
	c.Hashes = map[string]string{}
	if doc != nil {
		for id, h := range doc.Hashes() {
			c.Hashes[id] = h
		}
		c.Hashes[KeyTitle] = words(c.Title)
		c.Hashes[KeySummary] = words(c.Summary)
	}
	h := sha256.New()
	for _, part := range []string{c.Title, c.Summary, c.Body, c.Fields.Canonical()} {
		// The length in front keeps words from wandering between the parts.
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	c.Hash = hex.EncodeToString(h.Sum(nil))
}

// words hashes a text whatever its white space.
func words(s string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(s), " ")))
	return hex.EncodeToString(sum[:8])
}

// refsOf returns what content uses: refs in its text and in its fields, and the
// numbers in its words that the directory counts. doc is its decoded text, nil
// for facts.
func refsOf(fields []models.Field, c models.Content, doc *block.Document) []store.Ref {
	var out []store.Ref
	if doc != nil {
		out = numberRefs(c, doc)
		for _, r := range doc.Refs() {
			out = append(out, store.Ref{BlockID: r.BlockID, TargetKind: r.Kind, TargetID: r.ID, Purpose: r.Use})
		}
		out = append(out, termRefs(doc)...)
	}
	for _, f := range fields {
		if f.Kind != models.FieldReference && f.Kind != models.FieldMedia {
			continue
		}
		kind := "entry"
		if f.Kind == models.FieldMedia {
			kind = "media"
		}
		for _, id := range append(c.Fields.Strs(f.Name), c.Fields.Str(f.Name)) {
			if id != "" {
				out = append(out, store.Ref{BlockID: f.Name, TargetKind: kind, TargetID: id, Purpose: "field"})
			}
		}
	}
	return out
}

// fieldsOf returns the declared fields of an edition: the extra ones of a
// language, or the facts.
func fieldsOf(e models.Entry, lang string) ([]models.Field, error) {
	k, ok := models.KindOf(e.Kind)
	if !ok {
		return nil, fmt.Errorf("kind %q is not known", e.Kind)
	}
	if lang == models.Facts {
		return k.FactsFor(e.Type), nil
	}
	return k.Extra(), nil
}

// termFields returns the names of the facts that hold terms.
func termFields(fields []models.Field) []string {
	var out []string
	for _, f := range fields {
		if f.Kind == models.FieldTerm {
			out = append(out, f.Name)
		}
	}
	return out
}
