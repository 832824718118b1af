package export

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Errors about the folder.
var (
	// ErrOccupied means that the folder holds files and is no export.
	ErrOccupied = errors.New("the folder is not empty and no export")
	// ErrBusy means that another export writes to the folder.
	ErrBusy = errors.New("another export is writing to the folder")
	// ErrState means that the state in the folder cannot be read.
	ErrState = errors.New("the state of the export cannot be read")
)

// Source is where the answers come from: the site itself.
type Source struct {
	// Handler answers for everything that is public.
	Handler http.Handler
	// Data is what the addresses of the JSON begin with; asking there tells of
	// the languages and of the journal.
	Data string
	// Params are the parameters that the answer for a path depends on.
	Params func(path string) []string
	// Computed reports whether the answers for a path have no end or are not
	// the public's: they are no files, and links to them stay as they are.
	Computed func(path string) bool
	// Snapshot calls fn with n contexts under which the answers are of one
	// moment; each is for one request at a time.
	Snapshot func(ctx context.Context, n int, fn func([]context.Context) error) error
	// Old calls fn with every address that something was at before.
	Old func(ctx context.Context, fn func(address string) error) error

	// Track returns a context that notes what the answer to one request was
	// made of, and the function that returns the names of that. Without it, all
	// is asked for again as soon as anything changed.
	Track func(ctx context.Context) (context.Context, func() []uint64)
	// Moved returns a function that reports whether something with a name may
	// be different since a number of the journal.
	Moved func(ctx context.Context, since int64) (func(name uint64) bool, error)
}

// Options say what is exported, and where to.
type Options struct {
	Dir string
	// Base is what absolute addresses begin with: "https://example.org".
	Base string
	// Program names what writes. Pages that another program wrote are asked for
	// again, for its templates may have been others.
	Program string
	// Full asks for every page again.
	Full bool
	// DryRun only says what would be done.
	DryRun bool
	// Progress is called as answers come; nil for silence. There may turn out
	// to be more than total.
	Progress func(done, total int)
}

// Result is what a run did.
type Result struct {
	Files     int `json:"files"` // of the export, in all
	Written   int `json:"written"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
	// Redirects is how many of the files are small pages at old addresses.
	Redirects int `json:"redirects"`
	// Asked is how many answers were asked for; those of the other files are
	// known to be what they were.
	Asked int `json:"asked"`
	// Bytes are those of all files.
	Bytes int64 `json:"bytes"`
	// Head is the number of the newest change in the export.
	Head int64 `json:"head"`
	// Kept are the files that somebody else put where an answer belongs.
	Kept []string `json:"kept"`
	// Skipped are the addresses that cannot be files.
	Skipped []string `json:"skipped"`
}

// Run exports the site to a folder, or brings an earlier export there up to
// date. When it fails, the folder is between two exports, and the next run
// completes it.
func Run(ctx context.Context, src Source, o Options) (Result, error) {
	f, old, err := open(o.Dir, o.DryRun)
	if err != nil {
		return Result{}, err
	}
	defer f.close()
	r := &run{
		Source: src, Options: o, folder: f, old: old, pages: map[string]page{}, links: map[string][]string{},
		layout: layout{base: o.Base, data: src.Data, params: src.Params, computed: src.Computed},
		seen:   map[string]bool{}, files: map[string]string{redirectsFile: "", headersFile: "", noJekyll: ""}, listed: map[string]bool{}, places: map[uint64]int{},
	}
	r.result.Kept, r.result.Skipped = []string{}, []string{}
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	err = src.Snapshot(ctx, workers, func(ctxs []context.Context) error {
		r.ctxs = ctxs
		return r.all()
	})
	r.result.Asked = int(r.asked.Load())
	return r.result, err
}

// maxWorkers is how many answers are made at the same time, at most: each needs
// a connection to the database.
const maxWorkers = 4

// run is one run.
type run struct {
	Source
	Options
	layout
	*folder
	ctxs []context.Context // one for each worker

	old    *state
	before map[string]*page // pages of the last run that still hold
	home   http.Header      // of a home page

	seen   map[string]bool     // addresses that are asked for, or will be
	queue  []string            // those of them that nobody asked for yet
	listed map[string]bool     // addresses that every run asks for
	files  map[string]string   // addresses by the files their answers are in
	pages  map[string]page     // by address
	links  map[string][]string // addresses that pages lead to, by address
	moved  []redirect
	extra  []file

	places  map[uint64]int // of names in the new state
	names   []uint64       // by place
	again   []int          // places in the new state by those in the old one, plus 1; 0 for none yet
	scratch []int

	asked   atomic.Int64
	telling sync.Mutex

	result Result
}

// redirect is an address that leads elsewhere.
type redirect struct{ address, link, to string }

// index is what is read of the root of the JSON.
type index struct {
	Languages []struct {
		Tag string `json:"tag"`
	} `json:"languages"`
	Collections []struct {
		Name string `json:"name"`
	} `json:"collections"`
	Journal struct {
		Epoch  string `json:"epoch"`
		Head   int64  `json:"head"`
		Cursor string `json:"cursor"`
	} `json:"journal"`
}

// all makes the export.
func (r *run) all() error {
	ctx := r.ctxs[0]
	a, err := r.ask(ctx, r.data)
	if err != nil {
		return err
	}
	var about index
	if a.status != http.StatusOK {
		return fmt.Errorf("the site answers %d at %s", a.status, r.data)
	}
	if err := json.Unmarshal(a.body.Bytes(), &about); err != nil {
		return fmt.Errorf("read %s: %w", r.data, err)
	}
	if err := r.compare(ctx, about); err != nil {
		return err
	}
	if err := r.begin(ctx, about); err != nil {
		return err
	}
	if err := r.crawl(); err != nil {
		return err
	}
	if err := r.notFound(about); err != nil {
		return err
	}
	if err := r.redirects(); err != nil {
		return err
	}
	langs := make([]string, len(about.Languages))
	for i, l := range about.Languages {
		langs[i] = l.Tag
	}
	if r.home == nil { // every home page holds from the last run
		if a, err = r.ask(ctx, "/"+langs[0]+"/"); err != nil {
			return err
		}
		r.home = a.header
	}
	for name, body := range map[string][]byte{headersFile: r.headerList(r.home, langs), noJekyll: nil} {
		if err := r.add(name, body); err != nil {
			return err
		}
	}
	keep := map[string]bool{}
	for name := range r.files {
		keep[name] = true
	}
	if r.result.Removed, err = r.tidy(ctx, keep); err != nil {
		return err
	}
	return r.finish(r.next(about))
}

// compare finds out which pages of the last run may still hold.
func (r *run) compare(ctx context.Context, about index) error {
	r.result.Head = about.Journal.Head
	o := r.old
	r.before = map[string]*page{}
	if r.Full || o.Program != r.Program || o.Base != r.Base || o.Epoch != about.Journal.Epoch || o.Head > about.Journal.Head {
		return nil
	}
	holds := func(p *page) bool { return true }
	if o.Head != about.Journal.Head {
		if r.Moved == nil {
			return nil
		}
		moved, err := r.Moved(ctx, o.Head)
		if err != nil {
			return err
		}
		gone := make([]bool, len(o.Names))
		for i, n := range o.Names {
			gone[i] = moved(n)
		}
		holds = func(p *page) bool {
			for i := range p.Of.all {
				if i < 0 || i >= len(gone) || gone[i] {
					return false
				}
			}
			return p.Of != nil
		}
	}
	for i := range o.Pages {
		if p := &o.Pages[i]; !p.Fleeting && holds(p) {
			r.before[p.Address] = p
		}
	}
	return nil
}

// keptHeads is how many earlier heads of the journal can be come back with.
const keptHeads = 100

// begin lists what is asked for in every run: what nothing may link to.
func (r *run) begin(ctx context.Context, about index) error {
	add := func(addresses ...string) {
		for _, a := range addresses {
			if p, ok := r.locate(a); ok {
				r.listed[p.address] = true
				r.follow(p.address)
			}
		}
	}
	add("/sitemap.xml", "/", "/robots.txt", "/"+wellKnown, "/favicon.ico", r.data, r.data+"/openapi.json", r.data+"/tree", r.data+"/network")
	for _, l := range about.Languages {
		add("/"+l.Tag+"/", "/"+l.Tag+"/network", r.data+"/tree?lang="+l.Tag, r.data+"/tree?depth=20&lang="+l.Tag, r.data+"/network?lang="+l.Tag)
	}
	for _, c := range about.Collections {
		for _, l := range about.Languages {
			add(r.data + "/" + c.Name + "?lang=" + l.Tag)
		}
	}
	add(r.data+"/changes", r.data+"/changes?since="+about.Journal.Cursor)
	if r.old.Epoch == about.Journal.Epoch {
		for _, head := range r.heads() {
			add(r.data + "/changes?since=" + r.old.Epoch + "." + strconv.FormatInt(head, 10))
		}
	}
	return r.Old(ctx, func(address string) error {
		add(address)
		return nil
	})
}

// heads are the heads of the journal in this export and in earlier ones.
func (r *run) heads() []int64 {
	list := r.old.Heads
	if r.old.Head > 0 && !slices.Contains(list, r.old.Head) {
		list = append(slices.Clone(list), r.old.Head)
	}
	return list[max(0, len(list)-keptHeads):]
}

// follow asks for an address later, once.
func (r *run) follow(address string) {
	if !r.seen[address] {
		r.seen[address] = true
		r.queue = append(r.queue, address)
	}
}

// notFound writes the pages that hosts answer with where nothing is.
func (r *run) notFound(about index) error {
	names := []string{"404.html"}
	for _, l := range about.Languages {
		names = append(names, l.Tag+"/404.html")
	}
	for _, name := range names {
		a, err := r.ask(r.ctxs[0], "/"+name)
		if err != nil {
			return err
		}
		if a.status != http.StatusNotFound {
			continue // an old address that leads elsewhere
		}
		f, err := r.page(a.body.Bytes(), false)
		if err != nil {
			return err
		}
		if err := r.add(name, f.body); err != nil {
			return err
		}
	}
	return nil
}

// redirects writes the small pages at old addresses, where no content is, and
// the list of them.
func (r *run) redirects() error {
	slices.SortFunc(r.moved, func(a, b redirect) int { return cmp.Compare(a.address, b.address) })
	folders := map[string]bool{}
	for name := range r.files {
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			folders[name[:i]] = true
		}
	}
	var list []redirect
	for _, m := range r.moved {
		name, err := fileOf(m.link, true)
		if err != nil {
			r.result.Skipped = append(r.result.Skipped, m.address)
			continue
		}
		if _, taken := r.files[name]; taken {
			continue // a host sends readers on from there by itself
		}
		free := !folders[name]
		for i := strings.LastIndexByte(name, '/'); i > 0 && free; i = strings.LastIndexByte(name[:i], '/') {
			_, taken := r.files[name[:i]]
			free = !taken
		}
		if !free {
			r.result.Skipped = append(r.result.Skipped, m.address)
			continue
		}
		body, err := r.stubOf(m.to)
		if err != nil {
			return err
		}
		is, err := r.save(name, m.address, body)
		if err != nil {
			return err
		}
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			folders[name[:i]] = true
		}
		p := r.pages[m.address]
		p.file = is
		r.pages[m.address] = p
		r.result.Redirects++
		list = append(list, m)
	}
	return r.add(redirectsFile, redirectList(list))
}

// add writes a file that is no page's.
func (r *run) add(name string, body []byte) error {
	is, err := r.save(name, "", body)
	if err == nil && is.Name != "" {
		r.extra = append(r.extra, is)
	}
	return err
}

// save writes a file and counts it. The file is without a name when somebody
// else's is in its place.
func (r *run) save(name, address string, body []byte) (file, error) {
	is, what, err := r.put(name, body)
	if err != nil {
		return is, err
	}
	r.count(name, address, is, what)
	return is, nil
}

// count notes what became of a file.
func (r *run) count(name, address string, is file, what outcome) {
	switch what {
	case kept:
		r.result.Kept = append(r.result.Kept, name)
		return
	case written:
		r.result.Written++
	default:
		r.result.Unchanged++
	}
	r.files[name] = address
	r.result.Files++
	r.result.Bytes += is.Size
}

// next is the state that this run leaves.
func (r *run) next(about index) *state {
	st := &state{Format: format, Program: r.Program, Base: r.Base, Epoch: about.Journal.Epoch, Head: about.Journal.Head, Names: r.names, Files: r.extra}
	if r.old.Epoch == st.Epoch {
		st.Heads = r.heads()
	}
	st.Pages = make([]page, 0, len(r.pages))
	for _, p := range r.pages {
		st.Pages = append(st.Pages, p)
	}
	slices.SortFunc(st.Pages, func(a, b page) int { return cmp.Compare(a.Address, b.Address) })
	at := make(map[string]int, len(st.Pages))
	for i, p := range st.Pages {
		at[p.Address] = i
	}
	for i, p := range st.Pages {
		r.scratch = r.scratch[:0]
		for _, a := range r.links[p.Address] {
			if !r.listed[a] || r.lists(p.Address) {
				r.scratch = append(r.scratch, at[a])
			}
		}
		if len(r.scratch) > 0 {
			st.Pages[i].Links = packed(r.scratch)
		}
	}
	return st
}
