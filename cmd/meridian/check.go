package main

import (
	"context"
	"encoding/json"
	"fmt"

	"meridian/models/store"
)

type checkCmd struct {
	JSON bool `help:"Print the result as JSON." name:"json"`
}

// checkResult is what check found. Problems is empty when all is well.
type checkResult struct {
	Schema    int64    `json:"schema"`
	AuditRows int      `json:"audit_rows"`
	Journal   int64    `json:"journal_head"`
	Problems  []string `json:"problems"`
}

// Run checks the database, beside a running server if there is one.
func (cmd checkCmd) Run(ctx context.Context, c *console) error {
	s, err := store.Open(ctx, c.data, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	res := checkResult{Journal: s.Head(), Problems: []string{}}
	if res.Schema, err = s.SchemaVersion(ctx); err != nil {
		return err
	}
	found, err := s.Check(ctx)
	if err != nil {
		return err
	}
	res.Problems = append(res.Problems, found...)
	err = s.View(ctx, func(r *store.Read) error {
		rows, broken, err := r.VerifyAudit()
		res.AuditRows = rows
		if broken > 0 {
			res.Problems = append(res.Problems, fmt.Sprintf("row %d of the audit trail does not follow from the one before: something was altered or taken out", broken))
		}
		if err != nil {
			return err
		}
		more, err := r.CheckContent()
		res.Problems = append(res.Problems, more...)
		return err
	})
	if err != nil {
		return err
	}
	if cmd.JSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(res); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.out, "Database: schema %d, journal at %d, %d rows in the audit trail.\n", res.Schema, res.Journal, res.AuditRows)
		for _, p := range res.Problems {
			fmt.Fprintln(c.out, "Problem:", p)
		}
		if len(res.Problems) == 0 {
			fmt.Fprintln(c.out, "No problems found.")
		}
	}
	if len(res.Problems) > 0 {
		return fmt.Errorf("%w: %d problems", errFound, len(res.Problems))
	}
	return nil
}
