package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// freshness lets everybody keep an answer and makes everybody ask before using
// it again, which costs a 304.
const freshness = "public, no-cache"

// answer is a success before it is written.
type answer struct {
	shape    any
	lang     string    // of an item
	modified time.Time // of the newest words in it, zero when there are none
	links    []string  // lines of the Link header
}

// write encodes the answer and sends it, or 304 when the reader has it. The
// entity tag is over the bytes, so it moves with whatever is in them and with
// nothing else.
func (a *answer) write(w http.ResponseWriter, r *http.Request) error {
	b, err := json.Marshal(a.shape)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	sum := sha256.Sum256(b)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	set := w.Header()
	set.Set("Cache-Control", freshness)
	set.Set("ETag", etag)
	if matches(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	for _, l := range a.links {
		set.Add("Link", l)
	}
	if a.lang != "" {
		set.Set("Content-Language", a.lang)
	}
	if !a.modified.IsZero() {
		set.Set("Last-Modified", a.modified.UTC().Format(http.TimeFormat))
	}
	send(w, r, http.StatusOK, "application/json; charset=utf-8", b)
	return nil
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers only
	}
	send(w, r, p.Status, "application/problem+json", b)
}

func send(w http.ResponseWriter, r *http.Request, status int, contentType string, b []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		b = nil
	}
	w.Write(b)
}

// matches reports whether a tag is in the lines of If-None-Match, by the weak
// comparison that the header asks for.
func matches(lines []string, etag string) bool {
	for _, line := range lines {
		for t := range strings.SplitSeq(line, ",") {
			t = strings.TrimSpace(t)
			if t == "*" || strings.TrimPrefix(t, "W/") == etag {
				return true
			}
		}
	}
	return false
}
