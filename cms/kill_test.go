package cms_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// killRounds is how often the writer is killed.
const killRounds = 50

func TestMain(m *testing.M) {
	if dir := os.Getenv("MERIDIAN_TEST_WRITER"); dir != "" {
		writeForEver(dir)
	}
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == "0" { // one that a test can name
		if err := seed.Value.Set(strconv.FormatUint(rand.Uint64()>>1, 10)); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// writeForEver saves and publishes until it is killed, and acknowledges each
// write on standard output only after the use case returned.
func writeForEver(dir string) {
	ctx := context.Background()
	die := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	s, err := store.Open(ctx, dir, store.Options{Exclusive: true, Create: true})
	die(err)
	c := cms.New(s)
	var by models.User
	var page string
	die(s.View(ctx, func(r *store.Read) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		by = users[0]
		root, err := r.Root()
		if err != nil {
			return err
		}
		ids, _, err := r.EntryIDs(store.RowFilter{Section: root.ID, Kind: models.KindPage, All: true})
		page = ids[0]
		return err
	}))
	version := func(lang string) (v int, title string) {
		die(s.View(ctx, func(r *store.Read) error {
			d, err := r.Edition(page, lang)
			if err != nil {
				return err
			}
			w, err := r.Draft(d.ID)
			v, title = d.Version, w.Title
			return err
		}))
		return v, title
	}
	v, title := version("en")
	facts, _ := version(models.Facts)
	n, _ := strconv.Atoi(strings.TrimPrefix(title, "Version "))
	for {
		n++
		doc := block.Empty("en")
		doc.Doc.Content = []block.Node{block.Paragraph(block.Text(strings.Repeat(fmt.Sprint("words ", n, " "), 200)))}
		d, err := c.Save(ctx, by, cms.SaveDraft{Entry: page, Lang: "en", Version: v, Title: fmt.Sprint("Version ", n), Body: doc})
		die(err)
		v = d.Version
		fmt.Println("saved", n)
		p, err := c.Publish(ctx, by, cms.Publish{Entry: page, Lang: "en", Version: v, FactsVersion: facts})
		die(err)
		v++
		fmt.Println("published", n, p.Seq)
	}
}

// TestKill kills a writing process at random moments and looks whether every
// write that it acknowledged is there. (That alone proves nothing about power
// cuts: the PRAGMAs that do are asserted in models/store.)
func TestKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills fifty processes")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := prepareKillFolder(t)
	for round := range killRounds {
		cmd := exec.Command(exe, "-test.run=^$")
		cmd.Env = append(os.Environ(), "MERIDIAN_TEST_WRITER="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var saved, published int
		var seq int64
		lines := bufio.NewScanner(out)
		first := true
		for lines.Scan() {
			if first {
				first = false
				time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			}
			switch f := strings.Fields(lines.Text()); f[0] {
			case "saved":
				saved, _ = strconv.Atoi(f[1])
			case "published":
				published, _ = strconv.Atoi(f[1])
				seq, _ = strconv.ParseInt(f[2], 10, 64)
			default:
				t.Fatalf("round %d: the writer says %q", round, lines.Text())
			}
		}
		_ = cmd.Wait()
		if saved == 0 {
			t.Fatalf("round %d: nothing was written", round)
		}
		checkAfterKill(t, dir, round, saved, published, seq)
	}
}

func prepareKillFolder(t *testing.T) string {
	t.Helper()
	env := cmstest.New(t)
	env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Root, Lang: "en", Title: "Version 0"})
	dir := t.TempDir()
	env.Exec(t, "VACUUM INTO '"+filepath.Join(dir, store.File)+"'")
	return dir
}

func checkAfterKill(t *testing.T, dir string, round, saved, published int, seq int64) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, store.Options{Exclusive: true})
	if err != nil {
		t.Fatalf("round %d: open after kill: %v", round, err)
	}
	defer s.Close()
	found, err := s.Check(t.Context())
	if err != nil || len(found) > 0 {
		t.Fatalf("round %d: integrity: %v, %v", round, found, err)
	}
	if s.Head() < seq {
		t.Errorf("round %d: journal at %d, acknowledged %d", round, s.Head(), seq)
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		root, err := r.Root()
		if err != nil {
			return err
		}
		ids, _, err := r.EntryIDs(store.RowFilter{Section: root.ID, Kind: models.KindPage, All: true})
		if err != nil {
			return err
		}
		d, err := r.Edition(ids[0], "en")
		if err != nil {
			return err
		}
		w, err := r.Draft(d.ID)
		if err != nil {
			return err
		}
		if n, _ := strconv.Atoi(strings.TrimPrefix(w.Title, "Version ")); n < saved {
			t.Errorf("round %d: draft says %q, acknowledged %d", round, w.Title, saved)
		}
		if published > 0 {
			rev, err := r.Revision(*d.LiveRevision)
			if err != nil {
				return err
			}
			if n, _ := strconv.Atoi(strings.TrimPrefix(rev.Title, "Version ")); n < published {
				t.Errorf("round %d: readers see %q, acknowledged %d", round, rev.Title, published)
			}
		}
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("round %d: %v", round, bad)
		}
		return err
	})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
}
