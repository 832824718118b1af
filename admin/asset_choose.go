package admin

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/models"
)

// choice is what a file is chosen for: a field of an editing screen. The way
// there and back goes through addresses alone; what was typed is saved before
// it begins.
type choice struct {
	Back  string // of the editing screen, "" when nothing is chosen for
	Field string // name of the control
}

// fieldName is the shape of the names of controls that hold a file.
var fieldName = regexp.MustCompile(`^(b|facts|fields)(\.[a-z0-9_]{1,40}){1,5}$`)

// chosenFor reads what the library is opened for. Anything that does not lead
// back to an editing screen is nothing.
func chosenFor(q url.Values) choice {
	c := choice{Back: q.Get("choose"), Field: q.Get("field")}
	if !localPath(c.Back) || !strings.HasPrefix(c.Back, "/admin/entries/") || strings.ContainsAny(c.Back, "?#") || !fieldName.MatchString(c.Field) {
		return choice{}
	}
	return c
}

func (c choice) values() url.Values {
	if c.Back == "" {
		return url.Values{}
	}
	return url.Values{"choose": {c.Back}, "field": {c.Field}}
}

// fields are the parameters as a form carries them on.
func (c choice) fields() []KeptField {
	if c.Back == "" {
		return nil
	}
	return []KeptField{{"choose", c.Back}, {"field", c.Field}}
}

// with is the address of the editing screen with a file put into the field, ""
// when no file can be used there: the consent is withdrawn or has ended, or
// nothing is chosen for.
func (c choice) with(it media.Item) string {
	if c.Back == "" || it.State == models.ConsentEnded || it.State == models.ConsentWithdrawn || it.Asset.TrashedAt != nil {
		return ""
	}
	return c.Back + "?" + url.Values{"put": {c.Field}, "media": {it.Asset.ID}}.Encode() + "#" + Field{Name: c.Field}.ID()
}

// libraryURL opens the library to choose a file for a field of an editing
// screen.
func libraryURL(back, field, kind, section string) string {
	q := choice{back, field}.values()
	if kind != "" {
		q.Set("kind", kind)
	}
	if section != "" {
		q.Set("to", section)
	}
	return mediaPath + "?" + q.Encode()
}

// MediaView is what a control that holds a picture or a file shows.
type MediaView struct {
	Thumb, Icon, Title string
	Whole, Withheld    bool
	Pills              []PillView
	// Choose and Clear are the buttons; without them the field is read only.
	Choose, Clear           string
	ChooseLabel, ClearLabel string
	// Gone says that nothing is known of the file any more, or not to this user.
	Gone string
}

// mediaField makes a control of one that holds the id of a file. known are the
// files that the user may see.
func (w Words) mediaField(c Field, known map[string]media.Item) Field {
	c.Kind = "media"
	v := &MediaView{Icon: "image", Choose: "choose:" + c.Name, ChooseLabel: w.T("choose.open")}
	if id := strings.TrimPrefix(c.Value, "media:"); id != "" {
		v.ChooseLabel, v.Clear, v.ClearLabel = w.T("choose.other"), "clear:"+c.Name, w.T("choose.clear")
		if it, ok := known[id]; ok {
			a := w.asset(it)
			v.Thumb, v.Icon, v.Title, v.Whole, v.Withheld = a.Thumb, a.Icon, a.Title, a.Whole, a.Withheld
			if look := consentLooks[it.State]; look.tone != "" && it.State != models.ConsentValid {
				v.Pills = []PillView{{look.tone, look.icon, w.T("consent.state_" + string(it.State))}}
			}
		} else {
			v.Gone = w.T("choose.gone")
		}
	}
	c.Media = v
	return c
}

// putMedia puts a file into the field of a block as if somebody had chosen it
// there, and what is known of the file into the empty fields beside it. It
// reports whether there is such a field.
func putMedia(list []block.FormBlock, name string, it media.Item, lang string) bool {
	for i := range list {
		if put(list[i].Fields, name, it, lang) {
			return true
		}
	}
	return false
}

func put(fields []block.FormField, name string, it media.Item, lang string) bool {
	found := false
	for i := range fields {
		f := &fields[i]
		if f.Of == block.TypeMedia && f.Name == name {
			f.Value, found = "media:"+it.Asset.ID, true
		}
		for j := range f.Items {
			if put(f.Items[j].Fields, name, it, lang) {
				return true
			}
		}
	}
	if !found {
		return false
	}
	for i := range fields {
		f := &fields[i]
		if f.Value != "" {
			continue
		}
		switch f.Name[strings.LastIndexByte(f.Name, '.')+1:] {
		case "alt":
			f.Value = it.Descriptions[lang]
		case "title", "name":
			f.Value = it.Asset.Title
		case "lang":
			f.Value = it.Asset.Lang
		}
	}
	return true
}

// chooseMedia opens the library for a field of an editing screen whose text was
// saved just now.
func (h *handler) chooseMedia(c *gin.Context, ed cms.Editor, at, field string) error {
	if !fieldName.MatchString(field) {
		return errBadRequest
	}
	kind := string(models.AssetImage)
	if parts := strings.Split(field, "."); parts[0] == "b" {
		for i := range ed.Doc.Doc.Content {
			if n := &ed.Doc.Doc.Content[i]; n.ID() == parts[1] && n.Type == "files" {
				kind = ""
			}
		}
	}
	return h.see(c, libraryURL(at, field, kind, ed.Entry.Section()))
}

// mediaOf reads the pictures and files that an editing screen shows. What the
// address says was chosen in the library is put into its field first: into what
// is shown, for whoever wrote the text decides whether it is saved. What the
// library remembers of a lead picture is proposed as its description.
func (h *handler) mediaOf(c *gin.Context, p *editorPage, list []block.FormBlock, facts, fields models.Values, fresh bool) (known map[string]media.Item, newFacts, newFields models.Values) {
	put, chosen := c.Query("put"), ""
	if fresh && fieldName.MatchString(put) && models.ValidID(c.Query("media")) {
		chosen = c.Query("media")
	}
	ids := mediaIDs(list, facts)
	if chosen != "" {
		ids = append(ids, chosen)
	}
	if len(ids) == 0 {
		return nil, facts, fields
	}
	known, err := h.media.Items(c.Request.Context(), user(c), ids)
	if err != nil { // the text can be written without them
		h.log.ErrorContext(c.Request.Context(), "pictures not read", "request_id", requestID(c), "err", err)
	}
	it, ok := known[chosen]
	if !ok || !p.CanWrite {
		return known, facts, fields
	}
	if name, isFact := strings.CutPrefix(put, "facts."); isFact {
		facts = maps.Clone(facts)
		if facts == nil {
			facts = models.Values{}
		}
		facts[name] = chosen
		if alt := it.Descriptions[p.EntryLang]; name == "lead_picture" && alt != "" && fields.Str("lead_description") == "" {
			if fields = maps.Clone(fields); fields == nil {
				fields = models.Values{}
			}
			fields["lead_description"] = alt
		}
	} else if !putMedia(list, put, it, p.EntryLang) {
		return known, facts, fields
	}
	p.Put = p.T("choose.put", "Title", p.asset(it).Title)
	return known, facts, fields
}

// mediaIDs are the ids of the files that blocks and facts name.
func mediaIDs(list []block.FormBlock, facts models.Values) []string {
	var ids []string
	var walk func([]block.FormField)
	walk = func(fields []block.FormField) {
		for _, f := range fields {
			if f.Of == block.TypeMedia {
				ids = append(ids, strings.TrimPrefix(f.Value, "media:"))
			}
			for _, item := range f.Items {
				walk(item.Fields)
			}
		}
	}
	for _, b := range list {
		walk(b.Fields)
	}
	if s, ok := facts["lead_picture"].(string); ok {
		ids = append(ids, s)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(s string) bool { return !models.ValidID(s) })
}
