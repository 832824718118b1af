package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"meridian/web/browser"
	"meridian/web/weblint"
)

// shotCommand takes a picture of a page of a server on this machine.
type shotCommand struct {
	URL     string   `required:"" name:"url" help:"Address of the page, on this machine."`
	Out     string   `short:"o" default:"shot.png" type:"path" help:"File to write, PNG."`
	Width   int      `default:"1280" help:"Width in CSS pixels."`
	Height  int      `default:"900" help:"Height in CSS pixels."`
	Full    bool     `help:"The whole length of the page."`
	Dark    bool     `help:"With the dark theme of the system."`
	Login   string   `placeholder:"EMAIL:PASSWORD" help:"Sign in to the back office first."`
	Cookie  []string `placeholder:"NAME=VALUE" help:"Cookie to set first; may be repeated."`
	Lang    string   `placeholder:"TAG" help:"Accept-Language to send."`
	Click   []string `placeholder:"SELECTOR" help:"Click this before the picture; may be repeated."`
	Scripts bool     `default:"true" negatable:"" help:"Run the scripts of the page."`
	Check   bool     `help:"Also print what the markup check, axe and the policy found, and whether it scrolls sideways at 320 px."`
}

// Run writes the picture and says where it is.
func (c shotCommand) Run(ctx context.Context) (err error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return fmt.Errorf("--url %s: want an address such as http://127.0.0.1:8080/en/", c.URL)
	}
	base := u.Scheme + "://" + u.Host

	s := &session{}
	defer s.end(&err)
	p := browser.New(s)
	if c.Lang != "" {
		p.Headers(map[string]string{"Accept-Language": c.Lang})
	}
	for _, cookie := range c.Cookie {
		name, value, ok := strings.Cut(cookie, "=")
		if !ok {
			return fmt.Errorf("--cookie %s: want NAME=VALUE", cookie)
		}
		p.SetCookie(base, name, value)
	}
	if c.Login != "" {
		email, password, ok := strings.Cut(c.Login, ":")
		if !ok {
			return fmt.Errorf("--login: want EMAIL:PASSWORD")
		}
		p.SignIn(base, email, password)
	}
	if !c.Scripts {
		p.Scripts(false)
	}
	p.Viewport(c.Width, c.Height)
	p.EmulateDark(c.Dark)
	p.Forget()
	code := p.Navigate(c.URL)
	for _, selector := range c.Click {
		p.Click(selector)
	}
	var picture []byte
	if c.Full {
		picture = p.FullScreenshot(c.Width, c.Height, c.Dark)
	} else {
		picture = p.Screenshot(c.Width, c.Height, c.Dark)
	}
	if err := os.MkdirAll(filepath.Dir(c.Out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, picture, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d %s (%q)\n", c.Out, code, p.URL(), p.Title())
	if c.Check {
		s.check(p, base)
	}
	return nil
}

// check prints findings; the policy's come from the page when it is closed.
func (s *session) check(p *browser.Page, base string) {
	for _, problem := range weblint.Check([]byte(p.Source()), weblint.Options{Styles: true}) {
		s.Errorf("markup: %s", problem)
	}
	for _, v := range p.Axe() {
		s.Errorf("axe: %s", v)
	}
	for _, other := range p.Elsewhere(base) {
		s.Errorf("asks another server: %s", other)
	}
	for _, target := range p.SmallTargets(24) {
		s.Errorf("smaller than 24 px: %s", target)
	}
	p.ScrollWidthOK(320)
}

// session is what a page needs in place of a test.
type session struct {
	cleanups []func()
	findings int
}

// fatal carries the message of Fatalf up to end.
type fatal string

// Helper does nothing; it marks helpers in tests.
func (s *session) Helper() {}

// Cleanup keeps f for the end.
func (s *session) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }

// Errorf prints a finding and goes on.
func (s *session) Errorf(format string, args ...any) {
	s.findings++
	fmt.Printf(format+"\n", args...)
}

// Fatalf ends the command with an error.
func (s *session) Fatalf(format string, args ...any) { panic(fatal(fmt.Sprintf(format, args...))) }

// Skipf ends the command with an error too: there is nothing else to do.
func (s *session) Skipf(format string, args ...any) { s.Fatalf(format, args...) }

// end closes the page and turns Fatalf and findings into the error.
func (s *session) end(err *error) {
	switch v := recover().(type) {
	case nil:
	case fatal:
		*err = fmt.Errorf("%s", string(v))
	default:
		panic(v)
	}
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		s.cleanups[i]()
	}
	if *err == nil && s.findings > 0 {
		*err = fmt.Errorf("%d findings", s.findings)
	}
}
