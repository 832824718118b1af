package admin

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
)

// Addresses of the screens of pictures and files.
const (
	mediaPath        = "/admin/media"
	uploadPath       = "/admin/media/upload"
	replacePath      = "/admin/media/:asset/replace"
	descriptionsPath = "/admin/media/descriptions"
	collectionsPath  = "/admin/media/collections"
	mediaTrashPath   = "/admin/media/trash"
	consentsPath     = "/admin/consents"
)

// thumbWidth is how wide the small pictures of lists are asked for.
const thumbWidth = 320

// smallFile is up to how many bytes a picture is shown in a list as it was
// uploaded, while its small forms are still being made.
const smallFile = 256 << 10

// mediaBase is what the screens of pictures and files have in common.
type mediaBase struct {
	Base
	Tabs []TabView
}

// mediaBase returns the frame of a screen; at is the address of the tab that
// it stands under.
func (h *handler) mediaBase(c *gin.Context, at string) mediaBase {
	p := mediaBase{Base: h.base(c)}
	p.Wide, p.Sheet = true, "admin-media.css"
	for i := range p.Nav { // consents have an address of their own
		if p.Nav[i].URL == mediaPath {
			p.Nav[i].Current, p.AtExtra = true, p.AtExtra || p.Nav[i].Extra
		}
	}
	for _, t := range []struct{ code, url string }{
		{"media.tab_all", mediaPath}, {"collection.title", collectionsPath}, {"describe.tab", descriptionsPath},
		{"consent.tab", consentsPath}, {"media.tab_trash", mediaTrashPath},
	} {
		p.Tabs = append(p.Tabs, TabView{Label: p.T(t.code), URL: t.url, Current: t.url == at})
	}
	return p
}

// AssetView is a picture or a file in a list.
type AssetView struct {
	ID, URL, Title, Icon string
	Thumb                string // address of a small picture, "" for none
	Whole                bool   // the small picture is shown whole, not cut to shape
	Withheld             bool
	Kind, Meta, Section  string
	Pills                []PillView
	Pick                 string // words of the box that chooses it
	Use                  string // address that puts it where it is chosen for
	CanChange            bool
	CanPublish           bool
	Version              int
	When                 DateTime
}

// PillView is a short remark with a sign.
type PillView struct{ Tone, Icon, Text string }

// assetURL is the address of a screen about a picture or a file.
func assetURL(id string, more ...string) string {
	return mediaPath + "/" + strings.Join(append([]string{url.PathEscape(id)}, more...), "/")
}

// assetIcons are the signs of the kinds of files.
var assetIcons = map[models.AssetKind]string{
	models.AssetImage: "image", models.AssetDocument: "file-text", models.AssetAudio: "music", models.AssetVideo: "film",
	models.AssetCaptions: "captions", models.AssetData: "file-spreadsheet",
}

// asset turns an item of the library into a line of a list.
func (w Words) asset(it media.Item) AssetView {
	a, v := it.Asset, it.Version
	out := AssetView{
		ID: a.ID, URL: assetURL(a.ID), Title: media.TitleOf(a, v), Icon: cmp.Or(assetIcons[a.Kind], "files"),
		Kind: w.T("media.kind_" + string(a.Kind)), Meta: w.fileMeta(v), Section: it.Section,
		Whole: v.Type != "image/jpeg", Withheld: !it.Can.Open, CanChange: it.Can.Write, CanPublish: it.Can.Publish, Version: a.Version,
	}
	if a.Kind == models.AssetImage && it.Can.Open && (it.Thumb > 0 || v.Bytes <= smallFile) {
		out.Thumb = previewURL(a.ID, thumbWidth)
	}
	if out.Withheld {
		out.Icon = "shield-alert"
	}
	out.Pick = w.T("media.pick_one", "Title", out.Title)
	out.Pills = w.assetPills(it)
	return out
}

// assetPills are the remarks on an item: what somebody has to do about it comes
// first.
func (w Words) assetPills(it media.Item) []PillView {
	var out []PillView
	if look := consentLooks[it.State]; look.tone != "" && it.State != models.ConsentValid {
		out = append(out, PillView{look.tone, look.icon, w.T("consent.state_" + string(it.State))})
	}
	if it.Asset.Kind == models.AssetImage && len(it.Descriptions) == 0 {
		out = append(out, PillView{"", "languages", w.T("media.no_description")})
	}
	switch {
	case it.Asset.TrashedAt != nil:
		out = append(out, PillView{"", "trash-2", w.T("media.in_trash")})
	case it.Public && it.Asset.Given():
		out = append(out, PillView{"info", "globe", w.T("media.public")})
	}
	if it.Asset.Shared {
		out = append(out, PillView{"", "users", w.T("media.is_shared")})
	}
	return out
}

// fileMeta says what a version is: "JPEG · 4000 × 3000 · 2.1 MB".
func (w Words) fileMeta(v models.AssetVersion) string {
	parts := []string{typeName(v.Type)}
	if v.Width > 0 {
		parts = append(parts, w.dimensions(v))
	}
	if v.Pages > 0 {
		parts = append(parts, w.T("media.pages_count", "Count", v.Pages))
	}
	parts = append(parts, w.Size(v.Bytes))
	if w.Dir == "rtl" { // each by itself, or a number would join the Latin letters before it
		for i, s := range parts {
			parts[i] = "\u2068" + s + "\u2069"
		}
	}
	return strings.Join(parts, " · ")
}

// dimensions are the pixels of a version; isolated, because right-to-left text
// would turn them round.
func (w Words) dimensions(v models.AssetVersion) string {
	return "\u2066" + w.Number(v.Width) + " × " + w.Number(v.Height) + "\u2069"
}

// typeNames are what people call the types of files, beside what follows from
// the type itself.
var typeNames = map[string]string{
	"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP", "image/svg+xml": "SVG", "image/avif": "AVIF",
	"application/pdf": "PDF", "application/epub+zip": "EPUB", "text/csv": "CSV", "text/vtt": "VTT", "audio/mpeg": "MP3", "video/mp4": "MP4", "video/webm": "WebM",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "Word",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "Excel",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
	"application/vnd.oasis.opendocument.text":                                   "OpenDocument",
	"application/vnd.oasis.opendocument.spreadsheet":                            "OpenDocument",
	"application/vnd.oasis.opendocument.presentation":                           "OpenDocument",
}

func typeName(typ string) string {
	base, _, _ := strings.Cut(typ, ";")
	return cmp.Or(typeNames[base], base)
}

// Size writes a number of bytes as people do: "820 kB", "2.1 MB".
func (w Words) Size(bytes int64) string {
	code, n := "media.size_kb", float64(bytes)/1024
	if n >= 1000 {
		code, n = "media.size_mb", n/1024
	}
	s := strconv.FormatFloat(n, 'f', 1, 64)
	if n >= 10 || code == "media.size_kb" {
		s = strconv.FormatFloat(max(n, 1), 'f', 0, 64)
	}
	s = strings.TrimSuffix(s, ".0")
	switch w.Lang {
	case "fr", "nl", "es":
		s = strings.Replace(s, ".", ",", 1)
	}
	return w.T(code, "N", s)
}

// usesView turns the places where a file is used into lines.
func (w Words) usesView(uses []media.Use) []UsedView {
	var out []UsedView
	for _, u := range uses {
		v := UsedView{URL: "/admin/entries/" + u.Entry, Title: cmp.Or(u.Title, w.T("editor.untitled")), Icon: kindIcon(u.Kind, "")}
		var label []string
		if u.Lang != "" && u.Lang != models.Facts {
			v.URL = entryURL(u.Entry, u.Lang)
			label = append(label, w.LanguageName(u.Lang))
		}
		switch {
		case u.Purpose == "field" && w.Has("field."+u.Block):
			label = append(label, w.T("field."+u.Block))
		case u.Purpose != "field" && u.Block != "":
			v.URL += "#b-" + u.Block
		}
		if !u.Live {
			label = append(label, w.T("trash.use_draft"))
		}
		v.Label = strings.Join(label, w.T("form.comma"))
		out = append(out, v)
	}
	return out
}

// hiddenUses says how many places somebody cannot see, "" for none.
func (w Words) hiddenUses(n int) string {
	if n == 0 {
		return ""
	}
	return w.T("trash.uses_hidden", "Count", n)
}

// liveUses counts the pages of readers among the uses, those the user cannot
// see included: they are counted as if readers saw them.
func liveUses(uses []media.Use, hidden int) int {
	seen := map[[2]string]bool{}
	for _, u := range uses {
		if u.Live {
			seen[[2]string{u.Entry, u.Lang}] = true
		}
	}
	return len(seen) + hidden
}
