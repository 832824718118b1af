package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"meridian/cms/media/document"
	"meridian/cms/media/picture"
	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Times of reading a file: how long it may take, and how long it may have to
// wait for memory.
const (
	readFor = time.Minute
	waitFor = 20 * time.Second
)

// kept is a file as it is kept, without the row that is to know of it.
type kept struct {
	file, hash                   string
	bytes                        int64
	kind                         models.AssetKind
	ext, mime                    string
	width, height, frames, pages int
	removed, flags               []string
	title, lang, text            string
}

// keep finds out what an upload is and keeps it, without what tells of people
// and places that nobody asked to tell.
func (l *Library) keep(ctx context.Context, t *taken) (*kept, error) {
	ctx, cancel := context.WithTimeout(ctx, readFor+waitFor)
	defer cancel()
	head := make([]byte, picture.HeadSize)
	n, err := t.temp.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	k := &kept{}
	var clean func(context.Context, io.Writer) error
	var memory int64
	if head = head[:n]; picture.Recognise(head) != "" || phonePicture(head) {
		var p *picture.Picture
		err := l.guarded("picture", func() (err error) { p, err = picture.Read(ctx, t.temp, t.size); return err })
		if err != nil {
			return nil, refusal(err)
		}
		k.kind, k.mime, k.ext = models.AssetImage, p.Format.MIME(), p.Format.Ext()
		k.width, k.height, k.frames, k.removed = p.Width, p.Height, p.Frames, p.Removed
		clean, memory = p.Clean, p.Memory()
	} else {
		var f *document.File
		err := l.guarded("document", func() (err error) { f, err = document.Read(ctx, t.temp, t.size); return err })
		if err != nil {
			return nil, refusal(err)
		}
		k.kind, k.mime, k.ext = models.AssetKind(f.Format.Kind()), f.Format.MIME(), f.Format.Ext()
		k.width, k.height, k.pages, k.removed, k.flags = f.Width, f.Height, f.Pages, f.Removed, f.Flags
		k.title, k.text = f.Title, strings.ToValidUTF8(f.Text, "")
		k.lang, _ = models.CanonicalLang(f.Language)
		clean = f.Clean
	}
	end, err := l.reserve(ctx, memory)
	if err != nil {
		return nil, err
	}
	defer end()
	k.file = storage.NewName(storage.Originals, k.ext)
	k.bytes, k.hash, err = l.write(ctx, k.file, func(w io.Writer) error {
		return l.guarded("cleaning", func() error { return clean(ctx, w) })
	})
	if err != nil {
		return nil, refusal(err)
	}
	return k, nil
}

// reserve waits until there is memory for reading a picture, and returns what
// gives it back.
func (l *Library) reserve(ctx context.Context, n int64) (func(), error) {
	n = min(n, l.limits.Memory)
	if n <= 0 {
		return func() {}, nil
	}
	wait, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	if err := l.memory.Acquire(wait, n); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, refuse(RefusedBusy)
	}
	return func() { l.memory.Release(n) }, nil
}

// write keeps a new file under a name and returns its size and its SHA-256, hex.
func (l *Library) write(ctx context.Context, name string, fill func(io.Writer) error) (size int64, hash string, err error) {
	f, err := l.files.Create(ctx, name)
	if err != nil {
		return 0, "", l.diskError(fmt.Errorf("keep file: %w", err))
	}
	defer f.Abort()
	sum := sha256.New()
	count := &counter{w: io.MultiWriter(f, sum)}
	if err := fill(count); err != nil {
		return 0, "", l.diskError(err)
	}
	if err := f.Commit(); err != nil {
		return 0, "", l.diskError(fmt.Errorf("keep file: %w", err))
	}
	return count.n, hex.EncodeToString(sum.Sum(nil)), nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// version is the row of a kept file, but for the asset and the number.
func (k *kept) version(tx *store.Tx, by models.User, name, source string) models.AssetVersion {
	v := models.AssetVersion{
		ID: tx.NewID(), File: k.file, Name: fileName(name, k.ext), Type: k.mime, Bytes: k.bytes, Width: k.width, Height: k.height, Frames: k.frames, Pages: k.pages,
		Hash: k.hash, SourceHash: source, Removed: slices.Compact(slices.Sorted(slices.Values(k.removed))), Flags: k.flags, UploadedBy: by.ID, CreatedAt: tx.Now(),
	}
	if k.kind != models.AssetImage {
		at := tx.Now() // there is nothing to make of it
		v.RenderedAt = &at
	}
	return v
}

// settle ends taking a file: with its row written it wakes whoever waits for
// that, otherwise it removes the file, unless a row knows it after all.
func (l *Library) settle(ctx context.Context, k *kept, err error) error {
	if err == nil {
		l.changed()
		return nil
	}
	l.discard(ctx, k.file)
	return err
}

// discard removes those of new files that no row knows. An error of a commit
// says nothing of what became of it, so the rows are asked; where they do not
// answer, Sweep removes the files later.
func (l *Library) discard(ctx context.Context, names ...string) {
	if len(names) == 0 {
		return
	}
	var rows map[string]bool
	err := l.view(context.WithoutCancel(ctx), func(r *store.Read) (err error) {
		rows, err = r.KnownFiles(names)
		return err
	})
	if err != nil {
		l.log.Warn("new files not removed yet", "files", names, "err", err)
		return
	}
	for _, name := range names {
		if !rows[name] {
			l.remove(name)
		}
	}
}

// remove deletes files that are nobody's any more. What the disk does not
// delete now, Sweep does.
func (l *Library) remove(names ...string) {
	for _, name := range names {
		if err := l.files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.log.Warn("file not removed yet", "file", name, "err", err)
		}
	}
}

// changed tells the worker that there may be something for it.
func (l *Library) changed() {
	select {
	case l.wake <- struct{}{}:
	default: // it is told already
	}
}

// nameMax bounds the name of a file without its ending, in characters.
const nameMax = 80

// fileName returns a name for downloads: the last part of what somebody calls
// the file, without what a path or a header would take for its own, with the
// ending that belongs to what the file is.
func fileName(name, ext string) string {
	name = baseName(name)
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" -_.()", r) {
			return r
		}
		return '-'
	}, name)
	name = strings.Trim(name, " .-_")
	if utf8.RuneCountInString(name) > nameMax {
		name = strings.TrimRight(string([]rune(name)[:nameMax]), " .-_")
	}
	if name == "" {
		name = "file"
	}
	return name + "." + ext
}

// baseName is the name of a file without folders, of whatever system, and
// without its ending.
func baseName(name string) string {
	name = models.CleanText(name, false)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if ext := path.Ext(name); len(ext) > 1 && len(ext) <= 6 && !strings.ContainsRune(ext, ' ') {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}

// separators stand for spaces in names of files.
var separators = regexp.MustCompile(`[_\s]+|-{2,}`)

// titleOf makes a title of what a file says of itself or is called.
func titleOf(name, said string) string {
	title := models.CleanText(said, false)
	if title == "" {
		title = strings.TrimSpace(separators.ReplaceAllString(baseName(name), " "))
	}
	if r := []rune(title); len(r) > models.AssetTitleMax {
		title = string(r[:models.AssetTitleMax])
	}
	return title
}
