package export

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// answer is what the site says at an address. It is the http.ResponseWriter of
// the request.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	names  []uint64 // of what it was made of, nil when nobody notes that

	// spill returns where a body goes that is too large for memory, nil where
	// all of it is needed at once; large is that place once there is one.
	spill func() (*spool, error)
	large *spool
	err   error // of writing
}

// inMemory is how large a body is at most that is kept in memory whatever it is.
const inMemory = 1 << 20

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.err != nil {
		return 0, a.err
	}
	if a.large == nil && a.spill != nil && a.body.Len()+len(p) > inMemory {
		if a.large, a.err = a.spill(); a.large != nil && a.err == nil {
			_, a.err = a.body.WriteTo(a.large)
			a.body = bytes.Buffer{}
		}
		a.spill = nil // asked once
		if a.err != nil {
			return 0, a.err
		}
	}
	if a.large == nil {
		return a.body.Write(p)
	}
	n, err := a.large.Write(p)
	a.err = err
	return n, err
}

// size is how many bytes of the body there are.
func (a *answer) size() int64 {
	if a.large != nil {
		return a.large.size
	}
	return int64(a.body.Len())
}

// discard gives back what the body occupies on the disk.
func (a *answer) discard() {
	if a.large != nil {
		a.large.discard()
	}
}

// whole reports whether the handler wrote all that it announced: one that fails
// in the middle of a file has no other way to say so.
func (a *answer) whole() error {
	if a.err != nil {
		return a.err
	}
	announced := a.header.Get("Content-Length")
	if a.status == http.StatusOK && announced != "" && announced != strconv.FormatInt(a.size(), 10) {
		return fmt.Errorf("an answer of %s bytes ends after %d", announced, a.size())
	}
	return nil
}

// askTries is how often a site that is busy is asked.
const askTries = 5

// ask asks the site for an address. The caller discards the answer.
func (r *run) ask(ctx context.Context, address string) (*answer, error) {
	for try := 1; ; try++ {
		a := &answer{header: http.Header{}}
		a.spill = func() (*spool, error) {
			if a.status != http.StatusOK || r.rewritten(a.header, address) {
				return nil, nil
			}
			return r.spool(0o644)
		}
		in, names := ctx, func() []uint64 { return nil }
		if r.Track != nil {
			in, names = r.Track(ctx)
		}
		req, err := http.NewRequestWithContext(in, http.MethodGet, r.base+address, nil)
		if err != nil {
			return nil, err
		}
		req.RequestURI = address
		r.Handler.ServeHTTP(a, req)
		if err := ctx.Err(); err != nil {
			a.discard()
			return nil, err
		}
		a.WriteHeader(http.StatusOK)
		if err := a.whole(); err != nil {
			a.discard()
			return nil, fmt.Errorf("export %s: %w", address, err)
		}
		a.names = names()
		r.asked.Add(1)
		if a.status != http.StatusServiceUnavailable || try == askTries {
			return a, nil
		}
		select { // a machine at its limits takes its time
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

// visit is what became of an address.
type visit struct {
	page
	what   outcome
	name   string   // of the file, "" for none
	link   string   // where it is served
	links  []string // addresses
	names  []uint64
	reused *page
	home   http.Header
	skip   bool // it cannot be a file
}

// crawl asks for everything that can be reached from the queue. The files of an
// address are written by the worker that asks for it; what it leads to is asked
// for in the next round.
func (r *run) crawl() error {
	done := atomic.Int64{}
	for len(r.queue) > 0 {
		round := r.queue
		r.queue = nil
		visits := make([]visit, len(round))
		errs := make([]error, len(r.ctxs))
		var next, failed atomic.Int64
		var wg sync.WaitGroup
		for w, ctx := range r.ctxs {
			wg.Go(func() {
				for failed.Load() == 0 {
					i := int(next.Add(1)) - 1
					if i >= len(round) {
						return
					}
					if errs[w] = r.visit(ctx, round[i], &visits[i]); errs[w] != nil {
						failed.Add(1)
						return
					}
					r.tell(int(done.Add(1)), max(len(r.seen), len(r.old.Pages))+1) // one more than is known: the end is not
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		for i := range visits {
			r.merge(&visits[i])
		}
	}
	r.tell(len(r.seen), len(r.seen))
	return nil
}

// tell reports progress, one worker at a time.
func (r *run) tell(done, total int) {
	if r.Progress == nil {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	r.Progress(done, total)
}

// visit asks for an address, unless what is known of it still holds, and writes
// the file of the answer.
func (r *run) visit(ctx context.Context, address string, v *visit) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("export %s: panic: %v\n%s", address, p, debug.Stack())
		}
	}()
	v.Address = address
	if old := r.before[address]; old != nil && (old.Name == "" || old.To != "" || r.holds(old.file)) {
		v.page, v.reused = *old, old
		v.name, v.what = old.Name, unchanged
		p, _ := r.locate(address)
		v.link = p.link
		return nil
	}
	a, err := r.ask(ctx, address)
	if err != nil {
		return err
	}
	defer a.discard()
	v.names = a.names
	p, ok := r.locate(address)
	if !ok {
		return fmt.Errorf("export %s: no address of the site", address)
	}
	v.link = p.link
	v.Fleeting = strings.Contains(a.header.Get("Cache-Control"), "no-store")
	switch {
	case a.status >= 300 && a.status < 400:
		to, p, ok := r.rewrite(a.header.Get("Location"))
		if ok {
			v.links = []string{p.address}
		}
		v.To = to
		return nil
	case a.status == http.StatusNotFound, a.status == http.StatusGone, a.status == http.StatusBadRequest:
		return nil // a host says the same of what is not there
	case a.status != http.StatusOK:
		return fmt.Errorf("the site answers %d at %s", a.status, address)
	}
	return r.write(v, a)
}

// lists reports whether an address is that of a sitemap, which tells what there
// is: no other page needs to be remembered to lead there.
func (r *run) lists(address string) bool { return strings.HasPrefix(address, "/sitemap") }

// rewritten reports whether the file of an answer is another one than the
// answer, because there are links in it.
func (r *run) rewritten(header http.Header, address string) bool {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	path, _, _ := strings.Cut(address, "?")
	return err != nil || kind == "text/html" || r.isData(path) || r.lists(path)
}

// write writes the file of an answer.
func (r *run) write(v *visit, a *answer) error {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("export %s: %w", v.Address, err)
	}
	html := kind == "text/html"
	path, _, _ := strings.Cut(v.Address, "?")
	f := found{body: a.body.Bytes()}
	switch {
	case html:
		f, err = r.page(f.body, isAbout(r.data, path))
		if a.header.Get("Content-Security-Policy") != "" && strings.Count(path, "/") == 2 && strings.HasSuffix(path, "/") {
			v.home = a.header
		}
	case r.isData(path):
		if path == r.data+"/changes" && bytes.Contains(f.body, []byte(`"more":true`)) {
			v.names = []uint64{} // a full page of the journal says the same for ever
		}
		f, err = r.document(f.body)
	case r.lists(path):
		f = r.layout.sitemap(f.body)
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", v.Address, err)
	}
	for _, p := range f.links {
		v.links = append(v.links, p.address)
	}
	if v.name, err = fileOf(v.link, html); err != nil {
		v.skip = true
		return nil
	}
	if a.large != nil {
		v.file, v.what, err = r.putLarge(v.name, a.large)
		return err
	}
	v.file, v.what, err = r.put(v.name, f.body)
	return err
}

// isAbout reports whether a page explains the JSON at data.
func isAbout(data, path string) bool {
	above, _, _ := strings.Cut(strings.TrimPrefix(data, "/"), "/")
	return path == "/"+above || strings.HasPrefix(path, "/"+above+"/")
}

// merge notes what became of an address, and follows its links.
func (r *run) merge(v *visit) {
	if r.home == nil {
		r.home = v.home
	}
	if v.skip {
		r.result.Skipped = append(r.result.Skipped, v.Address)
		r.pages[v.Address] = page{Address: v.Address, Fleeting: true}
		return
	}
	p := v.page
	p.Of, p.Links = nil, nil
	switch {
	case v.reused != nil:
		p.Of = r.carried(v.reused.Of)
		for i := range v.reused.Links.all {
			if i >= 0 && i < len(r.old.Pages) {
				v.links = append(v.links, r.old.Pages[i].Address)
			}
		}
	case v.names != nil:
		r.scratch = r.scratch[:0]
		for _, n := range v.names {
			r.scratch = append(r.scratch, r.place(n))
		}
		p.Of = packed(r.scratch)
	}
	if r.lists(v.Address) {
		for _, a := range v.links {
			r.listed[a] = true
		}
	}
	for _, a := range v.links {
		r.follow(a)
	}
	r.links[v.Address] = v.links
	switch {
	case p.To != "":
		p.file = file{} // written when it is known what is not there
		r.moved = append(r.moved, redirect{v.Address, v.link, p.To})
	case v.name != "":
		r.count(v.name, v.Address, p.file, v.what)
		if v.what == kept { // until it is gone
			p.Fleeting = true
		}
	}
	r.pages[v.Address] = p
}

// carried is places in the old state as those in the new one; nil stays nil.
func (r *run) carried(of places) places {
	if of == nil {
		return nil
	}
	if r.again == nil {
		r.again = make([]int, len(r.old.Names))
	}
	r.scratch = r.scratch[:0]
	for i := range of.all {
		if i < 0 || i >= len(r.again) {
			return nil // no state of ours: not known
		}
		if r.again[i] == 0 {
			r.again[i] = r.place(r.old.Names[i]) + 1
		}
		r.scratch = append(r.scratch, r.again[i]-1)
	}
	return packed(r.scratch)
}

// place is where a name stands in the new state.
func (r *run) place(name uint64) int {
	i, ok := r.places[name]
	if !ok {
		i = len(r.names)
		r.places[name], r.names = i, append(r.names, name)
	}
	return i
}
