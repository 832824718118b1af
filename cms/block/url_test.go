package block

import "testing"

func TestSafeURL(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"https://a.example", "http://a.example/x?a=1&b=2#c", "HTTPS://A.example/", "mailto:a@b.example", "tel:+3221234567", "/", "/fr/page?x=y#z",
		"https://a.example/?a=1&copy=2", "https://en.example/wiki/Foo_(bar)", "https://é.example/ü", "https://[2001:db8::1]/", "/a:b",
	} {
		if !SafeURL(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{
		"", "javascript:X(5)", "JaVaScRiPt:X(5)", "java\tscript:X(6)", "java\nscript:X(6)", "java&Tab;script:X(6)", " javascript:X(6)", "\x01javascript:X(6)",
		"&#106;avascript:X(6)", "javascript&colon;X(6)", "data:text/html,<script>X(7)</script>", "vbscript:X(8)", "blob:https://a.example/1", "file:///etc/passwd", "ftp://a.example/",
		"//evil.invalid/", "/\\evil.invalid/", "\\\\evil.invalid", "https:\\\\evil.invalid", "https:evil.invalid", "https://", "http:/evil.invalid", "https://user:pw@evil.invalid/",
		"/&sol;evil.invalid", "&#47;&#47;evil.invalid", "https://a.example&#47;@evil.invalid", "page", "./x", "#x", "?x", "mailto:", "tel:", "tel:javascript", "https://a.example/ b",
		"https://a.example/\u00a0b", "https://a.example/\u202eb", "https://a.example/\x00", "https://a.example/\xff", "javascript://a.example/%0aX(1)", "https://a.example/\u2028",
		"mailto:a@b.example\r\nBcc:x@y.example", "%6aavascript:X(1)", "x-unknown:y",
	} {
		if SafeURL(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

func TestRefAndSlug(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"page:7f3k": true, "page:": false, "user:1": false, "page:a b": false, "page:a/../b": false, "PAGE:x": false, "media:x_1-y": true} {
		if _, _, ok := splitRef(s); ok != want {
			t.Errorf("splitRef(%q) = %v", s, ok)
		}
	}
	for s, want := range map[string]bool{"how-we-work": true, "été": true, "حقوق": true, "": false, "-a": false, "a--b": false, "A": false, "a b": false, "a.b": false, "partners": false, `a"b`: false} {
		if got := validSlug(s); got != want {
			t.Errorf("validSlug(%q) = %v", s, got)
		}
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 3000 {
		id := NewID()
		if !ValidID(id) || seen[id] {
			t.Fatalf("NewID() = %q, valid %v, seen %v", id, ValidID(id), seen[id])
		}
		seen[id] = true
		for _, r := range id {
			letters[r]++
		}
	}
	for _, r := range idAlphabet {
		if n := letters[r]; n < 600 || n > 950 { // 774 expected
			t.Errorf("letter %c stands %d times in 24,000", r, n)
		}
	}
}
