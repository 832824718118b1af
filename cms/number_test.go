package cms_test

import (
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// threeMembers is a seeded site whose directory counts three sections in two
// countries.
func threeMembers(t testing.TB) *cmstest.Env {
	t.Helper()
	env := cmstest.New(t)
	for _, o := range []struct{ title, country, status string }{
		{"Togo", "TG", models.StatusMember}, {"Togo North", "TG", models.StatusAssociate}, {"Ghana", "GH", models.StatusFormer}, {"Office", "CH", ""},
	} {
		id := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: o.title, Facts: models.Values{"country": o.country, "status": o.status}})
		env.Publish(t, id, "en")
	}
	return env
}

// says is a paragraph that keeps its id through edits.
func says(id, words string) block.Node {
	return block.Node{Type: "paragraph", Attrs: map[string]any{"id": id}, Content: []block.Node{block.Text(words)}}
}

func TestCountedIsWhatReadersAreTold(t *testing.T) {
	t.Parallel()
	env := threeMembers(t)
	env.View(t, func(r *store.Read) error {
		sections, countries, err := r.Counted()
		if sections != 3 || countries != 2 {
			t.Errorf("counted %d sections and %d countries, want 3 and 2", sections, countries)
		}
		return err
	})
}

// TestTypedNumbers: a number in words is found where it is, by those who may
// see the text, until it is right or out of sight.
func TestTypedNumbers(t *testing.T) {
	t.Parallel()
	env := threeMembers(t)
	list := func(by models.User) []string {
		t.Helper()
		numbers, more, err := env.CMS.TypedNumbers(t.Context(), by)
		if err != nil || more {
			t.Fatalf("typed numbers: %v, more %v", err, more)
		}
		var out []string
		for _, n := range numbers {
			s := n.Title + " " + n.Lang + ": " + n.Fact
			if len(n.Block) != 8 {
				s += " in " + n.Block
			}
			for word, is := range map[string]bool{" live": n.Live, " draft": n.Draft, " reads": n.Reads} {
				if is {
					s += word
				}
			}
			if n.Counted == 0 || n.Said == n.Counted {
				t.Errorf("%+v", n)
			}
			words := strings.Fields(s)
			slices.Sort(words[slices.Index(words, "en:")+2:])
			out = append(out, strings.Join(words, " "))
		}
		slices.Sort(out)
		return out
	}
	want := func(by models.User, want ...string) {
		t.Helper()
		if got := list(by); !slices.Equal(got, want) {
			t.Errorf("%s sees %q, want %q", by.Name, got, want)
		}
	}
	want(env.Admin)
	env.Write(t, env.Page, "en", "A network of 5 sections.", says("aaaaaaaa", "We have 4 sections, and 3 sections, in 40 countries."))
	want(env.Editor, "Our mission en: section_count draft in reads summary", "Our mission en: section_count draft reads")
	want(env.BEEditor)
	env.Publish(t, env.Page, "en")
	want(env.Editor, "Our mission en: section_count draft in live reads summary", "Our mission en: section_count draft live reads")
	want(env.BEEditor, "Our mission en: section_count in live summary", "Our mission en: section_count live")
	env.Write(t, env.Page, "en", "A network.", says("aaaaaaaa", "We have 4 sections."))
	want(env.Editor, "Our mission en: section_count draft live reads", "Our mission en: section_count in live reads summary")
	env.Publish(t, env.Page, "en")
	want(env.Editor, "Our mission en: section_count draft live reads")
	// What a number refers to is the use of no entry.
	env.View(t, func(r *store.Read) error {
		e, err := r.Entry(env.Root)
		if err != nil {
			return err
		}
		uses, err := r.UsesOf(e, 10)
		if len(uses) != 0 {
			t.Errorf("uses = %+v", uses)
		}
		return err
	})
	// The directory grows, and the text is right.
	id := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Benin", Facts: models.Values{"country": "BJ", "status": "member"}})
	env.Publish(t, id, "en")
	want(env.Editor)
}

// TestTypedNumbersAreWarnedOf: the check names both numbers and never stops
// anybody.
func TestTypedNumbersAreWarnedOf(t *testing.T) {
	t.Parallel()
	env := threeMembers(t)
	env.Write(t, env.Page, "en", "The 5 sections.", says("aaaaaaaa", "We have 4 sections in 3 countries."), says("bbbbbbbb", "There are 192 countries in the world, 1 country has none, all 3 sections know."))
	ed, err := env.CMS.Editor(t.Context(), env.Editor, env.Page, "en")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range ed.Findings {
		if strings.HasPrefix(f.Code, "fact_") {
			got = append(got, f.Code+" "+f.Field)
			if f.Severity != block.Warning || (f.BlockID == "") == (f.Field == "") {
				t.Errorf("%+v", f)
			}
		}
	}
	if want := []string{"fact_said_section_count summary", "fact_typed_section_count ", "fact_typed_country_count "}; !slices.Equal(got, want) {
		t.Errorf("findings = %q, want %q", got, want)
	}
	env.Publish(t, env.Page, "en")
}
