// Package browser drives Chromium for tests: it opens a page, fills in forms,
// presses keys, takes pictures, and tells what the page asked for over the
// network and what its content security policy blocked. Tests call [New]; the
// developer command uses the same pages for its screenshots.
//
// The browser can reach this machine only: every other host name fails to
// resolve, so a page that calls somebody else's server shows it in
// [Page.Requests] and no traffic leaves. A page that threw an exception or broke
// its policy fails its test at the end, whatever the test looked at.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// TB is what a page needs of a test. A testing.TB is one; a command brings its
// own, so that package testing stays out of it.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Find returns the path of a Chromium to use: MERIDIAN_CHROMIUM where it is
// set, or else the first of the usual names. It returns "" when there is none.
func Find() string {
	if path := os.Getenv("MERIDIAN_CHROMIUM"); path != "" {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
		return ""
	}
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}
	switch runtime.GOOS {
	case "darwin":
		names = append(names,
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
	case "windows":
		names = append(names, "chrome",
			`C:\Program Files\Google\Chrome\Application\chrome.exe`,
			`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`)
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

// shared is the one browser of a test binary. It ends with the process: the
// driver asks the kernel to end Chromium when its parent goes.
var shared struct {
	once sync.Once
	ctx  context.Context
	err  error
}

func start() (context.Context, error) {
	shared.once.Do(func() {
		path := Find()
		if path == "" {
			shared.err = fmt.Errorf("no Chromium found: install the package chromium, or set MERIDIAN_CHROMIUM to its path")
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path),
			chromedp.UserDataDir(profile()),
			chromedp.DisableGPU,
			// A page that comes back from the cache of the browser fires no load
			// event, which Page.Back waits for.
			chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,BackForwardCache"),
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("disable-domain-reliability", true),
			chromedp.Flag("disable-search-engine-choice-screen", true),
			chromedp.Flag("hide-scrollbars", false),
			chromedp.Flag("lang", "en-US"),
			chromedp.Flag("mute-audio", true),
			chromedp.Flag("no-pings", true),
			chromedp.Flag("no-proxy-server", true),
			chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE [::1] , EXCLUDE localhost , EXCLUDE *.localhost"),
		)
		ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, _ = chromedp.NewContext(ctx)
		// No deadline here: the context of the first call bounds the life of
		// the browser, not the time it may take to start.
		if err := chromedp.Do(ctx); err != nil {
			shared.err = fmt.Errorf("start %s: %w", path, err)
			return
		}
		shared.ctx = ctx
	})
	return shared.ctx, shared.err
}

const profilePrefix = "meridian-browser-"

// profile is a folder for this process. A test binary has no moment at which
// it could remove its own, so each start removes those of processes that ended.
func profile() string {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), profilePrefix+"*"))
	for _, dir := range old {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), profilePrefix))
		if err == nil && !running(pid) {
			os.RemoveAll(dir) // what is left over is removed by the next start
		}
	}
	return filepath.Join(os.TempDir(), profilePrefix+strconv.Itoa(os.Getpid()))
}

func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return p.Signal(syscall.Signal(0)) == nil
}

// New opens an empty page with no cookies, in the one browser of this process.
// It is closed when the test ends. Without a Chromium the test is skipped, or
// failed when REQUIRE_BROWSER is 1. A page belongs to one test; tests that run
// in parallel each open their own.
func New(t TB) *Page {
	t.Helper()
	parent, err := start()
	if err != nil {
		if os.Getenv("REQUIRE_BROWSER") == "1" || Find() != "" {
			t.Fatalf("browser: %v", err)
		}
		t.Skipf("browser: %v", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	p := &Page{t: t, ctx: ctx, patience: 20 * time.Second}
	if err := p.listen(); err != nil {
		cancel()
		t.Fatalf("browser: open a page: %v", err)
	}
	t.Cleanup(func() {
		for _, problem := range p.Problems() {
			t.Errorf("browser: %s", problem)
		}
		cancel()
	})
	return p
}
