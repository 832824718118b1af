package browser

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Viewport sets the size of the page in CSS pixels, as a window of that size on
// a desk would have.
func (p *Page) Viewport(width, height int) {
	p.t.Helper()
	command(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: 1,
	})
	command(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{})
}

// Phone is Viewport for a touch screen with the meta viewport and the coarse
// pointer of a phone.
func (p *Page) Phone(width, height int) {
	p.t.Helper()
	command(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: 2, Mobile: true,
	})
	command(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
}

// Media is how the page is looked at. The zero value is a light screen with
// nothing asked for.
type Media struct {
	Dark          bool // prefers-color-scheme: dark
	Print         bool // the print style sheet
	ForcedColors  bool // a high contrast theme of the system
	ReducedMotion bool
	MoreContrast  bool
}

// Emulate sets how the page is looked at; it holds for pages opened later too.
func (p *Page) Emulate(m Media) {
	p.t.Helper()
	choose := func(on bool, yes, no string) string {
		if on {
			return yes
		}
		return no
	}
	command(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: choose(m.Print, "print", ""),
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: choose(m.Dark, "dark", "light")},
			{Name: "forced-colors", Value: choose(m.ForcedColors, "active", "none")},
			{Name: "prefers-reduced-motion", Value: choose(m.ReducedMotion, "reduce", "no-preference")},
			{Name: "prefers-contrast", Value: choose(m.MoreContrast, "more", "no-preference")},
		},
	})
}

// EmulateDark is Emulate for the one thing most tests vary.
func (p *Page) EmulateDark(dark bool) {
	p.t.Helper()
	p.Emulate(Media{Dark: dark})
}

// Offline cuts the page off from the network, or connects it again.
func (p *Page) Offline(off bool) {
	p.t.Helper()
	command(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	command(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
}

// Scripts switches the page's own scripts off or on again. What must work
// without JavaScript is tested with them off.
func (p *Page) Scripts(on bool) {
	p.t.Helper()
	command(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	p.scriptless = !on
}

// Headers sends these headers with every request from now on, such as
// Accept-Language.
func (p *Page) Headers(headers map[string]string) {
	p.t.Helper()
	all := network.Headers{}
	for name, value := range headers {
		all[name] = value
	}
	command(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: all})
}

// Screenshot returns a PNG of the first width × height pixels of the page.
func (p *Page) Screenshot(width, height int, dark bool) []byte {
	p.t.Helper()
	p.Viewport(width, height)
	p.EmulateDark(dark)
	p.settle()
	return run(p, "screenshot", chromedp.CaptureScreenshot())
}

// FullScreenshot is Screenshot for the whole length of the page.
func (p *Page) FullScreenshot(width, height int, dark bool) []byte {
	p.t.Helper()
	p.Viewport(width, height)
	p.EmulateDark(dark)
	p.settle()
	length := Eval[float64](p, `Math.max(document.documentElement.scrollHeight, innerHeight)`)
	beyond := true
	return command(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format:                page.CaptureScreenshotFormatPng,
		CaptureBeyondViewport: &beyond,
		Clip:                  &page.Viewport{Width: float64(width), Height: min(length, 16000), Scale: 1},
	}).Data
}

// settle waits for fonts, pictures in view, and the running transitions.
func (p *Page) settle() {
	p.t.Helper()
	if p.scriptless { // promises and frame callbacks of a test do not run then either
		run(p, "wait", chromedp.Sleep(150*time.Millisecond))
		return
	}
	Eval[bool](p, `(async () => {
		await document.fonts.ready
		const seen = [...document.images].filter(i => i.loading !== "lazy" && !i.complete)
		await Promise.all(seen.map(i => i.decode().catch(() => {})))
		document.getAnimations().forEach(a => { try { a.finish() } catch {} })
		await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))
		return true
	})()`)
}

// Overflow describes what makes the page wider than the given width: nothing
// when it can be read without scrolling sideways. Elements that scroll by
// themselves, such as a wide table in its box, do not count.
func (p *Page) Overflow(width int) string {
	p.t.Helper()
	p.Viewport(width, 800)
	p.settle()
	return Eval[string](p, `(() => {
		const root = document.documentElement, width = root.clientWidth
		if (root.scrollWidth <= width) return ""
		const wide = [...document.body.querySelectorAll("*")].filter(e => {
			const box = e.getBoundingClientRect()
			if (box.width === 0 || box.right <= width + 0.5 && box.left >= -0.5) return false
			for (let a = e.parentElement; a && a !== document.body; a = a.parentElement)
				if (getComputedStyle(a).overflowX !== "visible") return false
			return true
		}).slice(0, 5).map(e => {
			const box = e.getBoundingClientRect()
			return e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + [...e.classList].map(c => "." + c).join("") +
				" " + Math.round(box.left) + ".." + Math.round(box.right)
		})
		return "scrolls to " + root.scrollWidth + " of " + width + " px: " + wide.join(", ")
	})()`)
}

// ScrollWidthOK fails the test when the page has to be scrolled sideways at one
// of the widths; 320 is what WCAG 1.4.10 asks for.
func (p *Page) ScrollWidthOK(widths ...int) {
	p.t.Helper()
	for _, width := range widths {
		if s := p.Overflow(width); s != "" {
			p.t.Errorf("browser: %s at %d px: %s", p.URL(), width, s)
		}
	}
}

// SmallTargets returns what can be clicked and is smaller than least × least
// CSS pixels, each with its size. Links inside a line of text are exempt, as in
// WCAG 2.5.8, and so is what is not visible.
func (p *Page) SmallTargets(least int) []string {
	p.t.Helper()
	p.settle()
	list := Eval[string](p, fmt.Sprintf(`(least => {
		const found = []
		for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']")) {
			let box = e.getBoundingClientRect()
			const style = getComputedStyle(e)
			if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true}) || box.width <= 1 || box.height <= 1) continue
			if (style.display === "inline" && e.closest("p, li, td, dd, figcaption, blockquote")?.innerText.trim() !== e.innerText?.trim()) continue
			const label = e.matches("input[type=checkbox], input[type=radio]") ? e.closest("label") || (e.id && document.querySelector("label[for='" + CSS.escape(e.id) + "']")) : null
			if (label) {
				const other = label.getBoundingClientRect()
				box = {width: Math.max(box.width, other.width), height: Math.max(box.height, other.height)}
			}
			if (box.width < least - 0.5 || box.height < least - 0.5)
				found.push(e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.innerText || e.name || "").trim().slice(0, 30) + " " + Math.round(box.width) + "x" + Math.round(box.height))
		}
		return found.join("\n")
	})(%d)`, least))
	if list == "" {
		return nil
	}
	return strings.Split(list, "\n")
}
