package admin

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/media"
	"meridian/models"
)

// filesMost is how many files one form may send without script; with it every
// file is a request of its own.
const filesMost = 10

// uploadField is up to how many bytes a field beside the files may have.
const uploadField = 4 << 10

// dropPart is the form that takes files.
type dropPart struct {
	Words
	Hidden          []KeptField
	Section, People Field
	Most            int64 // bytes of a file
	MostText        string
	Again           string // the library, to see what was sent
	Big             bool
}

// drop returns the form that takes files into a section, nil for somebody who
// may write nowhere.
func (h *handler) drop(c *gin.Context, w Words, choose choice, section, collection string) (*dropPart, error) {
	sections, err := h.cms.Writable(c.Request.Context(), user(c))
	if err != nil || len(sections) == 0 {
		return nil, err
	}
	most := h.media.Limits()
	p := &dropPart{Words: w, Hidden: choose.fields(), Most: max(most.Picture, most.Document, most.Video), Again: assetsURL(mediaPath, choose.values())}
	p.MostText = w.T("upload.most", "Picture", w.Size(most.Picture), "Document", w.Size(most.Document), "Video", w.Size(most.Video))
	if collection != "" {
		p.Hidden = append(p.Hidden, KeptField{"collection", collection})
	}
	f := newForm(w, "upload", nil)
	section = cmp.Or(c.Query("to"), section)
	if !slices.ContainsFunc(sections, func(o cms.SectionOption) bool { return o.ID == section }) {
		section = sections[0].ID
	}
	p.Section = f.Field(Field{Name: "home", Kind: "select", Value: section, Options: sectionOptions(sections)})
	p.People = f.Field(Field{Name: "shown", Kind: "select", LabelCode: "media.people", HintCode: "upload.people_hint", Options: w.peopleOptions(w.T("upload.people_later"))})
	return p, nil
}

// uploadResult is what became of one file.
type uploadResult struct {
	State    string       `json:"state"` // stored, there (we have it), gone (we had it), refused, or failed (our fault: try again)
	Name     string       `json:"name"`
	Say      string       `json:"say"`
	Notes    []string     `json:"notes,omitempty"`
	Thumb    string       `json:"thumb,omitempty"`
	Links    []uploadLink `json:"links,omitempty"`
	Icon     string       `json:"-"`
	Whole    bool         `json:"-"`
	Withheld bool         `json:"-"`

	status int
}

// uploadLink is what can be done next with a file; Of names the file.
type uploadLink struct {
	URL   string `json:"url"`
	Label string `json:"label"`
	Of    string `json:"-"`
}

// uploadedPage is the data of "asset_uploaded": what became of each file.
type uploadedPage struct {
	mediaBase
	Summary string
	Results []uploadResult
	Back    string
	Drop    *dropPart
}

// Named says which file a link is about.
func (p uploadedPage) Named(name string) string { return p.T("upload.of", "Title", name) }

// upload takes files. A script asks for JSON and sends one at a time; a form
// without script sends several and is answered with a page.
func (h *handler) upload(c *gin.Context) error {
	parts, err := h.parts(c)
	if err != nil {
		return err
	}
	var (
		in      media.Upload
		form    = url.Values{}
		results []uploadResult
		w       = h.words(c)
	)
	for range 2 * filesMost {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return h.uploaded(c, w, chosenFor(form), results)
		}
		if err != nil {
			return bodyError(err)
		}
		if part.FormName() != "file" {
			if err := readField(form, part); err != nil {
				return err
			}
			in.Section, in.Collection, in.People = form.Get("home"), form.Get("collection"), models.People(form.Get("shown"))
			in.KeepBoth = form.Get("both") != ""
			continue
		}
		if part.FileName() == "" { // a field in which nothing was chosen
			continue
		}
		if len(results) == filesMost {
			results = append(results, uploadResult{State: "refused", Name: part.FileName(), Icon: "files", Say: w.T("upload.too_many", "Max", filesMost), status: http.StatusRequestEntityTooLarge})
			return h.uploaded(c, w, chosenFor(form), results)
		}
		in.Name, in.Body = part.FileName(), part
		out, err := h.media.Upload(c.Request.Context(), user(c), in)
		res, err := h.uploadResult(c, w, chosenFor(form), in.Name, out, err)
		if err != nil {
			return err
		}
		results = append(results, res)
	}
	return errBadRequest // no form of ours has that many parts
}

// uploadResult says what became of one file. What concerns more than this one
// is returned as an error.
func (h *handler) uploadResult(c *gin.Context, w Words, choose choice, name string, out media.Uploaded, err error) (uploadResult, error) {
	res := uploadResult{Name: name, Icon: "image"}
	var (
		invalid *models.InvalidError
		cut     *http.MaxBytesError
	)
	say, status, refused := h.refusal(c, w, err)
	switch {
	case refused:
		res.State, res.Say, res.status, res.Icon = "refused", say, status, "circle-alert"
		return res, nil
	case errors.As(err, &cut):
		return res, errTooLarge
	case lineLost(err):
		return res, errBadRequest
	case errors.As(err, &invalid):
		res.State, res.Say, res.status = "refused", strings.Join(w.Problems(invalid), " "), http.StatusUnprocessableEntity
		return res, nil
	case err != nil:
		return res, err
	}
	res.State, res.Say, res.status = "stored", w.T("upload.stored", "Size", w.Size(out.Version.Bytes)), http.StatusOK
	a, state := out.Asset, models.ConsentState("")
	if d := out.Duplicate; d != nil {
		a = d.Asset
		res.State, res.Say, state = "there", w.T("upload.there", "Title", a.Title), d.State
		switch {
		case d.WithdrawnAt != nil && d.State == models.ConsentWithdrawn:
			site, err := h.cms.Site(c.Request.Context())
			if err != nil {
				return res, err
			}
			code := "upload.withdrawn_file"
			if a.Kind == models.AssetImage {
				code = "upload.withdrawn_picture"
			}
			res.Say = w.T(code, "Day", w.Day(localDay(*d.WithdrawnAt, site.TimeZone)))
		case a.TrashedAt != nil:
			res.Say = w.T("upload.there_trash", "Title", a.Title)
		case len(d.Uses)+d.Hidden > 0:
			res.Say = w.T("upload.there_used", "Title", a.Title, "Count", len(d.Uses)+d.Hidden)
		}
		if a.ErasedAt != nil { // nothing is left to open or to use
			res.State, res.Icon, res.status = "gone", "eye-off", http.StatusConflict
			return res, nil
		}
		if a.Kind == models.AssetImage && !a.Sealed() {
			res.Thumb = previewURL(a.ID, thumbWidth)
		}
	}
	res.Icon = cmp.Or(assetIcons[a.Kind], "files")
	if out.Duplicate == nil {
		if len(out.Version.Removed) > 0 {
			res.Notes = append(res.Notes, w.removed(out.Version.Removed))
		}
		for _, f := range out.Version.Flags {
			res.Notes = append(res.Notes, w.T("media.flag_"+f))
		}
	}
	if url := choose.with(media.Item{Asset: a, State: state}); url != "" {
		res.Links = append(res.Links, uploadLink{url, w.T("choose.use"), name})
	}
	label := w.T("upload.open")
	if out.Duplicate == nil && a.Kind.Shows() && a.People == models.PeopleUnknown {
		label = w.T("upload.say_who")
	}
	open := assetURL(a.ID)
	if q := choose.values(); len(q) > 0 {
		open += "?" + q.Encode()
	}
	if a.Kind.Shows() && a.People == models.PeopleUnknown {
		open += "#f-people-0"
	}
	res.Links = append(res.Links, uploadLink{open, label, name})
	return res, nil
}

// refusal says why a file was not taken and what to do about it; false where
// err is not about the file.
func (h *handler) refusal(c *gin.Context, w Words, err error) (say string, status int, refused bool) {
	var no *media.RefusedError
	if !errors.As(err, &no) {
		return "", 0, false
	}
	args := map[string]any{}
	for k, v := range no.Args {
		if n, ok := v.(int64); ok { // bytes
			v = w.Size(n)
		}
		args[strings.ToUpper(k[:1])+k[1:]] = v
	}
	status = http.StatusUnprocessableEntity
	switch {
	case no.TooLarge():
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, models.ErrBusy):
		status = http.StatusServiceUnavailable
		h.log.ErrorContext(c.Request.Context(), "upload refused", "request_id", requestID(c), "err", err)
	}
	return w.Sentence("media", models.Problem{Code: "refused_" + no.Code, Args: args}), status, true
}

// uploaded answers with what became of the files.
func (h *handler) uploaded(c *gin.Context, w Words, choose choice, results []uploadResult) error {
	well, status := 0, http.StatusUnprocessableEntity
	for _, r := range results {
		if r.State == "stored" || r.State == "there" {
			well++
			status = http.StatusOK
		} else if len(results) == 1 {
			status = r.status
		}
	}
	if strings.Contains(c.GetHeader("Accept"), "application/json") {
		if len(results) != 1 {
			return errBadRequest
		}
		c.JSON(status, results[0])
		return nil
	}
	p := uploadedPage{mediaBase: h.mediaBase(c, mediaPath), Results: results, Back: assetsURL(mediaPath, choose.values())}
	p.Title, p.Summary = p.T("upload.results"), p.T("upload.results_text", "N", well, "All", len(results))
	if len(results) == 0 {
		p.Title, p.Summary = p.T("upload.nothing_title"), p.T("upload.nothing_text")
	}
	p.Crumbs = []Crumb{{Label: p.T("media.title"), URL: p.Back}, {Label: p.Title}}
	var err error
	if p.Drop, err = h.drop(c, w, choose, "", ""); err != nil {
		return err
	}
	return h.render(c, status, "asset_uploaded", p)
}

// parts reads the body of a request that sends files, piece by piece, and gives
// a slow line the time it needs.
func (h *handler) parts(c *gin.Context) (*multipart.Reader, error) {
	if t, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || t != "multipart/form-data" {
		return nil, errMediaType
	}
	c.Request.Body = newSlowBody(c.Request.Body, http.NewResponseController(c.Writer))
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, errBadRequest
	}
	return parts, nil
}

// readField reads a part that is no file into form.
func readField(form url.Values, part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, uploadField+1))
	switch {
	case err != nil:
		return bodyError(err)
	case len(b) > uploadField:
		return errTooLarge
	case !utf8.Valid(b):
		return errBadRequest
	}
	form.Set(part.FormName(), strings.ReplaceAll(string(b), "\x00", ""))
	return nil
}

// bodyError is what a body that ends early or goes on too long is to the one
// who sent it.
func bodyError(err error) error {
	var cut *http.MaxBytesError
	if errors.As(err, &cut) {
		return errTooLarge
	}
	return errBadRequest
}

// lineLost reports whether a file ended early because of the way it came: not
// for what is in it, and not through our fault.
func lineLost(err error) bool {
	for _, e := range []error{errSlow, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded, context.Canceled} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// A body that sends files may take as long as it likes while it comes along:
// each piece within slowPause, and after slowStart slowLeast bytes a second on
// the whole.
const (
	slowPause = 30 * time.Second
	slowStart = 60 * time.Second
	slowLeast = 1 << 10
)

var errSlow = errors.New("the file comes too slowly")

// slowBody moves the deadlines of its connection as it is read. The server sets
// them for forms, and a photo over a bad line takes minutes.
type slowBody struct {
	io.ReadCloser
	conn  *http.ResponseController
	began time.Time
	got   int64
}

func newSlowBody(body io.ReadCloser, conn *http.ResponseController) *slowBody {
	return &slowBody{ReadCloser: body, conn: conn, began: time.Now()}
}

func (b *slowBody) Read(p []byte) (int, error) {
	// The clock of the machine, not of the installation: deadlines are its.
	now := time.Now()
	if d := now.Sub(b.began); d > slowStart && b.got < int64(d/time.Second)*slowLeast {
		return 0, errSlow
	}
	// A connection without deadlines, as in tests, needs none moved.
	_ = b.conn.SetReadDeadline(now.Add(slowPause))
	_ = b.conn.SetWriteDeadline(now.Add(2 * slowPause))
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	return n, err
}

// removed says what was taken out of a file.
func (w Words) removed(codes []string) string {
	var names []string
	for _, code := range codes {
		names = append(names, w.T("media.removed_"+code))
	}
	return w.T("media.removed", "What", strings.Join(slices.Compact(names), w.T("form.comma")))
}

// previewURL is the address of a picture for these screens, at least so many
// pixels wide where it has them.
func previewURL(id string, width int) string { return assetURL(id, "file", strconv.Itoa(width)) }
