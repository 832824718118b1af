package block

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestWordsExistInEveryLanguage(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{[a-z0-9]+\}`)
	for _, table := range []map[string][5]string{words, messages} {
		for key, row := range table {
			want := placeholder.FindAllString(row[0], -1)
			for i, s := range row {
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s has no word in %s", key, Languages[i])
				}
				for _, p := range want {
					if !strings.Contains(s, p) && p != "{br}" {
						t.Errorf("%s in %s lacks %s: %q", key, Languages[i], p, s)
					}
				}
			}
		}
	}
	if Word("fr-BE", "credit", "A") != "Image : A" || Word("xx", "table") != "Table" || Word("en", "no.such.key") != "no.such.key" {
		t.Error("Word does not fall back as it should")
	}
}

// Every key that the code or the registry can ask for is in the table, and no
// code of a problem or finding is without a sentence.
func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, k := range WordKeys() {
		known[k] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	patterns := map[string]*regexp.Regexp{
		"":         regexp.MustCompile(`(?:Word|label|contactLink)\("([a-z_.]+)"`),
		"problem.": regexp.MustCompile(`(?:problem\((?:[a-z"/]*, )?|Code: |fail\([^"]*, |code :?= )"([a-z_.0-9]+)"`),
		"finding.": regexp.MustCompile(`add\((?:Error|Warning), "([a-z_.]+)"`),
	}
	arguments := map[string]bool{"at": true, "want": true, "choices": true}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for prefix, re := range patterns {
			for _, m := range re.FindAllStringSubmatch(string(src), -1) {
				found++
				if !known[prefix+m[1]] && !arguments[m[1]] && !strings.HasSuffix(m[1], ".") {
					t.Errorf("%s asks for %q", file, prefix+m[1])
				}
			}
		}
	}
	if found < 120 {
		t.Errorf("found only %d uses: the patterns no longer match the code", found)
	}
	for _, s := range specs {
		if !known[s.Label()] {
			t.Errorf("no word %q", s.Label())
		}
		if s.Kind == KindPart {
			continue
		}
		n := newBlock(s.Type)
		n.Attrs["id"] = "k3mq8wzt"
		var fields func([]FormField)
		fields = func(list []FormField) {
			for _, f := range list {
				if !known[f.Label] || f.Hint != "" && !known[f.Hint] {
					t.Errorf("%s: no word %q or %q", f.Name, f.Label, f.Hint)
				}
				for _, o := range f.Options {
					if !known[o.Label] {
						t.Errorf("%s: no word %q", f.Name, o.Label)
					}
				}
				for _, item := range f.Items {
					fields(item.Fields)
					fields([]FormField{item.Remove})
				}
			}
		}
		fields(formBlock(&n).Fields)
	}
	for _, typ := range []AttrType{"id", TypeURL, TypeRef, TypeTarget, TypeLang, TypeDate, TypeEmail, TypePhone, TypeSlug, TypeTerm} {
		if !known["problem."+string(typ)] {
			t.Errorf("no sentence for a bad %s", typ)
		}
	}
	for _, tone := range []string{"info", "success", "warning", "urgent", "help"} {
		if !known["callout."+tone] {
			t.Errorf("no word for the tone %s", tone)
		}
	}
}
