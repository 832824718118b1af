package cms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// digest fills the hashes of content: one for each block, and one over all of
// its own words, refs and ids. How a translation came about is not part of it.
func digest(c *models.Content) error {
	c.Hashes = map[string]string{}
	if c.Body != "" {
		doc, err := block.Decode([]byte(c.Body))
		if err != nil {
			return fmt.Errorf("hash text: %w", err)
		}
		for id, h := range doc.Hashes() {
			c.Hashes[id] = h
		}
		c.Hashes[KeyTitle] = words(c.Title)
		c.Hashes[KeySummary] = words(c.Summary)
	}
	body := json.RawMessage(c.Body)
	if c.Body == "" {
		body = json.RawMessage("null")
	}
	b, err := json.Marshal(struct {
		Title   string          `json:"title"`
		Summary string          `json:"summary"`
		Body    json.RawMessage `json:"body"`
		Fields  json.RawMessage `json:"fields"`
	}{c.Title, c.Summary, body, json.RawMessage(c.Fields.Canonical())})
	if err != nil {
		return fmt.Errorf("hash content: %w", err)
	}
	sum := sha256.Sum256(b)
	c.Hash = hex.EncodeToString(sum[:])
	return nil
}

// words hashes a text whatever its white space.
func words(s string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(s), " ")))
	return hex.EncodeToString(sum[:8])
}

// refsOf returns what content uses: refs in its text and in its fields.
func refsOf(fields []models.Field, c models.Content) ([]store.Ref, error) {
	var out []store.Ref
	if c.Body != "" {
		doc, err := block.Decode([]byte(c.Body))
		if err != nil {
			return nil, err
		}
		for _, r := range doc.Refs() {
			out = append(out, store.Ref{BlockID: r.BlockID, TargetKind: r.Kind, TargetID: r.ID, Purpose: r.Use})
		}
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
	return out, nil
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
