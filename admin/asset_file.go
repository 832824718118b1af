package admin

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
	"meridian/web"
)

// filePolicy is the content security policy of files: opened on its own, a
// picture or a document may do nothing.
const filePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

// assetFile sends a picture in a width of the closed list, or with "original"
// the file itself as a download; ?number= asks for an older version of it.
func (h *handler) assetFile(c *gin.Context) error {
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	if c.Param("width") == "original" {
		number := 0
		if s := c.Query("number"); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 {
				return models.ErrNotFound
			}
			number = n
		}
		file, err := h.media.OpenOriginal(ctx, u, id, number)
		return h.sendFile(c, file, err, true)
	}
	width, err := strconv.Atoi(c.Param("width"))
	if err != nil || !slices.Contains(models.Widths, width) {
		return models.ErrNotFound
	}
	file, err := h.media.OpenRendition(ctx, u, id, models.RatioWhole, width)
	return h.sendFile(c, file, err, false)
}

// sendFile sends an opened file and closes it.
func (h *handler) sendFile(c *gin.Context, file *media.Opened, err error, download bool) error {
	if err != nil {
		return err
	}
	defer file.Close()
	head := c.Writer.Header()
	head.Set("Content-Type", file.Type)
	head.Set("Content-Security-Policy", filePolicy)
	// Browsers keep it and ask each time, so that what is withdrawn is gone here
	// as well. What only those who safeguard may see is left on no machine.
	head.Set("Cache-Control", "no-store")
	if !file.Sealed {
		head.Set("Cache-Control", "private, no-cache")
		head.Set("ETag", `"`+file.Hash+`"`)
	}
	if download {
		head.Set("Content-Disposition", web.Attachment(file.Name))
	}
	http.ServeContent(c.Writer, c.Request, "", file.At, file)
	return nil
}
