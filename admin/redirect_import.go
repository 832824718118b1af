package admin

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// redirectImportPage is the data of "redirect_import": the form, what a list
// would do, or what it did.
type redirectImportPage struct {
	Base
	Form    *Form
	Text    Field
	MaxRows int

	Result       *cms.ImportResult // nil on the form
	Done         bool
	Carried      string // the list, to be sent once more
	Added, Bad   []ImportView
	MoreAdded    int // rows that are not shown
	MoreBad      int
	RefusedText  string // all refused rows, to be copied
	RefusedLines int
}

// ImportView is a row of a list.
type ImportView struct {
	Line     int
	From, To string
	Why      string
}

// importShown is how many rows of a kind a page shows.
const importShown = 200

// redirectImportForm asks for a list of redirects.
func (h *handler) redirectImportForm(c *gin.Context) error {
	return h.showImportForm(c, http.StatusOK, "", nil)
}

func (h *handler) importPage(c *gin.Context) *redirectImportPage {
	p := &redirectImportPage{Base: h.base(c), MaxRows: cms.ImportMaxRows}
	p.Title = p.T("import.title")
	p.Crumbs = []Crumb{{Label: p.T("redirect.title"), URL: redirectsPath}, {Label: p.Title}}
	return p
}

func (h *handler) showImportForm(c *gin.Context, status int, text string, problem error) error {
	if !user(c).Administrator() {
		return models.ErrForbidden
	}
	p := h.importPage(c)
	p.Form = newForm(p.Words, "import", problem)
	p.Text = p.Form.Field(Field{Name: "text", Kind: "textarea", Value: text, Dir: "ltr", Rows: 8})
	p.Form.Rest()
	return h.render(c, status, "redirect_import", p)
}

// redirectImport tells what a list would do and, once that is confirmed, does
// it. The list travels in the form; nothing is kept in between.
func (h *handler) redirectImport(c *gin.Context) error {
	form, file, err := parseUpload(c)
	if err != nil {
		return err
	}
	text := file
	if len(text) == 0 {
		text = []byte(form.Get("text"))
	}
	confirmed := form.Get("confirm") != ""
	out, err := h.cms.ImportRedirects(c.Request.Context(), user(c), cms.RedirectImport{Text: text, Host: c.Request.Host, Dry: !confirmed})
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return h.showImportForm(c, http.StatusUnprocessableEntity, form.Get("text"), err)
	}
	if err != nil {
		return err
	}
	p := h.importPage(c)
	p.Result, p.Done, p.Carried = &out, confirmed, out.Text
	p.Title = p.T("import.try_title")
	if confirmed {
		p.Title = p.T("import.done_title")
	}
	var refused strings.Builder
	for _, row := range out.Rows {
		v := ImportView{Line: row.Line, From: row.Address, To: row.Target}
		switch row.Verdict {
		case cms.ImportAdd:
			if len(p.Added) < importShown {
				p.Added = append(p.Added, v)
			} else {
				p.MoreAdded++
			}
		case cms.ImportRefused:
			v.From, v.To, v.Why = row.From, row.To, p.Problem(*row.Problem)
			fmt.Fprintf(&refused, "%d\t%s\t%s\t%s\n", row.Line, oneLine(row.From), oneLine(row.To), v.Why)
			if len(p.Bad) < importShown {
				p.Bad = append(p.Bad, v)
			} else {
				p.MoreBad++
			}
		}
	}
	p.RefusedText = refused.String()
	p.RefusedLines = min(out.Refused+1, 12)
	return h.render(c, http.StatusOK, "redirect_import", p)
}

// oneLine keeps a cell in its line and its column.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// parseUpload reads a form that may carry one file, named "file". The size of
// both together is bounded by the guard.
func parseUpload(c *gin.Context) (url.Values, []byte, error) {
	if t, _, err := mime.ParseMediaType(c.ContentType()); err != nil || t != "multipart/form-data" {
		form, err := parseForm(c)
		return form, nil, err
	}
	form := url.Values{}
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, nil, errBadRequest
	}
	var file []byte
	for range 20 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, file, nil
		}
		var b []byte
		if err == nil {
			b, err = io.ReadAll(part)
		}
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return nil, nil, errTooLarge
		case err != nil:
			return nil, nil, errBadRequest
		case part.FormName() == "file":
			file = b
		case !utf8.Valid(b):
			return nil, nil, errBadRequest
		default:
			form.Add(part.FormName(), strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\x00", ""))
		}
	}
	return nil, nil, errBadRequest // no form of ours has that many fields
}

// redirectExport sends the manual and imported redirects as the list that
// redirectImport reads.
func (h *handler) redirectExport(c *gin.Context) error {
	list, err := h.cms.ExportRedirects(c.Request.Context(), user(c))
	if err != nil {
		return err
	}
	rows := [][]string{{"from", "to", "lang"}}
	for _, r := range list {
		rows = append(rows, []string{typedAddress(r.From), typedAddress(r.To), r.Lang})
	}
	return h.sendTable(c, "redirects", rows)
}
