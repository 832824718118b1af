package export

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
)

// Folder is where, within an export, its state is. Hosts need nothing of it.
const Folder = ".meridian-export"

const (
	stateFile = Folder + "/state.json"
	logFile   = Folder + "/written.log"
	lockFile  = Folder + "/lock"
	tempDir   = Folder + "/tmp"
)

// format is the form of the state that this version writes.
const format = 1

// state is what a run leaves for the next one. It lists every file the export
// wrote: nothing else in the folder is ever changed or removed.
type state struct {
	Format int `json:"format"`
	// Program, Base and Epoch (of the journal) are those of the run. The pages
	// of another one are all asked for again.
	Program string `json:"program"`
	Base    string `json:"base"`
	Epoch   string `json:"epoch"`
	Head    int64  `json:"head"` // of the journal
	// Heads are those of earlier runs, the oldest first: other sites may come
	// back with them.
	Heads []int64 `json:"heads,omitempty"`
	// Names are those of what pages are made of; a page has their places here.
	Names []uint64 `json:"names,omitempty"`
	Pages []page   `json:"pages"`
	// Files are those that are no page's.
	Files []file `json:"files,omitempty"`
}

// page is an answer of the site and what became of it.
type page struct {
	Address string `json:"a"`
	file
	// To is where a redirect leads.
	To string `json:"to,omitempty"`
	// Of is what it was made of; nil when that is not known.
	Of places `json:"of"`
	// Links are the addresses it leads to that nothing else lists, as places in
	// Pages.
	Links places `json:"l,omitempty"`
	// Fleeting answers say something else tomorrow by themselves.
	Fleeting bool `json:"fleeting,omitempty"`
}

// places are places in a list of a state, in ascending order: the distance of
// each from the one before, as varints. Pages have many, so that they would be
// most of the state if they were written out.
type places []byte

// packed puts places in order. The result is never nil.
func packed(list []int) places {
	slices.Sort(list)
	out, last := make(places, 0, len(list)+8), 0
	for _, n := range slices.Compact(list) {
		out = binary.AppendUvarint(out, uint64(n-last))
		last = n
	}
	return out
}

// all calls yield with every place; one that is out of a state's bounds is
// for the caller to refuse.
func (p places) all(yield func(int) bool) {
	for at := 0; len(p) > 0; {
		d, n := binary.Uvarint(p)
		if n <= 0 || d > math.MaxInt32 {
			yield(-1) // no state of ours
			return
		}
		if at, p = at+int(d), p[n:]; !yield(at) {
			return
		}
	}
}

// file is a file as it was written. Hash is "" while that is not known.
type file struct {
	Name string `json:"f,omitempty"`
	Size int64  `json:"n,omitempty"`
	Hash string `json:"h,omitempty"`
}

// owned is every file that the export wrote, with what is known of it.
type owned map[string]file

// load reads the state of a folder and what a run that did not end wrote since.
// Of those files only the names are known.
func load(root *os.Root) (*state, owned, error) {
	st, own := &state{}, owned{}
	b, err := root.ReadFile(stateFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, nil, err
	default:
		if err := json.Unmarshal(b, st); err != nil {
			return nil, nil, fmt.Errorf("%w: %s: %w", ErrState, stateFile, err)
		}
		if st.Format > format {
			return nil, nil, fmt.Errorf("%w: a newer version wrote it", ErrState)
		}
	}
	for _, p := range st.Pages {
		if p.Name != "" {
			own[p.Name] = p.file
		}
	}
	for _, f := range st.Files {
		own[f.Name] = f
	}
	f, err := root.Open(logFile)
	if errors.Is(err, fs.ErrNotExist) {
		return st, own, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadString('\n')
		if err == io.EOF { // a last line without an end was never acted upon
			return st, own, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if name := strings.TrimSuffix(line, "\n"); possible(name) == nil || name == noJekyll {
			own[name] = file{Name: name}
		}
	}
}
