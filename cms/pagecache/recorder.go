package pagecache

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// recorder holds a response back until it is known whether it can be kept. A
// response that outgrows the limit, or that the handler flushes, is written
// through to the client from then on.
type recorder struct {
	w       http.ResponseWriter
	head    bool // the client asked for HEAD
	limit   int64
	spilled func() // called once, before the first byte goes through

	header  http.Header // what the handler sees and sets
	sent    http.Header // its state when the status was written; later changes do not count
	status  int         // 0 until written
	body    *bytes.Buffer
	through bool
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func newRecorder(w http.ResponseWriter, head bool, limit int64, spilled func()) *recorder {
	return &recorder{w: w, head: head, limit: limit, spilled: spilled, header: make(http.Header), body: buffers.Get().(*bytes.Buffer)}
}

// release gives the buffer back. Nothing may use the recorder afterwards.
func (rec *recorder) release() {
	if rec.body.Cap() <= 1<<20 {
		rec.body.Reset()
		buffers.Put(rec.body)
	}
	rec.body = nil
}

func (rec *recorder) Header() http.Header { return rec.header }

func (rec *recorder) WriteHeader(status int) {
	if rec.status != 0 || status < 200 { // interim answers concern one client only
		return
	}
	rec.status = status
	rec.sent = rec.header.Clone()
}

func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	if !rec.through && int64(rec.body.Len()+len(p)) > rec.limit {
		rec.spill()
	}
	if !rec.through {
		return rec.body.Write(p)
	}
	if rec.head {
		return len(p), nil
	}
	return rec.w.Write(p)
}

// Flush makes the response a stream.
func (rec *recorder) Flush() {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	rec.spill()
	http.NewResponseController(rec.w).Flush() // unsupported: then it is buffered, as without us
}

func (rec *recorder) spill() {
	if rec.through {
		return
	}
	rec.through = true
	rec.spilled()
	rec.writeRecorded()
}

// replay sends a response that is not kept, as the handler made it.
func (rec *recorder) replay() {
	if rec.through {
		return
	}
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	if rec.head && rec.sent["Content-Length"] == nil && rec.body.Len() > 0 {
		rec.sent["Content-Length"] = []string{strconv.Itoa(rec.body.Len())}
	}
	rec.writeRecorded()
}

func (rec *recorder) writeRecorded() {
	h := rec.w.Header()
	for name, values := range rec.sent {
		h[name] = values
	}
	rec.w.WriteHeader(rec.status)
	if !rec.head && rec.body.Len() > 0 {
		rec.w.Write(rec.body.Bytes())
	}
}
