package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"meridian/cms/api"
	"meridian/cms/export"
	"meridian/cms/live"
	"meridian/cms/media/storage"
	"meridian/cms/site"
	"meridian/models/store"
	"meridian/web"
)

type exportCmd struct {
	Static exportStaticCmd `cmd:"" help:"Write the public site as a folder of files that any web server or static host serves, or bring such a folder up to date."`
}

type exportStaticCmd struct {
	Dir     string `arg:"" type:"path" help:"Folder to write to: a new or empty one, or an earlier export, of which only what changed is written."`
	BaseURL string `help:"Where the files will be served, such as https://example.org. Addresses in feeds, sitemaps and JSON begin with it." env:"MERIDIAN_BASE_URL" placeholder:"URL"`
	Full    bool   `help:"Make every page again, also those that cannot have changed."`
	DryRun  bool   `help:"Write nothing; say what would be written and removed."`
	JSON    bool   `help:"Print the result as JSON." name:"json"`
}

// Help is what stands below the flags of the help text.
func (exportStaticCmd) Help() string {
	return `Works beside a running server and exports the site of one moment. A file of yours in the folder (.git, CNAME) is never
touched. Run it again after publishing, or by a timer; a run that was stopped is completed by the next one.

Pages are folders with an index.html. Hosts that read _redirects and _headers answer old addresses with 301 and send the
headers of the live site; for all others there are small pages. There is no search: it needs the server.`
}

// Run exports the public site.
func (cmd exportStaticCmd) Run(ctx context.Context, c *console) error {
	if cmd.BaseURL == "" {
		return usageError("say where the files will be served with --base-url (such as --base-url https://example.org): feeds, sitemaps and JSON hold whole addresses.")
	}
	u, err := bareHost(cmd.BaseURL)
	if err != nil {
		return err
	}
	base := u.Scheme + "://" + u.Host
	s, err := store.Open(ctx, c.data, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	files, err := storage.OpenDisk(filepath.Join(c.data, mediaFolder))
	if err != nil {
		return err
	}
	defer files.Close()
	src, err := exportSource(s, base, opener(files), nil)
	if err != nil {
		return err
	}
	program, err := programHash()
	if err != nil {
		return err
	}
	// Much garbage, little that stays: collecting it less often is faster.
	debug.SetGCPercent(400)
	start := time.Now()
	res, err := export.Run(ctx, src, export.Options{
		Dir: cmd.Dir, Base: base, Program: program, Full: cmd.Full, DryRun: cmd.DryRun, Progress: progress(c.err, "addresses"),
	})
	switch {
	case errors.Is(err, export.ErrOccupied):
		return usageError(fmt.Sprintf("%s: %v. Name a new folder, or empty this one first.", cmd.Dir, err))
	case errors.Is(err, export.ErrBusy):
		return lockedError(fmt.Sprintf("another export is writing to %s. Wait for it to end.", cmd.Dir))
	case errors.Is(err, export.ErrState):
		return fmt.Errorf("%s: %w. Export to a new folder, or empty this one first", cmd.Dir, err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped. The next \"meridian export static %s\" completes what this one began", cmd.Dir)
	case err != nil:
		return err
	}
	if cmd.JSON {
		return c.json(res)
	}
	for _, name := range res.Kept {
		fmt.Fprintf(c.out, "Note: %s is not of this export and was left as it is, in place of a file of the site.\n", name)
	}
	for _, address := range res.Skipped {
		fmt.Fprintf(c.out, "Note: %s cannot be the name of a file and was left out.\n", address)
	}
	verb := "Exported"
	if cmd.DryRun {
		verb = "Would export"
	}
	_, err = fmt.Fprintf(c.out, "%s %s to %s in %s: %d files (%s), %d written, %d unchanged, %d removed. Journal at %d.\n",
		verb, base, cmd.Dir, time.Since(start).Round(100*time.Millisecond), res.Files, megabytes(res.Bytes), res.Written, res.Unchanged, res.Removed, res.Head)
	return err
}

// lockedError is a sentence about something that another process has.
type lockedError string

func (e lockedError) Error() string { return string(e) }
func (e lockedError) Unwrap() error { return errInUse }

// exportSource returns the public site as an export reads it: the handlers that
// serve readers, with nothing in front of them.
func exportSource(s *store.Store, base string, open site.Opener, clock func() time.Time) (export.Source, error) {
	reader := live.New(s, base)
	readers, err := site.New(reader, site.Options{Clock: clock, Files: true})
	if err != nil {
		return export.Source{}, err
	}
	data, static, files := api.New(reader, api.Options{}), web.Static(), site.NewMedia(reader, open, nil)
	return export.Source{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch p := r.URL.Path; {
			case isAPI(p):
				data.ServeHTTP(w, r)
			case strings.HasPrefix(p, "/static/"):
				static.ServeHTTP(w, r)
			case strings.HasPrefix(p, live.MediaRoot):
				files.ServeHTTP(w, r)
			default:
				readers.ServeHTTP(w, r)
			}
		}),
		Data: api.Root,
		Params: func(path string) []string {
			if isAPI(path) {
				return api.Params(path)
			}
			return site.Params(path)
		},
		Computed: func(path string) bool {
			return site.IsSearch(path) || path == api.SearchPath || path == api.ResolvePath ||
				ownPath(path) && !strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/preview/")
		},
		Snapshot: reader.Snapshot,
		Old: func(ctx context.Context, fn func(string) error) error {
			return reader.View(ctx, func(v *live.View) error { return v.OldAddresses(fn) })
		},
		Track: func(ctx context.Context) (context.Context, func() []uint64) {
			ctx, reads := live.Track(ctx)
			return ctx, func() []uint64 { names, _ := reads(); return names }
		},
		Moved: func(ctx context.Context, since int64) (func(uint64) bool, error) {
			moved, err := reader.MovedSince(ctx, since)
			if err != nil {
				return nil, err
			}
			return func(name uint64) bool { return moved([]uint64{name}) }, nil
		},
	}, nil
}

// programHash names this very build: other templates make other pages.
func programHash() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
