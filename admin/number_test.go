package admin

import (
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/models"
)

// A number that contradicts the directory is named where it is written and in
// the directory, with the way to the block.
func TestTypedNumbersOnScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	togo := o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: o.Root, Lang: "en", Title: "Togo", Facts: models.Values{"country": "TG", "status": "member"}})
	o.Publish(t, togo, "en")
	o.Write(t, o.Page, "en", "A network of 4 sections.", block.Node{Type: "paragraph", Attrs: map[string]any{"id": "aaaaaaaa"}, Content: []block.Node{block.Text("Children in 3 countries.")}})

	editor := o.as(o.Editor)
	body := editor.page(200, editor.get(entryURL(o.Page, "en")))
	wantWords(t, body, "The directory counts 2 sections; here it says 4.", `href="#f-summary"`,
		"The directory counts 2 countries; this text says 3. Write {{country_count}} instead", `href="#b-aaaaaaaa"`, "{{region_count:africa}}")
	body = editor.page(200, editor.get("/admin/directory"))
	wantWords(t, body, "Numbers that contradict the directory", `href="/admin/numbers"`, "(2)")
	body = editor.page(200, editor.get("/admin/numbers"))
	wantWords(t, body, "Says 4 sections, the directory counts 2", "working text only")
	wantWords(t, body, "Pages say 4 sections; the directory counts 2", "Pages say 3 countries; the directory counts 2",
		entryURL(o.Page, "en")+"#b-aaaaaaaa", entryURL(o.Page, "en")+"#f-summary", "{{country_count}}")
	foreign := o.as(o.BEEditor)
	wantWords(t, foreign.page(200, foreign.get("/admin/numbers")), "No text contradicts the directory")
	if body := foreign.page(200, foreign.get("/admin/directory")); strings.Contains(body, "contradict") {
		t.Error("a working text is counted for somebody who may not read it")
	}
	o.Publish(t, o.Page, "en")

	body = foreign.page(200, foreign.get("/admin/numbers"))
	wantWords(t, body, "2 more places are in texts that you cannot open")
	for _, words := range []string{o.Page, "Our mission", "No text contradicts"} {
		if strings.Contains(body, words) {
			t.Errorf("the list of what the user cannot open says %q", words)
		}
	}

	// In a sentence from the right the braces keep their order.
	if err := o.accounts.UpdateProfile(t.Context(), o.Editor, account.Profile{Name: "Cleo", Lang: "ar", Theme: "system"}, langTags()); err != nil {
		t.Fatal(err)
	}
	arabic := o.as(o.Editor)
	wantWords(t, arabic.page(200, arabic.get(entryURL(o.Page, "en"))), "\u2066{{country_count}}\u2069")
}

// The notation of a fact typed in the Form view becomes a number that counts.
func TestFactByItsNotation(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Write(t, o.Page, "en", "s", block.Node{Type: "paragraph", Attrs: map[string]any{"id": "aaaaaaaa"}, Content: []block.Node{block.Text("x")}})
	w := o.as(o.Editor).opens(o.Page, "en")
	name := ""
	for n, v := range w.form {
		if len(v) == 1 && v[0] == "x" {
			name = n
		}
	}
	if name == "" {
		t.Fatalf("no field holds the words: %v", w.form)
	}
	w.form.Set(name, "{{section_count}} sections, {{region_count:africa}} in Africa")
	w.does("save")
	doc, err := block.Decode([]byte(o.DraftOf(t, o.Page, "en").Body))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(doc.Facts(), " "); got != "section_count region_count:africa" {
		t.Errorf("facts = %q", got)
	}
}
