package pagecache

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// servePart answers a request for parts of a page that is there: of the bytes in
// this coding, which their tag tells from those in others. It returns false
// where the whole is the answer: to another method than GET, in another unit,
// and where the client has parts of something else (RFC 9110 §13.1.5, §14.2). A
// date in If-Range is too coarse to tell that.
func (v *variant) servePart(w http.ResponseWriter, r *http.Request) bool {
	ask, has := r.Header["Range"], r.Header["If-Range"]
	if r.Method != http.MethodGet || len(ask) != 1 || !strings.HasPrefix(ask[0], "bytes=") {
		return false
	}
	if has != nil && (len(has) != 1 || has[0] != v.tag()) {
		return false
	}
	part := r.WithContext(r.Context())
	part.Header = http.Header{"Range": ask} // the other conditions are settled
	writeHeader(w, v.header)
	w.Header().Del("Content-Length") // that of the whole
	http.ServeContent(refusing{w}, part, "", time.Time{}, bytes.NewReader(v.body))
	return true
}

// tag is the entity tag of the variant.
func (v *variant) tag() string {
	for _, f := range v.header {
		if f.name == "Etag" {
			return f.value[0]
		}
	}
	return ""
}

// refusing is where a part that is not there is refused: nobody keeps that.
type refusing struct{ http.ResponseWriter }

func (w refusing) WriteHeader(status int) {
	if status == http.StatusRequestedRangeNotSatisfiable {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w refusing) Unwrap() http.ResponseWriter { return w.ResponseWriter }
