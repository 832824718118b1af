package block

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expected outputs of the contract fixtures")

// fixtures are texts every implementation of the format must treat alike: this
// package, the editor in the browser, and whoever pulls the JSON.
const fixtures = "../../web/testdata/blocks"

func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(fixtures, "*", "*", "*.json"))
	if err != nil || len(files) < 60 {
		t.Fatalf("found %d fixtures: %v", len(files), err)
	}
	covered := map[string]bool{}
	for _, file := range files {
		typ := filepath.Base(filepath.Dir(filepath.Dir(file)))
		kind := filepath.Base(filepath.Dir(file))
		covered[typ+"/"+kind] = true
		t.Run(typ+"/"+kind+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(file, ".json")
			d, err := Parse(raw)
			if kind == "invalid" {
				var invalid *InvalidError
				if !errors.As(err, &invalid) {
					t.Fatalf("Parse = %v, want an *InvalidError", err)
				}
				var lines []string
				for _, p := range invalid.Problems {
					lines = append(lines, p.Code+" "+p.Pointer)
					for _, lang := range Languages {
						if s := p.Text(lang); strings.HasPrefix(s, "problem.") || strings.Contains(s, "{") && !strings.Contains(p.Code, "notation") {
							t.Errorf("%s in %s: %q", p.Code, lang, s)
						}
					}
				}
				golden(t, base+".code", strings.Join(lines, "\n")+"\n")
				return
			}
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			d.Normalize(counter())
			r := site{d.Lang}
			golden(t, base+".html", strings.ReplaceAll(render(t, d, r), "</li><li", "</li>\n<li")+"\n")
			golden(t, base+".txt", d.PlainText(r)+"\n")
			golden(t, base+".md", d.Markdown(r))
			var checks strings.Builder
			for _, f := range d.Checks(r) {
				checks.WriteString(string(f.Severity) + " " + f.Code + " " + f.BlockID + "\n")
				for _, lang := range Languages {
					if s := f.Text(lang); strings.HasPrefix(s, "finding.") || strings.Contains(s, "{") {
						t.Errorf("%s in %s: %q", f.Code, lang, s)
					}
				}
			}
			golden(t, base+".checks", checks.String())
			if got, problems := ParseForm(d.Lang, values(d.Form())); len(problems) > 0 || !cmp.Equal(got, d) {
				t.Errorf("the form reads back differently: %v %s", problems, cmp.Diff(d, got))
			}
		})
	}
	for _, s := range specs {
		if s.Kind != KindPart && (!covered[s.Type+"/valid"] || !covered[s.Type+"/invalid"]) {
			t.Errorf("no valid or no invalid fixture for %s", s.Type)
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites):\n%s", file, diff)
	}
}
