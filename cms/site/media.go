package site

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"meridian/cms/live"
	"meridian/web"
)

// Opener opens a stored file by its name in the storage.
type Opener func(name string) (io.ReadSeekCloser, error)

// Cache-Control of files. What nobody can ask to be taken back may be kept for
// ever, because its address names its bytes; whoever keeps another file asks
// before he shows it again.
const keepForEver = "public, max-age=31536000, immutable"

// media answers for the files of the library.
type media struct {
	reader *live.Reader
	open   Opener
	log    *slog.Logger
	strict bool // the site is reached by HTTPS alone
}

// NewMedia returns what answers below [live.MediaRoot]. It stands beside the
// page cache: whether a file may be had is asked on every request, which costs
// a look at the journal's number. log is slog.Default when nil; without an
// opener there are no files.
func NewMedia(reader *live.Reader, open Opener, log *slog.Logger) http.Handler {
	return &media{reader: reader, open: open, log: cmp.Or(log, slog.Default()), strict: strings.HasPrefix(reader.Base(), "https://")}
}

// ServeHTTP implements http.Handler.
func (m *media) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// Whatever somebody managed to upload, nothing in it runs or loads.
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // all of it is public
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	if m.strict {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	h.Set("Cache-Control", keepAndAsk)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		m.say(w, r, http.StatusMethodNotAllowed)
		return
	}
	if m.open == nil || strings.Contains(strings.ToLower(r.URL.RawPath), "%2f") { // a slash is part of no name
		m.say(w, r, http.StatusNotFound)
		return
	}
	f, err := m.reader.File(r.Context(), r.URL.Path)
	switch _, gone := live.IsGone(err); {
	case gone:
		m.say(w, r, http.StatusGone)
	case errors.Is(err, live.ErrNotFound):
		m.say(w, r, http.StatusNotFound)
	case err != nil:
		m.fail(w, r, err)
	case f.Href != "":
		h.Set("Location", f.Href)
		m.say(w, r, http.StatusFound)
	default:
		m.serve(w, r, f)
	}
}

// serve sends a file, or the part of it that was asked for.
func (m *media) serve(w http.ResponseWriter, r *http.Request, f live.File) {
	content, err := m.open(f.Stored)
	if errors.Is(err, fs.ErrNotExist) { // replaced at this moment, or lost
		m.log.Error("a stored file is missing", "path", r.URL.Path, "file", f.Stored)
		w.Header().Set("Cache-Control", keepNot)
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	if err != nil {
		m.fail(w, r, err)
		return
	}
	defer content.Close()
	h := w.Header()
	if f.Free {
		h.Set("Cache-Control", keepForEver)
	}
	h.Set("ETag", `"`+f.Hash+`"`)
	h.Set("Content-Type", contentType(f.Type))
	h.Set("Content-Disposition", web.Disposition(f.Type, f.Name))
	patient(w, f.Bytes)
	http.ServeContent(w, r, "", time.Time{}, content)
}

// contentType adds the character set that we store texts in.
func contentType(mime string) string {
	if strings.HasPrefix(mime, "text/") {
		return mime + "; charset=utf-8"
	}
	return mime
}

// Slow readers get this long for each byte beyond what goes out at once.
const (
	atOnce  = 1 << 20
	slowest = 16 << 10 // bytes a second
)

// patient gives readers of large files more time than those of pages have.
func patient(w http.ResponseWriter, size int64) {
	if size <= atOnce {
		return
	}
	// A writer without deadlines has no short one either.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute + time.Duration(size/slowest)*time.Second))
}

// say answers with a status and nothing but its name.
func (m *media) say(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	if status == http.StatusMethodNotAllowed || status >= http.StatusInternalServerError {
		h.Set("Cache-Control", keepNot)
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, http.StatusText(status)+"\n")
	}
}

// fail answers where a file could not be read.
func (m *media) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // nobody reads it
		m.say(w, r, http.StatusServiceUnavailable)
		return
	}
	m.log.Error("file failed", "path", r.URL.Path, "err", err)
	m.say(w, r, http.StatusInternalServerError)
}
