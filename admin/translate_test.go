package admin

import (
	"strings"
	"testing"

	"meridian/cms"
)

// Bram's evening: he sees what changed, block by block, and says what is right.
func TestTranslationFellBehind(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	w := v.opens(o.Page, "en")
	page := w.presses("start:nl:copy")
	o.wantTo(page, entryURL(o.Page, "nl"))
	nl := v.opens(o.Page, "nl")
	if got := nl.form.Get("b." + nl.blockID(1) + ".text"); got != "Every child has rights." {
		t.Errorf("the copy begins with %q", got)
	}
	nl.form.Set("title", "Onze missie")
	nl.types(1, "Elk kind heeft rechten.")
	nl.does("save")

	w = v.opens(o.Page, "en")
	w.types(1, "Every child has equal rights.")
	w.types(3, "Also in front of every judge.")
	gone := w.blockID(2)
	w.does("remove:" + gone)
	w.does("insert:" + w.blockID(2) + ":paragraph")
	w.types(3, "A new thought.")
	fresh := w.blockID(3)
	w.does("save")
	v.post(w.at+"/publish", sent(t, v.page(200, v.get(w.at+"/publish")), w.at+"/publish"))

	wantWords(t, v.page(200, v.get("/admin/")), "Translations that fell behind", "4 behind")
	read := v.page(200, v.get(nl.at))
	wantWords(t, read, "4 parts of the original (English) changed", "<ins>equal </ins>", "Elk kind heeft rechten.",
		"no longer has this", "New in the original (English): Paragraph", "A new thought.", "Original: English")
	nl.reads(read)
	nl.form.Add("still", nl.blockID(1))
	nl.types(3, "Ook voor elke rechter.")
	nl.does("take:" + fresh)
	if got := nl.form.Get("b." + fresh + ".text"); got != "A new thought." {
		t.Errorf("the copied block has %q", got)
	}
	nl.form.Set("b."+fresh+".text", "Een nieuwe gedachte.")
	page2 := nl.does("remove:" + gone)
	if strings.Contains(page2, "behind") {
		t.Errorf("the translation is still behind: %v", o.DraftOf(t, o.Page, "nl").SourceHashes)
	}
	// A language that is there already is a conflict in words.
	w = v.opens(o.Page, "en")
	r := w.presses("start:nl:empty")
	wantWords(t, v.page(409, r), "exists here already")
}

// A translation that began empty shows what the original says, to copy over.
func TestTranslationFromNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	en := v.opens(o.Page, "en")
	o.wantTo(en.presses("start:ar:empty"), entryURL(o.Page, "ar"))
	w := v.opens(o.Page, "ar")
	page := v.page(200, v.get(w.at))
	wantWords(t, page, "Only in the original (English): Paragraph", "Every child has rights.")
	w.does("take:" + en.blockID(3))
	w.does("take:" + en.blockID(1))
	if w.blockID(0) != en.blockID(1) || w.blockID(1) != en.blockID(3) {
		t.Errorf("blocks %q, want the order of the original %q", w.form["block"], en.form["block"])
	}
}

func TestMachineTranslationIsConfirmed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.CMS.Translate(t.Context(), o.Admin, cms.NewEdition{Entry: o.Page, Lang: "nl", Copy: true, Machine: true}); err != nil {
		t.Fatal(err)
	}
	w := o.as(o.Editor).opens(o.Page, "nl")
	wantWords(t, w.page(200, w.get(w.at)), "A machine made this translation.", `href="#machine"`)
	w.form.Set("confirmed", "1")
	if page := w.does("save"); strings.Contains(page, "machine") {
		t.Error("a confirmed translation is still a machine's")
	}
}
