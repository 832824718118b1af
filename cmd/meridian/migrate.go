package main

import (
	"context"
	"fmt"

	"meridian/models/store"
)

type migrateCmd struct{}

// Run opens the folder exclusively, which migrates it, and says where it is.
func (migrateCmd) Run(ctx context.Context, c *console) error {
	s, err := store.Open(ctx, c.data, store.Options{Exclusive: true})
	if err != nil {
		return err
	}
	defer s.Close()
	v, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The database in %s has schema %d, the one of this version.\n", c.data, v)
	return nil
}
