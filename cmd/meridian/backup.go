package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"text/tabwriter"
	"time"

	"meridian/cms/backup"
	"meridian/models/store"
)

type backupCmd struct {
	Create  backupCreateCmd  `cmd:"" help:"Back the data folder up into one file, beside a running server if there is one."`
	Verify  backupVerifyCmd  `cmd:"" help:"Read a backup to its end and say whether it is whole."`
	Restore backupRestoreCmd `cmd:"" help:"Make a data folder (--data) of a backup. All sign-ins are over afterwards."`
	List    backupListCmd    `cmd:"" help:"List the backups in a folder."`
}

// megabytes is a size in words.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// backupProgress shows how far a backup is, in begun megabytes.
func backupProgress(c *console) func(done, total int64) {
	show := progress(c.err, "MB")
	begun := func(n int64) int { return int((n + 999_999) / 1e6) }
	last := 0
	return func(done, total int64) {
		if mb := begun(done); mb != last {
			last = mb
			show(mb, begun(total))
		}
	}
}

type backupCreateCmd struct {
	To   string `arg:"" optional:"" type:"path" name:"to" help:"File to write, or folder to write one into; the folder backups in the data folder if not given." placeholder:"FILE|DIR"`
	JSON bool   `help:"Print the result as JSON." name:"json"`
}

// Run makes a backup and says where it is.
func (cmd backupCreateCmd) Run(ctx context.Context, c *console) error {
	s, err := store.Open(ctx, c.data, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	start := time.Now()
	made, err := backup.Create(ctx, s, c.data, backup.Options{Program: versionText(), To: cmd.To, Progress: backupProgress(c)})
	switch {
	case errors.Is(err, fs.ErrExist):
		return usageError(fmt.Sprintf("%s is there already. A backup never replaces a file: choose another name, or name a folder.", cmd.To))
	case errors.Is(err, fs.ErrNotExist) && cmd.To != "":
		return usageError(fmt.Sprintf("there is no folder for %s. Make it first.", cmd.To))
	case err != nil:
		return err
	}
	if cmd.JSON {
		return c.json(made)
	}
	_, err = fmt.Fprintf(c.out, "Backed up %s as %s (%s) in %s: schema %d, journal at %d.\nTry it out: meridian backup verify %s\n",
		megabytes(made.Manifest.Bytes()), made.Path, megabytes(made.Size), time.Since(start).Round(100*time.Millisecond),
		made.Manifest.Schema, made.Manifest.JournalHead, made.Path)
	return err
}

type backupVerifyCmd struct {
	File string `arg:"" type:"path" help:"The backup."`
	JSON bool   `help:"Print the result as JSON." name:"json"`
}

// Run reads a backup and says what is wrong with it.
func (cmd backupVerifyCmd) Run(ctx context.Context, c *console) error {
	v, err := backup.Verify(ctx, cmd.File, backupProgress(c))
	if err != nil {
		return aboutBackup(err, cmd.File)
	}
	if cmd.JSON {
		if err := c.json(v); err != nil {
			return err
		}
	} else {
		if m := v.Manifest; m.Format > 0 {
			fmt.Fprintf(c.out, "Backup of %s by meridian %s: schema %d, journal at %d, %d files, %s.\n", m.CreatedAt.Format(time.RFC3339), m.Program,
				m.Schema, m.JournalHead, len(m.Files), megabytes(m.Bytes()))
		}
		if v.AuditMark != "" {
			fmt.Fprintf(c.out, "Mark of its audit trail: %s\n", v.AuditMark)
		}
		for _, p := range v.Problems {
			fmt.Fprintf(c.out, "Problem: %s.\n", p)
		}
		if len(v.Problems) == 0 {
			fmt.Fprintln(c.out, "The backup is whole: every byte, the database and its content.")
		}
	}
	if n := len(v.Problems); n > 0 {
		return fmt.Errorf("%w: %s, problems: %d", errFound, cmd.File, n)
	}
	return nil
}

type backupRestoreCmd struct {
	File string `arg:"" type:"path" help:"The backup."`
	JSON bool   `help:"Print the result as JSON." name:"json"`
}

// Run makes a data folder of a backup and says what comes next.
func (cmd backupRestoreCmd) Run(ctx context.Context, c *console) error {
	r, err := backup.Restore(ctx, cmd.File, c.data, backupProgress(c))
	if errors.Is(err, backup.ErrOccupied) {
		return usageError(fmt.Sprintf("%v. A backup is restored into a folder without database and media: name another one with --data, or move what is there away.", err))
	}
	if err != nil {
		return aboutBackup(err, cmd.File)
	}
	if cmd.JSON {
		return c.json(r)
	}
	fmt.Fprintf(c.out, "Restored the backup of %s into %s: schema %d, journal at %d, %d files.\n", r.Manifest.CreatedAt.Format(time.RFC3339), c.data,
		r.Manifest.Schema, r.Manifest.JournalHead, len(r.Manifest.Files))
	for _, n := range r.Notes {
		fmt.Fprintln(c.out, "Note:", n)
	}
	if r.Due > 0 {
		fmt.Fprintf(c.out, "Note: %d scheduled acts have fallen due since and happen when the folder is first served.\n", r.Due)
	}
	fmt.Fprintln(c.out, "Everybody has to sign in again, and sites that follow the changes read the lists anew.")
	return nil
}

// aboutBackup turns an error about a backup into a sentence.
func aboutBackup(err error, file string) error {
	switch {
	case errors.Is(err, backup.ErrNotBackup):
		return foundError(fmt.Sprintf("%s is not a backup of meridian, or nothing of its beginning is left.", file))
	case errors.Is(err, backup.ErrDamaged):
		return foundError(fmt.Sprintf("%s: %v. Nothing was written. \"meridian backup verify\" says all that is wrong with it; take another backup.", file, err))
	case errors.Is(err, store.ErrNewerSchema):
		return fmt.Errorf("a newer version of meridian made %s. Install that version or a later one", file)
	}
	return err
}

// foundError is a sentence about what a check found.
type foundError string

func (e foundError) Error() string { return string(e) }
func (e foundError) Unwrap() error { return errFound }

type backupListCmd struct {
	Dir  string `arg:"" optional:"" type:"path" help:"The folder; backups in the data folder if not given."`
	JSON bool   `help:"Print the list as JSON." name:"json"`
}

// Run lists the backups of a folder, newest first.
func (cmd backupListCmd) Run(c *console) error {
	dir := cmd.Dir
	if dir == "" {
		dir = filepath.Join(c.data, backup.Folder)
	}
	list, err := backup.List(dir)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return c.json(list)
	}
	if len(list) == 0 {
		fmt.Fprintf(c.out, "No backups in %s.\n", dir)
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, b := range list {
		made, problem := b.CreatedAt.Format(time.RFC3339), ""
		if b.Problem != "" {
			made, problem = "-", b.Problem
		}
		fmt.Fprintf(w, "%s\t%s\t%s\tjournal at %d\t%s\n", b.Name, made, megabytes(b.Size), b.JournalHead, problem)
	}
	return w.Flush()
}

// json prints a result for scripts.
func (c *console) json(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
