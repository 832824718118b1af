package browser

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/page"
)

//go:embed testdata/axe.min.js.gz
var axePacked []byte

var axeSource = sync.OnceValues(func() (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(axePacked))
	if err != nil {
		return "", err
	}
	source, err := io.ReadAll(z)
	return string(source), err
})

// Violation is a rule of axe that the page breaks.
type Violation struct {
	Rule   string   `json:"id"`     // such as "color-contrast"
	Impact string   `json:"impact"` // minor, moderate, serious, critical
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"` // each a selector and why
}

// String writes the violation with its first elements on lines of their own.
func (v Violation) String() string {
	shown := v.Nodes
	more := ""
	if len(shown) > 5 {
		more = fmt.Sprintf("\n\tand %d more", len(shown)-5)
		shown = shown[:5]
	}
	return fmt.Sprintf("%s (%s): %s\n\t%s%s", v.Rule, v.Impact, v.Help, strings.Join(shown, "\n\t"), more)
}

// Axe checks the page as it is now with axe-core, WCAG 2.2 AA and best
// practices, except the rules named, and returns what it found. The policy of
// the page is set aside while axe runs and holds again afterwards.
func (p *Page) Axe(except ...string) []Violation {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		p.t.Fatalf("browser: unpack axe: %v", err)
	}
	p.settle()
	rules := map[string]map[string]bool{}
	for _, rule := range except {
		rules[rule] = map[string]bool{"enabled": false}
	}
	options, err := json.Marshal(map[string]any{
		"resultTypes": []string{"violations"},
		"rules":       rules,
	})
	if err != nil {
		p.t.Fatalf("browser: axe options: %v", err)
	}
	var found []Violation
	p.watch.hush(func() {
		command(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
		Eval[bool](p, source+"\n;true")
		found = Eval[[]Violation](p, `axe.run(document, `+string(options)+`).then(r => r.violations.map(v => ({
			id: v.id, impact: v.impact, help: v.help,
			nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary.split("\n").slice(1).map(s => s.trim()).join("; ")),
		})))`)
		command(p, page.SetBypassCSP, page.SetBypassCSPParams{})
	})
	return found
}

// ExpectAxe fails the test with each violation that axe finds.
func (p *Page) ExpectAxe(except ...string) {
	p.t.Helper()
	for _, v := range p.Axe(except...) {
		p.t.Errorf("browser: axe at %s: %s", p.URL(), v)
	}
}
