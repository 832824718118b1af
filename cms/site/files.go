package site

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/live"
	"meridian/web"
)

func interfaceLanguages() []string { return web.Languages }

// robots lets everybody read what readers read, and says where the list is.
func (h *handler) robots(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /admin/\nDisallow: /preview/\n\nSitemap: "+h.reader.Base()+"/sitemap.xml\n"))
}

// favicon is the icon that browsers look for by themselves.
func (h *handler) favicon(c *gin.Context) { web.ServeFile(c.Writer, c.Request, "favicon.ico") }

// security says whom to tell about a hole (RFC 9116). Without an address there
// is nothing to say. It is not kept: it expires by the calendar, not by a
// publish.
func (h *handler) security(c *gin.Context) {
	var email string
	var langs []string
	err := h.reader.View(c.Request.Context(), func(v *live.View) error {
		email = v.Site().Contact.Email
		for _, l := range v.Site().Languages {
			langs = append(langs, l.Tag)
		}
		return nil
	})
	if err != nil {
		h.fail(c, err, nil)
		return
	}
	if email == "" {
		h.address(c)
		return
	}
	until := h.now().UTC().AddDate(0, 6, 0).Truncate(24 * time.Hour)
	c.Header("Cache-Control", keepNot)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", fmt.Appendf(nil,
		"Contact: mailto:%s\nExpires: %s\nPreferred-Languages: %s\nCanonical: %s/.well-known/security.txt\n",
		email, until.Format(time.RFC3339), strings.Join(langs, ", "), h.reader.Base()))
}
