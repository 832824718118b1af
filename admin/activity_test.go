package admin

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms/account"
	"meridian/models/store"
)

// act appends an act to the audit trail.
func (o *office) act(actor, action, subject, detail string) {
	o.t.Helper()
	o.Tx(o.t, func(tx *store.Tx) error { return tx.Audit(actor, action, subject, detail) })
}

func TestActivityScreen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Clock.Advance(24 * time.Hour) // 26 November, 10:00 in Brussels
	o.act(o.Editor.ID, "address", o.Page, "en old > new")
	o.Clock.Advance(10 * time.Minute)
	o.act(o.Editor.ID, "publish", o.Page, "en")
	o.act(o.Editor.ID, "publish", o.Page, "und")
	o.act("", "publish_scheduled", o.News, "fr")
	o.act(o.Admin.ID, "purge", o.NewID(), "")
	o.act(o.Admin.ID, "never-heard-of", "site", "<script>")
	o.act(o.Admin.ID, "term-merged", "t", "topic Law > Rights")
	body := o.as(o.Admin).page(200, o.as(o.Admin).get("/admin/activity?from=2026-11-26"))
	for _, s := range []string{
		"26 November 2026", "10:00</time>–<time", "10:10</time>", "3 acts", "Changed the address, Published ×2", "Published (English)", "Published (facts for every language)",
		`href="/admin/entries/` + o.Page + `"`, "By schedule", "Published as scheduled (French)", "Gone for good", "Something else (never-heard-of)", "Merged into “Rights”", "Law",
		"Cleo Editor", `/admin/activity/acts.csv?from=2026-11-26"`,
	} {
		if !strings.Contains(body, s) {
			t.Errorf("the screen lacks %q", s)
		}
	}
	if strings.Contains(body, "<script>") {
		t.Error("a detail is not text")
	}
	_, main, _ := strings.Cut(body, "<main")
	if n := strings.Count(main, "<details"); n != 1 {
		t.Errorf("%d sittings unfold, want 1", n)
	}
	v := o.as(o.BEEditor)
	body = v.page(200, v.get("/admin/activity"))
	if strings.Contains(body, "Our mission") || !strings.Contains(body, "Nos formations") || !strings.Contains(body, "sections that you may read") {
		t.Error("an editor of Belgium sees what is elsewhere, or not what is there")
	}
	if body := v.page(200, v.get("/admin/activity?person=nobody")); !strings.Contains(body, "Nothing matches") {
		t.Error("an empty list does not say so")
	}
	v.page(404, v.get("/admin/activity?section="+o.About))
	v.page(403, o.as(o.Nobody).get("/admin/activity"))
	for _, lang := range []string{"ar", "fr"} {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada", Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(o.Admin)
		if body := v.page(200, v.get("/admin/activity?page=1&from=x")); strings.Contains(body, "activity.") || strings.Contains(body, "<no value>") {
			t.Errorf("the screen in %s lacks words", lang)
		}
	}
}

func TestActivityPagesByNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range 60 {
		o.act(o.Editor.ID, "publish", o.NewID(), "en")
	}
	v := o.as(o.Admin)
	first := v.page(200, v.get("/admin/activity?action=publish&person="+o.Editor.ID))
	if !strings.Contains(first, `rel="next"`) || strings.Contains(first, `rel="prev"`) || strings.Count(first, `class="act"`) != 50 {
		t.Errorf("the first page has %d lines", strings.Count(first, `class="act"`))
	}
	second := v.page(200, v.get("/admin/activity?action=publish&page=2&person="+o.Editor.ID))
	if strings.Contains(second, `rel="next"`) || strings.Count(second, `class="act"`) != 10 {
		t.Errorf("the second page has %d lines", strings.Count(second, `class="act"`))
	}
}

func TestActivityExport(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.act(o.Admin.ID, "term-added", "t", `topic =HYPERLINK("https://evil.example")`)
	o.act(o.Admin.ID, "term-added", "t", "topic @SUM(A1)\r\n+1")
	o.act(o.Admin.ID, "address", o.Page, `en a > b,"c"`)
	w := o.as(o.Admin).get("/admin/activity/acts.csv?person=" + o.Admin.ID)
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(w.Header().Get("Content-Disposition"), `filename="activity-2026-11-25.csv"`) {
		t.Fatalf("the export = %d, %v", w.Code, w.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		for _, s := range row {
			if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n") {
				t.Errorf("row %d has a formula: %q", i, s)
			}
		}
	}
	if got := rows[1]; got[1] != "2026-11-25T09:00:00Z" || got[2] != "Ada Admin" || got[3] != `Changed the address: a → b,"c"` || got[4] != "Our mission" || got[7] != "address" || got[8] != o.Page {
		t.Errorf("the newest act: %q", got)
	}
	if got := rows[3][4]; got != `'=HYPERLINK("https://evil.example")` {
		t.Errorf("the name of a term: %q", got)
	}
	for _, row := range rows {
		if len(row) > 8 && row[7] == "sign-in" && row[2] != "Ada Admin" {
			t.Errorf("the filter let %q through", row)
		}
	}
	w = o.as(o.BEEditor).get("/admin/activity/acts.csv")
	if w.Code != 200 || strings.Contains(w.Body.String(), "Our mission") || strings.Contains(w.Body.String(), "HYPERLINK") {
		t.Error("the export tells what its reader may not see")
	}
}

// Every action that the program writes into the audit trail has a sentence in
// the catalogue, whose completeness in all languages has a test of its own.
func TestEveryActionHasASentence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := Words{Lang: "en", Dir: "ltr", catalogue: o.h.catalogue}
	literal := regexp.MustCompile(`\.Audit\([^,]+, "([a-z_-]+)"`)
	actions := []string{ // those that are put together
		"unpublish", "withdraw", "publish_scheduled", "unpublish_scheduled", "term-added", "term-changed",
	}
	err := filepath.WalkDir("../cms", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range literal.FindAllStringSubmatch(string(b), -1) {
			actions = append(actions, m[1])
		}
		return err
	})
	if err != nil || len(actions) < 25 {
		t.Fatalf("%d actions found, %v", len(actions), err)
	}
	slices.Sort(actions)
	for _, a := range slices.Compact(actions) {
		if code := "activity.act_" + strings.ReplaceAll(a, "-", "_"); !w.Has(code) {
			t.Errorf("the action %q has no sentence %s", a, code)
		}
	}
}
