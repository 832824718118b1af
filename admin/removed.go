package admin

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/block"
	"meridian/models"
)

// keyRemoved holds the block somebody removed last, so that one button puts it
// back. It is part of the next form and not a link of its own: pressing it
// saves what was typed in between as well.
const keyRemoved = "removed"

// maxRemoved is the largest block, as JSON, that is kept for putting back, and
// removedLife how long: one sitting.
const (
	maxRemoved  = 64 << 10
	removedLife = models.Sitting
)

// removedBlock is a block that was taken out of a text.
type removedBlock struct {
	Entry string `json:"entry"`
	Lang  string `json:"lang"`
	After string `json:"after"` // id of the block before it, "" at the start
	Doc   string `json:"doc"`   // a document with this one block
	At    int64  `json:"at"`    // Unix seconds
}

// takeOut removes a block and returns it; nil when it is not there.
func takeOut(d *block.Document, id string) *removedBlock {
	i := position(d, id)
	if i < 0 {
		return nil
	}
	one := block.Empty(d.Lang)
	one.Doc.Content = []block.Node{d.Doc.Content[i].Clone()}
	r := &removedBlock{Doc: string(one.JSON())}
	if i > 0 {
		r.After = d.Doc.Content[i-1].ID()
	}
	d.Remove(id)
	return r
}

// putBack inserts the block where it was and returns its id, "" when it cannot
// be read or is there already.
func (r *removedBlock) putBack(d *block.Document) string {
	one, err := block.Decode([]byte(r.Doc))
	if err != nil || len(one.Doc.Content) != 1 {
		return ""
	}
	n := one.Doc.Content[0]
	if position(d, n.ID()) >= 0 {
		return ""
	}
	insertNode(d, position(d, r.After)+1, n)
	return n.ID()
}

// removed reads the block that the form carries.
func (in *typed) removed() (*removedBlock, bool) {
	doc := in.Form.Get("removed")
	if doc == "" || len(doc) > maxRemoved {
		return nil, false
	}
	return &removedBlock{Doc: doc, After: in.Form.Get("removed_after")}, true
}

// keepRemoved keeps a removed block for the next page of this edition.
func (h *handler) keepRemoved(c *gin.Context, r *removedBlock) {
	if r == nil || len(r.Doc) > maxRemoved {
		return
	}
	r.At = h.now().Unix()
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings only
	}
	h.sessions.Put(c.Request.Context(), keyRemoved, string(b))
}

// lastRemoved returns the block that was removed from an edition last.
func (h *handler) lastRemoved(c *gin.Context, entry, lang string) *removedBlock {
	s := h.sessions.GetString(c.Request.Context(), keyRemoved)
	if s == "" {
		return nil
	}
	var r removedBlock
	if json.Unmarshal([]byte(s), &r) != nil || r.Entry != entry || r.Lang != lang ||
		h.now().Sub(time.Unix(r.At, 0)) > removedLife {
		return nil
	}
	return &r
}

// position is the index of a top-level block, -1 when it is not there.
func position(d *block.Document, id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(d.Doc.Content, func(n block.Node) bool { return n.ID() == id })
}

func insertNode(d *block.Document, at int, n block.Node) {
	d.Doc.Content = slices.Insert(d.Doc.Content, at, n)
}
