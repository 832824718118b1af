package admin

import (
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/models"
)

func TestDirectoryScreen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: o.Root, Lang: "en", Title: "=1+1", Facts: models.Values{"status": "associate", "country": "XK"}})
	v := o.as(o.Admin)
	body := v.page(200, v.get("/admin/directory"))
	for _, s := range []string{"sections: 1, countries: 1", ">Belgium<", "French, Dutch", "Member", "never", "Everything is still right: Belgium", "not public"} {
		if !strings.Contains(body, s) {
			t.Errorf("the screen lacks %q", s)
		}
	}
	if body := v.page(200, v.get("/admin/directory?status=former")); !strings.Contains(body, "Nothing matches") {
		t.Error("an empty list does not say so")
	}
	if body := v.page(200, v.get("/admin/directory?q=BELG")); strings.Contains(body, "=1+1") {
		t.Error("the filter lets everything through")
	}
	// A cell that begins like a formula is text.
	w := v.get("/admin/directory/organisations.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != "'=1+1" && rows[2][0] != "'=1+1" {
		t.Errorf("CSV: %q, %v", rows, err)
	}
	// Others see what is public, and may confirm nothing.
	v = o.as(o.Editor)
	body = v.page(200, v.get("/admin/directory"))
	if strings.Contains(body, "=1+1") || strings.Contains(body, "still right") || !strings.Contains(body, "Belgium") {
		t.Error("an editor sees what is not public, or may confirm what is foreign")
	}
}

func TestConfirmButtons(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.BEEditor)
	if body := v.page(200, v.get("/admin/")); !strings.Contains(body, "Still right?") {
		t.Error("the desk does not ask")
	}
	form := url.Values{"facts_version": {strconv.Itoa(o.Edition(t, o.Belgium, models.Facts).Version)}}
	if w := v.post("/admin/entries/"+o.Belgium+"/confirm", form); w.Code != 303 {
		t.Fatalf("confirm: %d", w.Code)
	}
	if body := v.page(200, v.get("/admin/directory")); !strings.Contains(body, "Readers see today’s date") || !strings.Contains(body, "25 November 2026") {
		t.Error("the directory does not say that it is confirmed")
	}
	if body := v.page(200, v.get("/admin/")); strings.Contains(body, "Still right?") {
		t.Error("the desk goes on asking")
	}
	if w := v.post("/admin/entries/"+o.Belgium+"/confirm", form); w.Code != 409 {
		t.Errorf("from an old page: %d", w.Code)
	}
	// On the organisation's own screen the button keeps what was typed.
	wr := o.as(o.BEEditor).opens(o.Belgium, "en")
	wr.form.Set("facts.hours", "Mornings")
	wr.does("confirm")
	if got := o.DraftOf(t, o.Belgium, models.Facts).Fields.Str("hours"); got != "Mornings" {
		t.Errorf("hours = %q", got)
	}
}
