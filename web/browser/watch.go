package browser

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Request is something the page asked the network for.
type Request struct {
	Method string
	URL    string
	Type   string // Document, Stylesheet, Script, Image, Font, Fetch …
	Status int    // 0 while there is no answer, or when the request failed
	Failed string // the reason, when the request failed
	Bytes  int64  // received over the wire, headers included
}

// watcher collects what a page did. The browser reports on its own goroutine.
type watcher struct {
	mu       sync.Mutex
	quiet    bool // true while a tool of the test is at work in the page
	requests []*Request
	pending  map[network.RequestID]*Request
	problems []string
	console  []string
}

// listen starts the watching; the page has not loaded anything yet.
func (p *Page) listen() error {
	p.watch.pending = map[network.RequestID]*Request{}
	if err := chromedp.Listen(p.ctx, p.watch.event); err != nil {
		return err
	}
	_, err := chromedp.Call(p.ctx, audits.Enable, cdp.Empty{})
	return err
}

func (w *watcher) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if w.quiet || strings.HasPrefix(ev.Request.URL, "data:") {
			return
		}
		if r := w.pending[ev.RequestID]; r != nil && ev.RedirectResponse != nil {
			r.Status = int(ev.RedirectResponse.Status)
		}
		r := &Request{Method: ev.Request.Method, URL: ev.Request.URL, Type: string(ev.Type)}
		w.requests = append(w.requests, r)
		w.pending[ev.RequestID] = r
	case *network.EventResponseReceived:
		if r := w.pending[ev.RequestID]; r != nil {
			r.Status = int(ev.Response.Status)
		}
	case *network.EventLoadingFinished:
		if r := w.pending[ev.RequestID]; r != nil {
			r.Bytes = int64(ev.EncodedDataLength)
		}
	case *network.EventLoadingFailed:
		if r := w.pending[ev.RequestID]; r != nil {
			r.Failed = ev.ErrorText
		}
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details; d != nil && d.ContentSecurityPolicyIssueDetails != nil && !w.quiet {
			c := d.ContentSecurityPolicyIssueDetails
			text := fmt.Sprintf("content security policy: %s (%s)", c.ViolatedDirective, c.ContentSecurityPolicyViolationType)
			if c.BlockedURL != "" {
				text += " " + c.BlockedURL
			}
			if s := c.SourceCodeLocation; s != nil {
				text += fmt.Sprintf(" at %s:%d", s.URL, s.LineNumber+1)
			}
			w.problems = append(w.problems, text)
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil && e.Description != "" {
			text = e.Description
		}
		// Chromium gives a view transition up when a test changes the size of
		// the window meanwhile, and calls that an exception of the page.
		if !strings.Contains(text, "Transition was aborted") {
			w.problems = append(w.problems, "exception: "+text)
		}
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range ev.Args {
			words = append(words, strings.Trim(string(a.Value), `"`)+a.Description)
		}
		w.console = append(w.console, string(ev.Type)+": "+strings.Join(words, " "))
	case *log.EventEntryAdded:
		if !w.quiet {
			w.console = append(w.console, strings.TrimSpace(string(ev.Entry.Level)+": "+ev.Entry.Text+" "+ev.Entry.URL))
		}
	}
}

// Requests returns what the page asked for since it was opened or since
// Forget, in order, redirects one by one.
func (p *Page) Requests() []Request {
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	var list []Request
	for _, r := range p.watch.requests {
		list = append(list, *r)
	}
	return list
}

// Elsewhere returns the addresses the page asked for that are not below base,
// such as "http://127.0.0.1:8080". A page of the product asks nobody else.
func (p *Page) Elsewhere(base string) []string {
	home, err := url.Parse(base)
	if err != nil {
		p.t.Fatalf("browser: base %q: %v", base, err)
	}
	var list []string
	for _, r := range p.Requests() {
		if u, err := url.Parse(r.URL); err != nil || u.Host != home.Host || u.Scheme != home.Scheme {
			list = append(list, r.URL)
		}
	}
	return list
}

// Problems returns the exceptions and the violations of the content security
// policy since the page was opened or since Forget. Those left when the test
// ends fail it.
func (p *Page) Problems() []string {
	// The answer to any command comes after the events before it.
	_, _ = chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	return append([]string(nil), p.watch.problems...)
}

// Console returns the lines of the console, each with its level in front, such
// as "error: Failed to load resource: …".
func (p *Page) Console() []string {
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	return append([]string(nil), p.watch.console...)
}

// Forget empties the lists of requests, problems and console lines.
func (p *Page) Forget() {
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	p.watch.requests, p.watch.problems, p.watch.console = nil, nil, nil
}

// hush keeps what f does out of the lists.
func (w *watcher) hush(f func()) {
	set := func(quiet bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.quiet = quiet
	}
	set(true)
	defer set(false)
	f()
}
