package admin

import (
	"encoding/json"

	"github.com/gin-gonic/gin"
)

// Flash is a message for the next page that its user opens: what was done and,
// where it can be undone or looked at, the way there. It is kept as the name of
// a sentence in the catalogue, so that it is read in the language of that page.
type Flash struct {
	// Code is the sentence flash.<Code>; Args fill it.
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
	// Tone is "ok", "warn" or "bad"; empty means "ok".
	Tone string `json:"tone,omitempty"`
	// Actions stand behind the sentence, "Undo" for example.
	Actions []FlashAction `json:"actions,omitempty"`
}

// FlashAction is a link, or a form with a single button when Fields is not
// nil, that goes with a message.
type FlashAction struct {
	Code   string            `json:"code"` // action.<Code> in the catalogue
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields,omitempty"` // posted
	Post   bool              `json:"post,omitempty"`
}

// flash keeps a message for the next page. Without a session there is none to
// keep it in and it is dropped.
func (h *handler) flash(c *gin.Context, f Flash) {
	ctx := c.Request.Context()
	list := append(h.flashes(c), f)
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings only
	}
	h.sessions.Put(ctx, keyFlash, string(b))
}

// flashes returns the waiting messages without taking them.
func (h *handler) flashes(c *gin.Context) []Flash {
	var list []Flash
	if s := h.sessions.GetString(c.Request.Context(), keyFlash); s != "" {
		_ = json.Unmarshal([]byte(s), &list) // written by flash
	}
	return list
}

// takeFlashes returns the waiting messages, once.
func (h *handler) takeFlashes(c *gin.Context) []Flash {
	list := h.flashes(c)
	if list != nil {
		h.sessions.Remove(c.Request.Context(), keyFlash)
	}
	return list
}
