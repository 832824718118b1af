package pagecache

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// entry is one stored response. Everything but the variants, the flags and
// the links of its shard is fixed before others can see it.
type entry struct {
	key    key
	names  []uint64 // of what it was made of; none if that is not known
	status int
	body   []byte
	header []field         // as the handler left it, less what depends on the coding
	tags   [codings]string // entity tags with quotes; empty unless the status is 200
	worth  bool            // compressing pays

	// validAt is the newest journal number at which none of names had moved.
	validAt  atomic.Int64
	hits     atomic.Int32
	variants [codings]atomic.Pointer[variant]
	making   [codings]atomic.Bool

	visited      atomic.Bool
	shard        *shard // nil until stored
	weight       int64  // guarded by shard.mu once stored
	newer, older *entry // guarded by shard.mu
}

// variant is an entry in one coding, ready to be written.
type variant struct {
	header []field
	fresh  []field // the header of a 304
	body   []byte
}

// field is a header line. The values are shared by all responses that carry
// it; appending to them copies, since there is no spare capacity.
type field struct {
	name  string
	value []string
}

const (
	fixedWeight   = 3 << 9 // the structures of an entry and its first variant
	variantWeight = 512
)

// Header lines that net/http or the cache itself sets for each response, or
// that describe a connection.
var notKept = map[string]bool{
	"Connection": true, "Content-Length": true, "Date": true, "Etag": true, "Keep-Alive": true,
	"Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Vary": true,
}

// Header lines that describe the body and so are left out of a 304.
var bodyFields = map[string]bool{
	"Content-Encoding": true, "Content-Language": true, "Content-Length": true, "Content-Type": true,
	"Last-Modified": true, "Link": true,
}

// storable reports whether others may be given this response.
func storable(status int, header http.Header, length int) bool {
	switch status {
	case http.StatusOK, http.StatusMovedPermanently, http.StatusNotFound, http.StatusGone:
	default:
		return false
	}
	if header["Set-Cookie"] != nil || header["Content-Encoding"] != nil || header["Content-Range"] != nil {
		return false
	}
	if cc := header["Cache-Control"]; headerHas(cc, "no-store") || headerHas(cc, "private") {
		return false
	}
	if v := header["Vary"]; headerHas(v, "*") || headerHas(v, "Cookie") || headerHas(v, "Authorization") {
		return false
	}
	if n := header["Content-Length"]; n != nil && n[0] != strconv.Itoa(length) {
		return false // the handler broke off or miscounted
	}
	return true
}

// newEntry makes an entry of a storable response that was made of names as they
// were at a journal number. It takes over body.
func newEntry(k key, names []uint64, at int64, status int, header http.Header, body []byte) *entry {
	e := &entry{key: k, names: names, status: status, body: body}
	e.validAt.Store(at)
	e.weight = fixedWeight + int64(len(body)+k.size()+8*cap(names))
	for name, values := range header {
		if notKept[name] || len(values) == 0 || strings.HasPrefix(name, http.TrailerPrefix) {
			continue
		}
		e.header = append(e.header, field{name, slices.Clip(slices.Clone(values))})
		for _, v := range values {
			e.weight += int64(2 * (len(name) + len(v)))
		}
	}
	contentType := header.Get("Content-Type")
	if contentType == "" && len(body) > 0 {
		contentType = http.DetectContentType(body)
		e.header = append(e.header, field{"Content-Type", []string{contentType}})
	}
	slices.SortFunc(e.header, func(a, b field) int { return strings.Compare(a.name, b.name) })
	e.header = append(e.header, field{"Vary", []string{varyWith(header["Vary"])}})
	e.worth = len(body) >= minCompress && compressible(contentType)
	if status == http.StatusOK {
		tag := header.Get("Etag")
		if len(tag) < 3 || tag[0] != '"' || tag[len(tag)-1] != '"' { // none, or a weak one
			sum := sha256.Sum256(body)
			tag = `"` + hex.EncodeToString(sum[:16]) + `"`
		}
		for c := range e.tags {
			e.tags[c] = tag[:len(tag)-1] + tagSuffix[c] + `"`
		}
	}
	e.variants[identity].Store(e.newVariant(identity, body))
	return e
}

// varyWith adds Accept-Encoding to what the handler set.
func varyWith(values []string) string {
	if headerHas(values, "Accept-Encoding") {
		return strings.Join(values, ", ")
	}
	return strings.Join(append(slices.Clone(values), "Accept-Encoding"), ", ")
}

func (e *entry) newVariant(c coding, body []byte) *variant {
	v := &variant{body: body, header: make([]field, 0, len(e.header)+3)}
	v.header = append(v.header, e.header...)
	v.header = append(v.header, field{"Content-Length", []string{strconv.Itoa(len(body))}})
	if c != identity {
		v.header = append(v.header, field{"Content-Encoding", []string{codingName[c]}})
	}
	if e.tags[c] != "" {
		v.header = append(v.header, field{"Etag", []string{e.tags[c]}})
		for _, f := range v.header {
			if !bodyFields[f.name] {
				v.fresh = append(v.fresh, f)
			}
		}
	}
	return v
}

// adopt takes the compressed bytes over from an entry with the same body. The
// headers are made anew, for they may have changed.
func (e *entry) adopt(old *entry) {
	e.hits.Store(old.hits.Load())
	for c := gzipped; c < codings; c++ {
		if v := old.variants[c].Load(); v != nil {
			e.variants[c].Store(e.newVariant(c, v.body))
			e.weight += variantWeight + int64(len(v.body))
		}
	}
}

// countHit counts up to two, the number of hits at which compressing starts
// to pay: a page that one crawler fetched once is not worth it.
func (e *entry) countHit() {
	if e.hits.Load() < 2 {
		e.hits.Add(1)
	}
}

// serve answers the request with the entry: 304 where the client has it, else
// the body in the best coding there is, which nobody has to wait for except
// the one request that makes it.
func (e *entry) serve(w http.ResponseWriter, r *http.Request) {
	a := parseAccept(r.Header["Accept-Encoding"])
	if lines := r.Header["If-None-Match"]; lines != nil && e.status == http.StatusOK {
		if c, star, ok := e.matchTag(lines, a); ok {
			v := e.variants[c].Load()
			if star {
				v = e.choose(a)
			} else if v == nil { // known by its tag from before a restart or an eviction
				v = e.newVariant(c, nil)
			}
			if v != nil {
				writeHeader(w, v.fresh)
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
	}
	v := e.choose(a)
	if v == nil {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Accept-Encoding")
		http.Error(w, "None of the accepted encodings is available; identity, gzip and br are.", http.StatusNotAcceptable)
		return
	}
	if r.Header["Range"] != nil && e.status == http.StatusOK && v.servePart(w, r) {
		return
	}
	writeHeader(w, v.header)
	w.WriteHeader(e.status)
	if r.Method != http.MethodHead {
		w.Write(v.body) // a client that went away is no error of ours
	}
}

// writeHeader sets prepared lines without copying them.
func writeHeader(w http.ResponseWriter, lines []field) {
	h := w.Header()
	for i := range lines {
		name := lines[i].name
		if name == "Vary" && len(h["Vary"]) > 0 { // set further out, by somebody who meant it
			h["Vary"] = append(slices.Clone(h["Vary"]), lines[i].value...)
			continue
		}
		h[name] = lines[i].value
	}
}

// choose returns the variant to send, or nil if the client refuses all.
func (e *entry) choose(a accept) *variant {
	order := a.order()
	for _, c := range order {
		if a[c] == 0 {
			break
		}
		if v := e.variants[c].Load(); v != nil {
			return v
		}
		if e.worth && e.hits.Load() >= 2 && e.making[c].CompareAndSwap(false, true) {
			return e.make(c)
		}
	}
	// Only codings that were not made yet are welcome.
	if best := order[0]; a[best] > 0 {
		return e.make(best)
	}
	return nil
}

// make compresses the body and keeps the result with the entry.
func (e *entry) make(c coding) *variant {
	v := e.newVariant(c, compress(e.body, c))
	if e.variants[c].CompareAndSwap(nil, v) && e.shard != nil {
		e.shard.grow(e, variantWeight+int64(len(v.body)))
	}
	return v
}
