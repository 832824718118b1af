package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"meridian/cms/demonstration"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/models/store"
)

type demoCmd struct {
	Load demoLoadCmd `cmd:"" help:"Load the demonstration network into a data folder that holds no database."`
}

type demoLoadCmd struct{}

// Run loads the demonstration network without serving it.
func (demoLoadCmd) Run(ctx context.Context, c *console) error {
	s, err := store.Open(ctx, c.data, store.Options{Exclusive: true, Create: true})
	if err != nil {
		return err
	}
	defer s.Close()
	files, err := storage.OpenDisk(filepath.Join(c.data, mediaFolder))
	if err != nil {
		return fmt.Errorf("open the media folder: %w", err)
	}
	defer files.Close()
	library := media.New(s, files, media.Options{Free: freeSpace(c.data)})
	return loadDemo(ctx, c, s, library, c.getenv("MERIDIAN_DEMO_PASSWORD"))
}

// loadDemo fills an empty installation and prints who can sign in. A password
// that was made up here is printed this once; a given one never is.
func loadDemo(ctx context.Context, c *console, s *store.Store, library *media.Library, given string) error {
	password, made := demoPassword(given)
	res, err := demonstration.Load(ctx, s, demonstration.Options{Password: password, Library: library})
	if errors.Is(err, demonstration.ErrNotEmpty) {
		return usageError(fmt.Sprintf("%s already holds content; the demonstration network goes into a folder of its own (--data).", c.data))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The demonstration network is loaded: %d entries in %d languages, %d pictures and documents.\n", res.Entries, res.Languages, res.Files)
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, a := range res.Accounts {
		fmt.Fprintf(w, "  %s\t%s\n", a.Email, a.Role)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if made {
		fmt.Fprintf(c.out, "Password of all of them, shown once: %s\n", password)
	} else {
		fmt.Fprintln(c.out, "Their password is the one given in MERIDIAN_DEMO_PASSWORD.")
	}
	return nil
}
