package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/export"
	"meridian/models"
	"meridian/models/store"
)

// benchExport exports a corpus of 10,000 entries, then again with nothing
// changed, and after the words of one page changed, each time as the command
// does.
func benchExport(b *testing.B) {
	exportSpeed(b, 10_000)
}

func exportSpeed(b *testing.B, entries int) {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	s := seeded(b, entries, "en")
	run := func() (export.Result, float64) {
		start := time.Now()
		// What is remembered of the site goes with the process.
		src, err := exportSource(s, "https://export.example", nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		res, err := export.Run(ctx, src, export.Options{Dir: dir, Base: "https://export.example", Program: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		return res, time.Since(start).Seconds()
	}
	whole, d := run()
	say(fmt.Sprintf("`export static`, %d entries", entries), fmt.Sprintf("%.1f s (%d files, %d MB)", d, whole.Files, whole.Bytes>>20), "")
	b.ReportMetric(d, "export-s")
	_, d = run()
	say("the same, nothing changed", fmt.Sprintf("%.2f s", d), "")

	c := cms.New(s)
	var by models.User
	var ids []string
	err := s.View(ctx, func(r *store.Read) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		by = users[0]
		ids, _, err = r.EntryIDs(store.RowFilter{Kind: models.KindPage, Lang: "en", All: true, Limit: rounds})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	var times figures
	var asked, changed int
	for i, id := range ids {
		ed, err := c.Editor(ctx, by, id, "en")
		if err != nil {
			b.Fatal(err)
		}
		d, err := c.Save(ctx, by, cms.SaveDraft{Entry: id, Lang: "en", Version: ed.Edition.Version, Title: ed.Draft.Title, Summary: fmt.Sprint("Summary ", i), Body: ed.Doc})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Publish(ctx, by, cms.Publish{Entry: id, Lang: "en", Version: d.Version, FactsVersion: ed.FactsEdition.Version}); err != nil {
			b.Fatal(err)
		}
		res, seconds := run()
		times, asked, changed = append(times, seconds), asked+res.Asked, changed+res.Written
	}
	times = sorted(times)
	say("the same, the words of one page changed", times.in("s", 1), fmt.Sprintf("%d answers made again, %d files written", asked/len(ids), changed/len(ids)))
	b.ReportMetric(times.median(), "export-one-s")
}
