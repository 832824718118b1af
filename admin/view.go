package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// Base is what the layout of every page needs. The data of a page is a struct
// that embeds it.
type Base struct {
	Words

	Title   string // the h1 and the beginning of <title>
	Site    string // name of the site
	Theme   string // "system", "light" or "dark"
	User    models.User
	Nav     []NavItem
	Crumbs  []Crumb
	Flashes []FlashView
	// Langs are the links to this page in other languages, for visitors.
	Langs []LangLink
	// AtAccount marks the account link as the current place.
	AtAccount bool
	// AtExtra says the same of "More", behind which the current place is.
	AtExtra bool
	// Searches says that the user may search, AtSearch that this is the page
	// that has the field for it.
	Searches, AtSearch bool
	// Sheet is a style sheet of the page's own, "" for none.
	Sheet string
	// Wide lets the page use the whole width.
	Wide bool
}

// NavItem is an entry of the main navigation.
type NavItem struct {
	Label, URL, Icon string
	Current          bool
	// Extra puts it behind "More" where the menu is a bar.
	Extra bool
}

// Crumb is a step of the way to a page. The last one has no URL.
type Crumb struct {
	Label, URL string
	Lang       string // of the label, when it is not the interface language
}

// LangLink is a link to the same page in another interface language.
type LangLink struct {
	Lang, Name, URL string
	Current         bool
}

// FlashView is a message in the language of the page.
type FlashView struct {
	Tone, Text string
	Actions    []FlashActionView
}

// FlashActionView is a link or a one-button form behind a message.
type FlashActionView struct {
	Label, URL string
	Post       bool
	Fields     map[string]string
}

// base returns the common part of a page in the interface language of its
// reader. The handler sets Title, and Crumbs below the first level. Messages
// that wait are taken: call it once, for a page that is sent.
func (h *handler) base(c *gin.Context) Base {
	u := user(c)
	w := h.words(c)
	b := Base{Words: w, Site: h.siteName(c, w.Lang), Theme: "system", User: u}
	if u.ID == "" {
		b.Langs = h.langLinks(c, w.Lang)
		return b
	}
	if u.Theme != "" {
		b.Theme = u.Theme
	}
	path := c.Request.URL.Path
	b.AtAccount = strings.HasPrefix(path, "/admin/account")
	b.Searches, b.AtSearch = u.CanAnywhere(models.ActRead), path == searchPath
	for _, n := range navigation {
		if u.CanAnywhere(n.may) {
			b.Nav = append(b.Nav, NavItem{Label: w.T(n.code), URL: n.url, Icon: n.icon, Current: n.holds(path), Extra: len(b.Nav) >= barItems})
		}
	}
	b.AtExtra = b.AtAccount || b.AtSearch || slices.ContainsFunc(b.Nav, func(n NavItem) bool { return n.Extra && n.Current })
	for _, f := range h.takeFlashes(c) {
		b.Flashes = append(b.Flashes, w.flash(f))
	}
	return b
}

// barItems is how many items a bar on a small phone has room for beside
// "More".
const barItems = 4

// navigation is the main menu.
var navigation = []navigationItem{
	{"nav.home", "/admin/", "house", models.ActSignedIn},
	{"nav.content", "/admin/content", "folder-tree", models.ActRead},
	{"nav.news", "/admin/news", "newspaper", models.ActRead},
	{"nav.media", mediaPath, "images", models.ActRead},
	{"nav.directory", "/admin/directory", "building-2", models.ActRead},
	{"nav.redirects", "/admin/redirects", "link", models.ActPublish},
	{"nav.trash", "/admin/trash", "trash-2", models.ActRead},
	{"nav.activity", "/admin/activity", "history", models.ActRead},
	{"nav.terms", "/admin/terms", "tag", models.ActManage},
	{"nav.settings", "/admin/settings", "settings", models.ActManage},
}

type navigationItem struct {
	code, url, icon string
	may             models.Act
}

// holds reports whether a path belongs to the item.
func (n navigationItem) holds(path string) bool {
	return path == n.url || n.url != "/admin/" && len(path) > len(n.url) && path[:len(n.url)+1] == n.url+"/"
}

func (w Words) flash(f Flash) FlashView {
	args := make([]any, 0, 2*len(f.Args))
	for k, v := range f.Args {
		if k == "Address" && w.Dir == "rtl" { // its slashes would turn round in a sentence from the right
			v = "\u2066" + v + "\u2069"
		}
		args = append(args, k, v)
	}
	v := FlashView{Tone: f.Tone, Text: w.T("flash."+f.Code, args...)}
	if v.Tone == "" {
		v.Tone = "ok"
	}
	for _, a := range f.Actions {
		v.Actions = append(v.Actions, FlashActionView{Label: w.T("action." + a.Code), URL: a.URL, Post: a.Post, Fields: a.Fields})
	}
	return v
}

// langLinks are the links to a page in the other interface languages; people
// who are signed in choose theirs in their account.
func (h *handler) langLinks(c *gin.Context, current string) []LangLink {
	var out []LangLink
	for _, l := range InterfaceLanguages {
		q := url.Values{}
		if c.Request.Method == http.MethodGet {
			q = c.Request.URL.Query()
		}
		q.Set("lang", l.Tag)
		out = append(out, LangLink{Lang: l.Tag, Name: l.Name, URL: c.Request.URL.Path + "?" + q.Encode(), Current: l.Tag == current})
	}
	return out
}

// render executes a page template into a buffer and sends it, so that an error
// in it is an error page and not half a page.
func (h *handler) render(c *gin.Context, status int, name string, data any) error {
	var buf bytes.Buffer
	if err := h.pages.Render(&buf, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	c.Data(status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

// done ends a form that went well: a message, and on to a page.
func (h *handler) done(c *gin.Context, to string, f Flash) error {
	h.flash(c, f)
	return h.see(c, to)
}

// see sends the browser on to a page with a GET.
func (h *handler) see(c *gin.Context, to string) error {
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// listURL is the address of a page (from 1) of a list with a filter; what the
// filter leaves open is not in it.
func listURL(path string, filter map[string]string, page int) string {
	q := url.Values{}
	for name, v := range filter {
		if v != "" {
			q.Set(name, v)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
