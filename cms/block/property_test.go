package block

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestInlineNotationIsIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := normalInline(genInline(false).Draw(t, "inline"))
		for _, cell := range []bool{false, true} {
			s := printInline(want, cell)
			got, err := ParseInline(s)
			if err != nil {
				t.Fatalf("ParseInline(%q): %v", s, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q reads back differently (-want +got):\n%s", s, diff)
			}
			if again := printInline(got, cell); again != s {
				t.Fatalf("printed twice: %q, then %q", s, again)
			}
		}
	})
}

func TestNormalizeIsIdempotentAndValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := genDocument().Draw(t, "document")
		d.Lang = canonicalLang(d.Lang)
		if err := d.Validate(); err != nil {
			t.Fatalf("generated document is not valid: %v", err)
		}
		for _, normalize := range []func(*Document){
			func(d *Document) { d.Normalize(counter()) },
			func(d *Document) { d.Tidy(counter()) },
		} {
			d := d.Clone()
			normalize(d)
			once := string(d.JSON())
			normalize(d)
			if twice := string(d.JSON()); once != twice {
				t.Fatalf("second time changes something:\n%s\n%s", once, twice)
			}
			back, err := Parse([]byte(once))
			if err != nil {
				t.Fatalf("normalised document is refused: %v\n%s", err, once)
			}
			if again := string(back.JSON()); again != once {
				t.Fatalf("JSON reads back differently:\n%s\n%s", once, again)
			}
			if diff := cmp.Diff(d.Doc, back.Doc); diff != "" {
				t.Fatalf("parsed tree differs (-want +got):\n%s", diff)
			}
			stored, err := Decode([]byte(once))
			if err != nil || string(stored.JSON()) != once {
				t.Fatalf("Decode: %v", err)
			}
			if diff := cmp.Diff(d.Doc, stored.Doc); diff != "" {
				t.Fatalf("decoded tree differs (-want +got):\n%s", diff)
			}
		}
	})
}

// values are what a browser sends for a form as it stands.
func values(blocks []FormBlock) url.Values {
	v := url.Values{}
	var add func(fields []FormField)
	add = func(fields []FormField) {
		for _, f := range fields {
			switch f.Kind {
			case FieldCheckbox:
				if f.Checked {
					v.Add(f.Name, f.Value)
				}
			case FieldSelect, FieldChecks:
				for _, o := range f.Options {
					if o.Selected {
						v.Add(f.Name, o.Value)
					}
				}
			case FieldList:
				for _, item := range f.Items {
					add(item.Fields)
				}
			case FieldNotation, FieldTextarea:
				v.Add(f.Name, strings.ReplaceAll(f.Value, "\n", "\r\n"))
			default:
				v.Add(f.Name, f.Value)
			}
		}
	}
	for _, b := range blocks {
		v.Add("block", b.Input())
		add(b.Fields)
	}
	return v
}

func TestFormIsIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := genDocument().Draw(t, "document")
		for _, normalize := range []func(*Document){
			func(d *Document) { d.Normalize(counter()) },
			func(d *Document) { d.Tidy(counter()) },
		} {
			want := d.Clone()
			normalize(want)
			v := values(want.Form())
			got, problems := ParseForm(want.Lang, v)
			if len(problems) > 0 {
				t.Fatalf("problems: %+v\nin %v", problems, v)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("form reads back differently (-want +got):\n%s\nform: %v", diff, v)
			}
			if diff := cmp.Diff(v, values(got.FormWith(v, nil))); diff != "" {
				t.Fatalf("redisplay differs (-want +got):\n%s", diff)
			}
		}
	})
}

func TestDiffWordsRebuildsBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"un ", "deux ", "trois, ", "حقوق ", "漢字", "e\u0301té ", "\n"}))
		a, b := strings.Join(words.Draw(t, "old"), ""), strings.Join(words.Draw(t, "new"), "")
		var was, is strings.Builder
		for _, s := range DiffWords(a, b) {
			if s.Op != Insert {
				was.WriteString(s.Text)
			}
			if s.Op != Delete {
				is.WriteString(s.Text)
			}
		}
		if was.String() != a || is.String() != b {
			t.Fatalf("spans give %q and %q, want %q and %q", was.String(), is.String(), a, b)
		}
	})
}

func rendersSafely(t *rapid.T) {
	d := genDocument().Draw(t, "document")
	if rapid.Bool().Draw(t, "normalised") {
		d.Normalize(counter())
	}
	render(t, d, site{baseLang(d.Lang)})
	render(t, d, hostile{genText().Draw(t, "hostile")})
	render(t, d, Inert{d.Lang})
}

func TestRenderedHTMLIsSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, rendersSafely)
}

// TestMostWords holds what the check for long paragraphs relies on.
func TestMostWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("ab é'’.,-1٣أحهฉน日本カ한 \u00a0_\u0301\u200d")))).Draw(t, "text")
		if n, most := countWords(s), mostWords(s); n > most {
			t.Fatalf("%q has %d words, bounded by %d", s, n, most)
		}
	})
}
