package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/live"
	"meridian/cms/seed"
	"meridian/models/store"
)

var (
	scaleSizes  = flag.String("scale", "1000,10000,100000", "sizes of the corpora that BenchmarkScale measures, in entries")
	scaleFolder = flag.String("scalefolder", "", "folder in which BenchmarkScale keeps its corpora from run to run")
)

// BenchmarkScale shows what grows with the content: the same questions to ever
// larger corpora in three languages, without a cache. Making the largest takes
// minutes, so it is not part of BenchmarkSpeed:
//
//	go test ./cmd/meridian -run '^$' -bench '^BenchmarkScale$' -benchtime 1x -timeout 2h -scalefolder DIR
func BenchmarkScale(b *testing.B) {
	fmt.Println("| entries | page | item | list, filtered | list of a section | commonest words | middling words | publish |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, size := range strings.Split(*scaleSizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(size, func(b *testing.B) { scale(b, n) })
	}
}

func scale(b *testing.B, n int) {
	s := corpus(b, n)
	h, err := newHandler(s, account.New(s, account.Options{}), handlerOptions{Base: "http://127.0.0.1:8080", Library: noFiles(s)})
	if err != nil {
		b.Fatal(err)
	}
	row := fmt.Sprintf("| %d", n)
	add := func(f figures) { row += fmt.Sprintf(" | %.2f (%.2f)", f.median()*1e3, f[len(f)*95/100]*1e3) }
	for _, k := range questions(b, s) {
		times, _ := uncached(b, h, k)
		add(times)
	}
	reader := live.New(s, "https://site.example")
	add(searches(b, reader, commonest, ""))
	add(searches(b, reader, middling, ""))
	published, _, _ := publishes(b, s, 300)
	add(published)
	fmt.Println(row + " |") // milliseconds: median (95th percentile)
}

// corpus opens a seeded folder of n entries in three languages, its search index
// complete and merged.
func corpus(b *testing.B, n int) *store.Store {
	b.Helper()
	dir := filepath.Join(*scaleFolder, strconv.Itoa(n))
	if *scaleFolder == "" {
		dir = b.TempDir()
	}
	_, err := os.Stat(filepath.Join(dir, store.File))
	fresh := err != nil
	s, err := store.Open(context.Background(), dir, store.Options{Exclusive: true, Create: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if fresh {
		if err := seed.Run(context.Background(), s, seed.Options{Entries: n, Langs: []string{"en", "fr", "nl"}, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
	if err := cms.New(s).FillSearch(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	for more := true; more; { // as a server does beside its work
		if more, err = s.MergeSearch(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return s
}
