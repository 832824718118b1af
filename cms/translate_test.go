package cms_test

import (
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// TestTranslationKnowsWhichBlocksFellBehind is idea 1 of the product: the
// source changes one block, the translation says which one, and following up
// just that block makes it fresh again.
func TestTranslationKnowsWhichBlocksFellBehind(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie")
	env.Publish(t, env.Page, "nl")
	it, err := public(t, env, env.Page, "nl")
	if err != nil || it.Translation == nil || !it.Translation.Fresh || it.Translation.BlocksBehind != 0 || it.Translation.AsOf == nil {
		t.Fatalf("a new translation is %+v, %v", it.Translation, err)
	}
	if orig, err := public(t, env, env.Page, "en"); err != nil || orig.Translation != nil {
		t.Fatalf("the original has translation %+v, %v", orig.Translation, err)
	}

	// The original changes its second paragraph.
	draft := env.DraftOf(t, env.Page, "en")
	doc, err := block.Decode([]byte(draft.Body))
	if err != nil {
		t.Fatal(err)
	}
	changed := doc.Doc.Content[3].Attrs["id"].(string)
	doc.Doc.Content[3].Content = []block.Node{block.Text("Also in front of every judge.")}
	env.Write(t, env.Page, "en", draft.Summary, doc.Doc.Content...)
	if it, _ := public(t, env, env.Page, "nl"); !it.Translation.Fresh {
		t.Error("saving a draft of the original marked the translation")
	}
	env.Publish(t, env.Page, "en")
	if it, _ := public(t, env, env.Page, "nl"); it.Translation.Fresh || it.Translation.BlocksBehind != 1 {
		t.Errorf("after the original changed: %+v", it.Translation)
	}
	ed, err := env.CMS.Editor(t.Context(), env.Editor, env.Page, "nl")
	if err != nil || !slices.Equal(ed.Source.Behind, []string{changed}) {
		t.Fatalf("the editor says %v, want [%s]; %v", ed.Source, changed, err)
	}

	// Words elsewhere change nothing; the block itself does.
	nl, _ := block.Decode([]byte(env.DraftOf(t, env.Page, "nl").Body))
	nl.Doc.Content[1].Content = []block.Node{block.Text("Elk kind heeft rechten.")}
	env.Write(t, env.Page, "nl", "Waarvoor we er zijn.", nl.Doc.Content...)
	if ed, _ := env.CMS.Editor(t.Context(), env.Editor, env.Page, "nl"); !slices.Equal(ed.Source.Behind, []string{changed}) {
		t.Errorf("after translating another block: %v", ed.Source.Behind)
	}
	nl.Doc.Content[3].Content = []block.Node{block.Text("Ook voor elke rechter.")}
	env.Write(t, env.Page, "nl", "Waarvoor we er zijn.", nl.Doc.Content...)
	env.Publish(t, env.Page, "nl")
	if it, _ := public(t, env, env.Page, "nl"); !it.Translation.Fresh {
		t.Errorf("after following up the block: %+v", it.Translation)
	}
}

func TestStillRightAndConfirmed(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	_, err := env.CMS.Translate(t.Context(), env.Editor, cms.NewEdition{Entry: env.Page, Lang: "nl", Title: "Onze missie", Copy: true, Machine: true})
	if err != nil {
		t.Fatal(err)
	}
	env.Publish(t, env.Page, "nl")
	it, err := public(t, env, env.Page, "nl")
	if err != nil || it.Translation.Fresh || !it.Translation.Machine || it.Translation.SourceRevision != "" {
		t.Fatalf("a machine's translation is %+v, %v", it.Translation, err)
	}
	save := func(in cms.SaveDraft) {
		t.Helper()
		draft := env.DraftOf(t, env.Page, "nl")
		in.Entry, in.Lang, in.Version, in.Title, in.Summary = env.Page, "nl", env.Edition(t, env.Page, "nl").Version, draft.Title, draft.Summary
		if _, err := env.CMS.Save(t.Context(), env.Editor, in); err != nil {
			t.Fatal(err)
		}
		env.Publish(t, env.Page, "nl")
	}
	save(cms.SaveDraft{Confirmed: true})
	if it, _ := public(t, env, env.Page, "nl"); !it.Translation.Fresh || it.Translation.Machine {
		t.Errorf("after a person confirmed it: %+v", it.Translation)
	}
	env.Write(t, env.Page, "en", "Another summary.")
	env.Publish(t, env.Page, "en")
	it, _ = public(t, env, env.Page, "nl")
	if it.Translation.Fresh {
		t.Fatal("the original lost four blocks and the translation did not notice")
	}
	ed, _ := env.CMS.Editor(t.Context(), env.Editor, env.Page, "nl")
	save(cms.SaveDraft{StillRight: ed.Source.Behind})
	if it, _ := public(t, env, env.Page, "nl"); !it.Translation.Fresh {
		t.Errorf("after all blocks were declared still right: %+v", it.Translation)
	}
}

func TestTranslateRefusesWhatIsThere(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for lang, code := range map[string]string{"fr": "language_there", "de": "language_unknown"} {
		_, err := env.CMS.Translate(t.Context(), env.Editor, cms.NewEdition{Entry: env.About, Lang: lang})
		if err == nil || !contains(err.Error(), code) {
			t.Errorf("Translate into %s = %v, want %s", lang, err, code)
		}
	}
	if _, err := env.CMS.Translate(t.Context(), env.BEAuthor, cms.NewEdition{Entry: env.BEPage, Lang: "nl"}); err != nil {
		t.Errorf("an author translates in the own branch: %v", err)
	}
}

// TestNewEditionOfASectionMovesWhatIsBelow gives a section a name in a
// language in which something below it already has an address.
func TestNewEditionOfASectionMovesWhatIsBelow(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie")
	env.Publish(t, env.Page, "nl")
	if it, _ := public(t, env, env.Page, "nl"); it.Path != "about-us/onze-missie" {
		t.Fatalf("path = %q, want the original's segment of the section", it.Path)
	}
	env.Translate(t, env.About, "nl", "Over ons")
	it, err := public(t, env, env.Page, "nl")
	if err != nil || it.Path != "over-ons/onze-missie" {
		t.Fatalf("path = %q, %v", it.Path, err)
	}
	if to := moved(t, env, "nl", "about-us/onze-missie"); to != "/nl/over-ons/onze-missie" {
		t.Errorf("the old address leads to %q", to)
	}
	if d := env.Edition(t, env.Page, "en"); *d.Path != "about-us/our-mission" {
		t.Errorf("another language moved as well: %s", *d.Path)
	}
}

func TestCreateInAnyLanguage(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "ar", Title: "مهمتنا الأولى"})
	env.Write(t, id, "ar", "ملخص", block.Paragraph(block.Text("لكل طفل حقوق.")))
	env.Publish(t, id, "ar")
	it, err := public(t, env, id, "ar")
	if err != nil || it.Dir != "rtl" || it.OriginalLang != "ar" || it.Path != "about-us/مهمتنا-الأولى" {
		t.Errorf("got %+v, %v", it, err)
	}
}

// TestPartOfWhatChangedIsStillRight publishes a translation of which one of two
// changed blocks was declared still right: no word differs, and yet readers
// are told that less is behind.
func TestPartOfWhatChangedIsStillRight(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie")
	env.Publish(t, env.Page, "nl")
	doc, err := block.Decode([]byte(env.DraftOf(t, env.Page, "en").Body))
	if err != nil {
		t.Fatal(err)
	}
	doc.Doc.Content[1].Content = []block.Node{block.Text("Every child has every right.")}
	doc.Doc.Content[3].Content = []block.Node{block.Text("Also in front of every judge.")}
	env.Write(t, env.Page, "en", "What we are here for.", doc.Doc.Content...)
	env.Publish(t, env.Page, "en")
	ed, err := env.CMS.Editor(t.Context(), env.Editor, env.Page, "nl")
	if err != nil || len(ed.Source.Behind) != 2 {
		t.Fatalf("behind = %v, %v", ed.Source.Behind, err)
	}
	_, err = env.CMS.Save(t.Context(), env.Editor, cms.SaveDraft{Entry: env.Page, Lang: "nl", Version: ed.Edition.Version,
		Title: ed.Draft.Title, Summary: ed.Draft.Summary, StillRight: ed.Source.Behind[:1]})
	if err != nil {
		t.Fatal(err)
	}
	rv, err := env.CMS.Review(t.Context(), env.Editor, env.Page, "nl")
	if err != nil || rv.Nothing {
		t.Errorf("Review says that there is nothing to publish (%v)", err)
	}
	env.Publish(t, env.Page, "nl")
	if it, _ := public(t, env, env.Page, "nl"); it.Translation.BlocksBehind != 1 {
		t.Errorf("readers are told of %d blocks behind, want 1", it.Translation.BlocksBehind)
	}
}

// TestListAndEditorAgreeOnWhatIsBehind while the original was never public.
func TestListAndEditorAgreeOnWhatIsBehind(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Draft, "nl", "Nog niet")
	env.Write(t, env.Draft, "en", "A summary that came later.")
	ed, err := env.CMS.Editor(t.Context(), env.Editor, env.Draft, "nl")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ed.Languages {
		if s.Lang == "nl" && s.Behind != len(ed.Source.Behind) {
			t.Errorf("the list counts %d, the editor %v", s.Behind, ed.Source.Behind)
		}
	}
}

// TestEmptyBlocksDoNotAgeATranslation: publishing drops what was never filled
// in, which is no reason to translate anything again.
func TestEmptyBlocksDoNotAgeATranslation(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.Draft, "en", "s", block.Paragraph(block.Text("Words.")), block.Paragraph())
	env.Translate(t, env.Draft, "nl", "Nog niet")
	env.Publish(t, env.Draft, "nl")
	env.Publish(t, env.Draft, "en")
	if it, err := public(t, env, env.Draft, "nl"); err != nil || !it.Translation.Fresh {
		t.Errorf("translation = %+v, %v", it.Translation, err)
	}
}
