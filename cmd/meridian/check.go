package main

import (
	"context"
	"encoding/json"
	"fmt"

	"meridian/models/store"
)

type checkCmd struct {
	JSON bool   `help:"Print the result as JSON." name:"json"`
	Mark string `help:"A mark of the audit trail (number:hash) that an earlier check printed and somebody kept elsewhere: report when the trail up to it is another one." name:"audit-mark" placeholder:"MARK"`
}

// checkResult is what check found. Problems is empty when all is well.
type checkResult struct {
	Schema    int64    `json:"schema"`
	AuditRows int      `json:"audit_rows"`
	AuditMark string   `json:"audit_mark,omitempty"`
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
		audit, err := r.VerifyAudit()
		if err != nil {
			return err
		}
		res.AuditRows, res.AuditMark = audit.Rows, audit.Head
		if audit.Broken > 0 {
			res.Problems = append(res.Problems, fmt.Sprintf("row %d of the audit trail does not follow from the one before: something was altered or taken out", audit.Broken))
		}
		if audit.Lost > 0 {
			res.Problems = append(res.Problems, fmt.Sprintf("the newest rows of the audit trail are missing: %d of them were taken away", audit.Lost))
		}
		if cmd.Mark != "" {
			if holds, err := r.AuditHolds(cmd.Mark); err != nil {
				return err
			} else if !holds {
				res.Problems = append(res.Problems, "the audit trail does not hold the row that was marked: it is not the same trail")
			}
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
		if res.AuditMark != "" {
			fmt.Fprintf(c.out, "Mark of the audit trail, to keep elsewhere for --audit-mark: %s\n", res.AuditMark)
		}
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
