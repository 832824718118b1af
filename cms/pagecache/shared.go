package pagecache

import (
	"net/http"
	"strconv"
)

// Cache-Control of what everybody may keep and nobody may use without asking,
// and of what was answered to somebody by name.
const (
	keepAndAsk = "public, no-cache"
	keepNot    = "private, no-store"
)

// share lets the caches of others give a page out for a while without asking.
// Browsers go on asking: the time is theirs alone who are asked by many.
func (c *Cache) share(rec *recorder) {
	seconds := int64(c.opt.Shared.Seconds())
	if cc := rec.sent["Cache-Control"]; seconds <= 0 || len(cc) != 1 || cc[0] != keepAndAsk {
		return
	}
	if rec.status == http.StatusOK || rec.status == http.StatusMovedPermanently {
		rec.sent["Cache-Control"] = []string{"public, max-age=0, must-revalidate, s-maxage=" + strconv.FormatInt(seconds, 10)}
	}
}

// unshared writes the answer to a request with credentials. Whatever the handler
// made of them, nobody else gets it.
type unshared struct {
	http.ResponseWriter
	begun bool
}

func (u *unshared) WriteHeader(status int) {
	if !u.begun && status >= 200 {
		u.begun = true
		u.Header()["Cache-Control"] = []string{keepNot}
	}
	u.ResponseWriter.WriteHeader(status)
}

func (u *unshared) Write(p []byte) (int, error) {
	if !u.begun {
		u.WriteHeader(http.StatusOK)
	}
	return u.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (u *unshared) Unwrap() http.ResponseWriter { return u.ResponseWriter }
