package browser

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Page is one tab with cookies of its own. Its methods fail the test at once
// when the browser cannot do what they say. Selectors are CSS; where several
// elements match, the first is meant.
type Page struct {
	t          TB
	ctx        context.Context
	patience   time.Duration
	scriptless bool // the page's own scripts are switched off
	watch      watcher
}

// run carries out one action within the patience of the page.
func run[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("browser: %s: %v", what, err)
	}
	return v
}

// command sends one command of the protocol.
func command[P, R any](p *Page, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	return run(p, cmd.Method, func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, cmd, params)
	})
}

// Patience sets how long the page waits for anything, 20 seconds at first.
func (p *Page) Patience(d time.Duration) { p.patience = d }

// Navigate opens the address, waits until it has loaded, and returns the
// status of the answer.
func (p *Page) Navigate(url string) int {
	p.t.Helper()
	return status(run(p, "open "+url, chromedp.NavigateResponse(url)))
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	run(p, "reload", chromedp.Reload())
}

// Back goes to the page before this one.
func (p *Page) Back() {
	p.t.Helper()
	run(p, "go back", chromedp.NavigateBack())
}

func status(r *network.Response) int {
	if r == nil { // about:blank and the like
		return 0
	}
	return int(r.Status)
}

// Click clicks the element when it is visible, and does not wait for what
// follows. Use Follow for a link or a button that loads a page.
func (p *Page) Click(selector string) {
	p.t.Helper()
	run(p, "click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Follow clicks the element, waits for the page that it loads, redirects
// included, and returns the status of the answer.
func (p *Page) Follow(selector string) int {
	p.t.Helper()
	return p.loads("follow "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// PressAndLoad is Press for a key that loads a page, such as Enter in a form.
func (p *Page) PressAndLoad(key string) int {
	p.t.Helper()
	return p.loads("press "+key, p.key(key))
}

func (p *Page) loads(what string, action chromedp.Action[chromedp.Void]) int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	r, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		p.t.Fatalf("browser: %s: %v", what, err)
	}
	return status(r)
}

// Fill replaces what a field holds. In a text field the text arrives as if
// typed at once; selects, dates and the like are set and report their change.
// Checkboxes and radio buttons are clicked instead.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.Wait(selector)
	typed := Eval[bool](p, `((selector, text) => {
		const field = document.querySelector(selector)
		field.scrollIntoView({block: "center"})
		field.focus()
		if (field.isContentEditable) {
			getSelection().selectAllChildren(field)
			return true
		}
		const text_like = ["text", "search", "email", "password", "url", "tel", "number"]
		if (field.tagName === "TEXTAREA" || field.tagName === "INPUT" && text_like.includes(field.type)) {
			field.select()
			return true
		}
		field.value = text
		field.dispatchEvent(new Event("input", {bubbles: true}))
		field.dispatchEvent(new Event("change", {bubbles: true}))
		return false
	})(`+quote(selector)+`, `+quote(text)+`)`)
	switch {
	case !typed:
	case text == "":
		p.Press("Backspace")
	default:
		command(p, input.InsertText, input.InsertTextParams{Text: text})
	}
}

// Type sends text key by key to the element that has the focus.
func (p *Page) Type(text string) {
	p.t.Helper()
	run(p, "type", chromedp.KeyEvent(text))
}

// keys are the names that Press knows beside single characters.
var keys = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Space": " ",
	"Backspace": kb.Backspace, "Delete": kb.Delete, "Home": kb.Home, "End": kb.End,
	"PageUp": kb.PageUp, "PageDown": kb.PageDown,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"F1": kb.F1, "F6": kb.F6, "F10": kb.F10,
}

// Press presses keys one after the other: "Tab", "Shift+Tab", "Control+k",
// "Enter". The focus decides who gets them.
func (p *Page) Press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		run(p, "press "+name, p.key(name))
	}
}

func (p *Page) key(name string) chromedp.Action[chromedp.Void] {
	p.t.Helper()
	var modifiers []chromedp.Modifier
	rest := name
	for {
		word, after, ok := strings.Cut(rest, "+")
		if !ok || after == "" {
			break
		}
		switch word {
		case "Shift":
			modifiers = append(modifiers, chromedp.ModifierShift)
		case "Control":
			modifiers = append(modifiers, chromedp.ModifierCtrl)
		case "Alt":
			modifiers = append(modifiers, chromedp.ModifierAlt)
		case "Meta":
			modifiers = append(modifiers, chromedp.ModifierMeta)
		default:
			p.t.Fatalf("browser: press %s: no key is called %q", name, word)
		}
		rest = after
	}
	key, ok := keys[rest]
	if !ok {
		if utf8.RuneCountInString(rest) != 1 {
			p.t.Fatalf("browser: press %s: no key is called %q", name, rest)
		}
		key = rest
	}
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...))
}

// Wait waits until the element is visible.
func (p *Page) Wait(selector string) {
	p.t.Helper()
	run(p, "wait for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// WaitGone waits until no element matches.
func (p *Page) WaitGone(selector string) {
	p.t.Helper()
	run(p, "wait until "+selector+" is gone", chromedp.WaitNotPresent(chromedp.CSS(selector)))
}

// WaitFor waits until the JavaScript expression is true.
func (p *Page) WaitFor(expression string) {
	p.t.Helper()
	run(p, "wait for "+expression, chromedp.Poll[bool](expression,
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(p.patience)))
}

// Text returns the text of the element as it is shown.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(run(p, "text of "+selector, chromedp.Text(chromedp.CSS(selector), chromedp.NodeReady)))
}

// Value returns what a field holds.
func (p *Page) Value(selector string) string {
	p.t.Helper()
	return run(p, "value of "+selector, chromedp.Value(chromedp.CSS(selector)))
}

// Attribute returns an attribute of the element, "" when it has none.
func (p *Page) Attribute(selector, name string) string {
	p.t.Helper()
	return run(p, name+" of "+selector, chromedp.AttributeValue(chromedp.CSS(selector), name)).Value
}

// Count returns how many elements match now, without waiting.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return Eval[int](p, `document.querySelectorAll(`+quote(selector)+`).length`)
}

// Title returns the title of the page.
func (p *Page) Title() string {
	p.t.Helper()
	return run(p, "title", chromedp.Title())
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.t.Helper()
	return run(p, "location", chromedp.Location())
}

// HTML returns the document as the browser has it now.
func (p *Page) HTML() string {
	p.t.Helper()
	return Eval[string](p, `document.documentElement.outerHTML`)
}

// Source returns the document as the server sent it, or, where it asked not to
// be kept, as the browser has read it.
func (p *Page) Source() string {
	p.t.Helper()
	read := "<!doctype html>\n" + Eval[string](p, "document.documentElement.outerHTML")
	return run(p, "read the source", func(ctx context.Context, t *chromedp.Target) (string, error) {
		tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return "", err
		}
		frame := tree.FrameTree.Frame
		res, err := cdp.Call(ctx, t, page.GetResourceContent, page.GetResourceContentParams{FrameID: frame.ID, URL: frame.URL})
		if err != nil { // the browser has let go of it
			return read, nil
		}
		return string(res.Content), nil
	})
}

// Focused describes the element that has the focus by tag, id, name and text,
// such as "button#save Save". It is what a journey by keyboard asserts on.
func (p *Page) Focused() string {
	p.t.Helper()
	return Eval[string](p, `(() => {
		const e = document.activeElement
		if (!e || e === document.body) return ""
		let s = e.tagName.toLowerCase()
		if (e.id) s += "#" + e.id
		if (e.name) s += "[name=" + e.name + "]"
		const text = (e.getAttribute("aria-label") || e.innerText || "").trim().replace(/\s+/g, " ").slice(0, 60)
		return text ? s + " " + text : s
	})()`)
}

// Eval runs a JavaScript expression in the page and returns its value; a
// promise is waited for. It runs even where the page's own scripts are blocked
// by its policy or switched off; in the second case promises never come back.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return run(p, "evaluate", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// SetCookie sets a cookie for the site of the address.
func (p *Page) SetCookie(url, name, value string) {
	p.t.Helper()
	command(p, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url})
}

// SignIn signs in at the back office below base, such as
// "http://127.0.0.1:8080", and fails the test when that is refused.
func (p *Page) SignIn(base, email, password string) {
	p.t.Helper()
	p.Navigate(strings.TrimSuffix(base, "/") + "/admin/sign-in")
	p.Fill(`input[name="email"]`, email)
	p.Fill(`input[name="password"]`, password)
	code := p.PressAndLoad("Enter")
	if url := p.URL(); code >= 400 || strings.Contains(url, "/admin/sign-in") {
		p.t.Fatalf("browser: sign in as %s: status %d at %s", email, code, url)
	}
}

// quote writes s as a JavaScript string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return string(b)
}
