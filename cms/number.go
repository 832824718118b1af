package cms

import (
	"context"
	"strconv"
	"strings"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// TypedNumber is a number in somebody's words that differs from what the
// directory counts: "Pages say 47, directory counts 35".
type TypedNumber struct {
	Entry, Kind, Type string
	Lang              string
	Title             string // of the edition
	// Block is the id of a block, or KeyTitle or KeySummary.
	Block string
	// Fact is what counts: section_count or country_count.
	Fact          string
	Said, Counted int
	// Live says that readers see the number; Draft that the working text still
	// has it. Without a right to read the entry only the first is told.
	Live, Draft bool
	// Reads says that the user may open the working text.
	Reads bool
}

// typedMost is how many typed numbers a list has at most.
const typedMost = 200

// TypedNumbers returns the typed numbers that differ from what the directory
// counts, in public texts and in the working texts that the user may read, and
// whether there are more than it lists. Texts are known from when they were
// last saved.
func (c *CMS) TypedNumbers(ctx context.Context, by models.User) (out []TypedNumber, more bool, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out, more, err = typedNumbers(r, by)
		return err
	})
	return out, more, err
}

func typedNumbers(r *store.Read, by models.User) (out []TypedNumber, more bool, err error) {
	counts, err := counted(r)
	if err != nil {
		return nil, false, err
	}
	rows, err := r.TypedNumbers()
	if err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		fact, said, ok := numberOf(row.TargetID)
		n := counts[fact]
		if !ok || !differs(said, n) {
			continue
		}
		reads := by.Can(models.ActRead, row.Place())
		if !reads && !row.Live {
			continue
		}
		if len(out) == typedMost {
			return out, true, nil
		}
		t := TypedNumber{
			Entry: row.EntryID, Kind: row.Kind, Type: row.Type, Lang: row.Lang, Title: row.LiveTitle, Block: row.BlockID,
			Fact: fact, Said: said, Counted: n, Live: row.Live, Draft: row.Draft && reads, Reads: reads,
		}
		if reads {
			t.Title = row.Title
		}
		out = append(out, t)
	}
	return out, false, nil
}

// counted returns what the directory counts for readers, by fact.
func counted(r *store.Read) (map[string]int, error) {
	sections, countries, err := r.Counted()
	return map[string]int{"section_count": sections, "country_count": countries}, err
}

// differs reports whether a typed number is likely meant to be the counted one
// and is wrong. One that is less than half of it or more than twice as much
// counts something else: the countries of a project, the states of a treaty.
func differs(said, counted int) bool {
	return said != counted && said*2 >= counted && said <= counted*2
}

// numbersIn are the typed numbers of content; the block of those in its title
// and its summary is the key of these.
func numbersIn(c models.Content, doc *block.Document) []block.Number {
	var out []block.Number
	for _, part := range []struct{ key, words string }{{KeyTitle, c.Title}, {KeySummary, c.Summary}} {
		for _, n := range block.NumbersIn(doc.Lang, part.words) {
			n.BlockID = part.key
			out = append(out, n)
		}
	}
	return append(out, doc.Numbers()...)
}

// Refs of typed numbers have a target that is no id of anything: what is counted
// and the number. Whoever looks for the uses of an entry never meets one.
const (
	numberTarget  = "fact"
	numberPurpose = "number"
)

// numberRefs notes the typed numbers of content, so that the directory finds
// them whatever it counts by then.
func numberRefs(c models.Content, doc *block.Document) []store.Ref {
	var out []store.Ref
	for _, n := range numbersIn(c, doc) {
		out = append(out, store.Ref{
			BlockID: n.BlockID, TargetKind: numberTarget, TargetID: n.Fact + "=" + strconv.Itoa(n.Value), Purpose: numberPurpose,
		})
	}
	return out
}

// numberOf reads the target of such a ref.
func numberOf(target string) (fact string, said int, ok bool) {
	fact, digits, ok := strings.Cut(target, "=")
	said, err := strconv.Atoi(digits)
	return fact, said, ok && err == nil
}

// numberFindings warns of typed numbers that differ from what the directory
// counts.
func numberFindings(r *store.Read, c models.Content, doc *block.Document) ([]Finding, error) {
	list := numbersIn(c, doc)
	if len(list) == 0 {
		return nil, nil // most texts type none
	}
	counts, err := counted(r)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, n := range list {
		if !differs(n.Value, counts[n.Fact]) {
			continue
		}
		f := Finding{Finding: block.Finding{
			BlockID: n.BlockID, Code: "fact_typed_" + n.Fact, Severity: block.Warning,
			Args: map[string]any{"counted": counts[n.Fact], "said": n.Value, "notation": "{{" + n.Fact + "}}"},
		}}
		if n.BlockID == KeyTitle || n.BlockID == KeySummary {
			// These are plain text: nothing in them counts by itself.
			f.Field, f.BlockID, f.Code = n.BlockID, "", "fact_said_"+n.Fact
		}
		out = append(out, f)
	}
	return out, nil
}
