package admin

import (
	"net/url"
	"strings"

	"meridian/cms"
	"meridian/models"
)

// StateView is how far an entry is in one language: a code, a word and a sign,
// never a colour alone.
type StateView struct {
	Lang, Code, Name string
	State            models.State
	Word, Tone, Icon string
	// Behind is how many blocks of the original changed since; BehindWord says
	// it.
	Behind     int
	BehindWord string
	Said       string // the state and how far behind, in words
	URL        string // "" when there is no edition
	Title      string
}

// Calm reports whether the sign says enough: readers see the newest words.
func (v StateView) Calm() bool { return v.State == models.StateLive && v.Behind == 0 }

// stateLooks are the tone and the sign of each state.
var stateLooks = map[models.State]struct{ tone, icon string }{
	models.StateMissing:   {"", "circle-dashed"},
	models.StateDraft:     {"", "circle"},
	models.StateLive:      {"ok", "circle-check"},
	models.StateChanged:   {"warn", "circle-dot"},
	models.StateOff:       {"", "eye-off"},
	models.StateWithdrawn: {"bad", "archive"},
}

func (w Words) state(s cms.LanguageState, entry string) StateView {
	look := stateLooks[s.State]
	v := StateView{
		Lang: s.Lang, Code: strings.ToUpper(s.Lang), Name: w.LanguageName(s.Lang), State: s.State, Word: w.T("state." + string(s.State)),
		Tone: look.tone, Icon: look.icon, Behind: s.Behind, Title: s.Title,
	}
	v.Said = v.Word
	if s.State != models.StateMissing {
		v.URL = entryURL(entry, s.Lang)
	}
	if s.Behind > 0 {
		v.BehindWord = w.T("state.behind", "Count", s.Behind)
		v.Said += w.T("form.comma") + v.BehindWord
	}
	return v
}

func (w Words) states(list []cms.LanguageState, entry string) []StateView {
	out := make([]StateView, len(list))
	for i, s := range list {
		out[i] = w.state(s, entry)
	}
	return out
}

// RowView is an entry in a list.
type RowView struct {
	ID, URL, Title, Lang string
	Icon, KindLabel      string
	Section              string
	Date                 string
	Saved                DateTime
	Author               string
	States               []StateView
	Lag                  string // how far the edition is behind, in words
}

func (h *handler) row(w Words, r cms.Row, zone string) RowView {
	v := RowView{
		ID: r.ID, URL: entryURL(r.ID, r.Lang), Title: r.Title, Lang: r.Lang, Icon: kindIcon(r.Kind, r.Type),
		KindLabel: w.T("kind." + kindWord(r.Kind, r.Type)), Section: r.Section.Title, Saved: h.moment(w, r.SavedAt, zone),
		Author: r.Author, States: w.states(r.Languages, r.ID),
	}
	if r.Top { // its name stands above every page
		v.Section = w.T("content.top")
	}
	if r.Date != "" {
		v.Date = w.Day(r.Date)
	}
	if v.Title == "" {
		v.Title = w.T("editor.untitled")
	}
	return v
}

func (h *handler) rows(w Words, list []cms.Row, zone string) []RowView {
	out := make([]RowView, len(list))
	for i, r := range list {
		out[i] = h.row(w, r, zone)
	}
	return out
}

// kindWord is the word of a kind in the catalogue: a section is called after
// its type.
func kindWord(kind, typ string) string {
	if kind == models.KindSection && typ == models.TypeOrganisation {
		return typ
	}
	return kind
}

func kindIcon(kind, typ string) string {
	switch {
	case kind == models.KindNews:
		return "newspaper"
	case kind == models.KindPage:
		return "file-text"
	case typ == models.TypeOrganisation:
		return "building-2"
	}
	return "folder"
}

// publicURL is the address of an edition within the site, as it stands in
// links: escaped, with the slash that sections end with.
func publicURL(kind string, d models.Edition) string {
	if d.Path == nil {
		return ""
	}
	p := "/" + d.Lang + "/" + *d.Path
	if kind == models.KindSection && *d.Path != "" {
		p += "/"
	}
	return (&url.URL{Path: p}).EscapedPath()
}

// readable is an escaped address as people read it.
func readable(address string) string {
	if s, err := url.PathUnescape(address); err == nil {
		return s
	}
	return address
}

// entryCrumbs is the way to an entry through the sections that the user may
// open. All sections between a grant and an entry it reaches are in the same
// organisation, so the branch alone decides.
func entryCrumbs(w Words, u models.User, ed cms.Editor) []Crumb {
	out := []Crumb{{Label: w.T("nav.content"), URL: "/admin/content"}}
	grants, all := u.Reach(models.ActRead)
	branch := "/"
	for _, t := range ed.Trail {
		branch += t.ID + "/"
		open := all
		for _, g := range grants {
			open = open || g.Domain == ed.Entry.DomainID && strings.HasPrefix(branch, g.Branch)
		}
		if open {
			out = append(out, Crumb{Label: t.Title, URL: sectionURL(t.ID)})
		}
	}
	return out
}

func sectionURL(id string) string { return "/admin/content/" + id }

// finding says what a check found and why it matters.
func (w Words) finding(f cms.Finding) (text, why string) {
	code := "check." + f.Code
	if !w.Has(code) {
		return f.Text(w.Lang), ""
	}
	args := make([]any, 0, 4)
	for k, v := range f.Args {
		switch k {
		case "field":
			v = w.T("field." + v.(string))
		case "notation":
			v = w.apart(v.(string))
		case "lang":
			v = w.LanguageName(v.(string))
		case "count": // would choose a plural
			k = "n"
		}
		args = append(args, strings.ToUpper(k[:1])+k[1:], v)
	}
	text = w.T(code, args...)
	if w.Has(code + "_why") {
		why = w.T(code + "_why")
	}
	return text, why
}
