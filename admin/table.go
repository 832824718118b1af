package admin

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// sendTable sends rows as a file for spreadsheets, called name and today's date.
func (h *handler) sendTable(c *gin.Context, name string, rows [][]string) error {
	var b strings.Builder
	b.WriteString("\ufeff") // without it spreadsheets take the letters for others
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	for _, row := range rows {
		for i, s := range row {
			row[i] = cell(s)
		}
		_ = out.Write(row) // Flush reports what went wrong
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write table: %w", out.Error())
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+"-"+h.now().UTC().Format(time.DateOnly)+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(b.String()))
	return nil
}

// cell keeps a spreadsheet from taking what somebody wrote for a formula, and
// leaves out the signs that only direct how a screen shows it.
func cell(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == '\u2068' || r == '\u2069' }), "")
	if s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
