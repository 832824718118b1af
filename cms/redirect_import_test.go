package cms_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func importRedirects(t testing.TB, env *cmstest.Env, text string, dry bool) (cms.ImportResult, error) {
	t.Helper()
	return env.CMS.ImportRedirects(t.Context(), env.Admin, cms.RedirectImport{Text: []byte(text), Host: "site.example", Dry: dry})
}

// verdicts is a line for each row: its line in the file, what becomes of it, and
// why not.
func verdicts(out cms.ImportResult) string {
	var b strings.Builder
	for _, row := range out.Rows {
		fmt.Fprintf(&b, "%d %s", row.Line, row.Verdict)
		if row.Problem != nil {
			fmt.Fprintf(&b, " %s", row.Problem.Code)
			if chain := row.Problem.Args["chain"]; chain != nil {
				fmt.Fprintf(&b, " %s", chain)
			}
		} else {
			fmt.Fprintf(&b, " %s %s", row.Address, row.Target)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestImportSaysWhatBecomesOfEachRow(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if _, err := addRedirect(t, env, env.Admin, "/en/there", env.Page); err != nil {
		t.Fatal(err)
	}
	text := strings.Join([]string{
		"From,To,Lang",
		"/en/one,/en/about-us/,",
		`"/en/two, and a half","https://site.example/en/about-us/our-mission",`,
		"old-page,/fr/a-propos/,FR",
		"",
		"/en/first,/en/second", // by way of the next row
		"/en/second,/en/there",
		"/en/there,/en/about-us/our-mission",
		"/en/there,/en/about-us/",
		"/en/one,/en/about-us",
		"/en/one,/fr/a-propos",
		"/en/a,/en/b",
		"/en/b,/en/c",
		"/en/c,/en/a",
		"/en/into-the-loop,/en/a",
		"/en/about-us,/en/news/",
		"/en/about-us/news,/en/news/",
		"/en/x,/en/no-such-page",
		"/en/y,https://elsewhere.example/",
		"/en/z,",
		"/en/%zz,/en/about-us",
		"/fr/w,/en/about-us,en",
		"/w,/en/about-us,de",
		"/index.php/blog.html,/fr/news/",
	}, "\r\n")
	want := `2 add /en/one /en/about-us/
3 add /en/two, and a half /en/about-us/our-mission
4 add /fr/old-page /fr/a-propos/
6 add /en/first /en/about-us/our-mission
7 add /en/second /en/about-us/our-mission
8 there /en/there /en/about-us/our-mission
9 refused redirect_twice
10 there /en/one /en/about-us/
11 refused redirect_twice
12 refused redirect_loop /en/a → /en/b → /en/c → /en/a
13 refused redirect_loop /en/b → /en/c → /en/a → /en/b
14 refused redirect_loop /en/c → /en/a → /en/b → /en/c
15 refused redirect_loop /en/into-the-loop → /en/a → /en/b → /en/c → /en/a
16 refused redirect_taken
17 refused redirect_news
18 refused redirect_unknown
19 refused redirect_foreign
20 refused redirect_nowhere
21 refused address_malformed
22 refused redirect_languages
23 refused language_unknown
24 add /index.php/blog.html /fr/news/
`
	var before string
	dump := func() (n string) {
		list, err := env.CMS.Redirects(t.Context(), env.Admin, cms.RedirectFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(env.Store.Head(), list.Rows)
	}
	before = dump()
	out, err := importRedirects(t, env, text, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := verdicts(out); got != want || out.Add != 6 || out.There != 2 || out.Refused != 14 {
		t.Errorf("dry run: %d, %d, %d\n%s\nwant\n%s", out.Add, out.There, out.Refused, got, want)
	}
	if dump() != before {
		t.Error("the dry run changed something")
	}
	head := env.Store.Head()
	out, err = importRedirects(t, env, text, false)
	if err != nil || verdicts(out) != want {
		t.Errorf("import: %v\n%s", err, verdicts(out))
	}
	if env.Store.Head() != head+1 {
		t.Errorf("the journal has %d rows more, want one", env.Store.Head()-head)
	}
	list, err := env.CMS.Redirects(t.Context(), env.Admin, cms.RedirectFilter{Origin: models.AddressImported})
	if err != nil || len(list.Rows) != 6 {
		t.Errorf("%d imported redirects, %v", len(list.Rows), err)
	}
	wantOneHop(t, env, "")
	// Once more: everything is there.
	if out, err = importRedirects(t, env, text, false); err != nil || out.Add != 0 || out.There != 8 {
		t.Errorf("second import: %d added, %d there, %v", out.Add, out.There, err)
	}
}

func TestImportReadsManyForms(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	utf16le := func(s string) string {
		b := bytes.NewBufferString("\xff\xfe")
		for _, u := range utf16.Encode([]rune(s)) {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
		return b.String()
	}
	const one = "1 add /en/é /en/about-us/\n"
	for _, tt := range []struct{ name, text, want string }{
		{"commas", "/en/é,/en/about-us", one},
		{"semicolons", "/en/é;/en/about-us;\n", one},
		{"tabs", "/en/é\t/en/about-us\t", one},
		{"spaces", " /en/é ,  /en/about-us \r\n", one},
		{"mark", "\ufeff/en/é,/en/about-us", one},
		{"sixteen bits", utf16le("/en/é\t/en/about-us\r\n"), one},
		{"decomposed", "/en/e\u0301,/en/about-us", one},
		{"escaped", "/en/%C3%89,/en/about-us", one},
		{"header in another order", "to;lang;from\n/en/about-us;en;é", "2 add /en/é /en/about-us/\n"},
		{"header, quoted", "\"Old address\",\"New address\"\n\"/en/é\",\"/en/about-us\"", "2 add /en/é /en/about-us/\n"},
		{"further columns", "from,to,origin,hits\n/en/é,/en/about-us,manual,7", "2 add /en/é /en/about-us/\n"},
		{"a quoted line break", "\"/en/\né\",/en/about-us", "1 refused address_malformed\n"},
	} {
		out, err := importRedirects(t, env, tt.text, true)
		if err != nil || verdicts(out) != tt.want {
			t.Errorf("%s: %v\n%s", tt.name, err, verdicts(out))
		}
	}
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "text: import_empty"},
		{"white space", " \r\n\t\n", "text: import_empty"},
		{"header alone", "from,to", "text: import_empty"},
		{"one byte an é", "/en/\xe9,/en/about-us", "text: import_encoding"},
		{"open quote", "/en/a,/en/b\n\"/en/c,/en/d\n/en/e,/en/f", "text: import_quotes"},
		{"too many rows", strings.Repeat("/en/a,/en/b\n", cms.ImportMaxRows+1), "text: import_long"},
		{"too large", strings.Repeat("x", cms.ImportMaxBytes+1), "text: import_large"},
	} {
		_, err := importRedirects(t, env, tt.text, true)
		if got := problemOf(err); got != tt.want || !errors.Is(err, models.ErrInvalid) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// An import that breaks off leaves nothing.
func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Exec(t, "CREATE TRIGGER broken BEFORE INSERT ON addresses WHEN new.path = 'c' BEGIN SELECT RAISE(ABORT, 'broken'); END")
	head := env.Store.Head()
	if _, err := importRedirects(t, env, "/en/a,/en/news/\n/en/b,/en/news/\n/en/c,/en/news/", false); err == nil {
		t.Fatal("the trigger did not fire")
	}
	list, err := env.CMS.Redirects(t.Context(), env.Admin, cms.RedirectFilter{})
	if err != nil || len(list.Rows) != 0 || env.Store.Head() != head {
		t.Errorf("%d redirects, journal moved by %d, %v", len(list.Rows), env.Store.Head()-head, err)
	}
}

// The longest list there may be is read and stored in seconds, whatever leads
// to what in it.
func TestImportOfTheLongestList(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct {
		name string
		rows int
		row  func(i int) string
		add  int
	}{
		{"one loop", 5000, func(i int) string { return fmt.Sprintf("/en/l%d,/en/l%d\n", i, (i+1)%5000) }, 0},
		{"one chain", 5000, func(i int) string { return fmt.Sprintf("/en/c%d,/en/c%d\n", i, i+1) }, 0},
		{"single pages", cms.ImportMaxRows, func(i int) string { return fmt.Sprintf("/en/old/%d,/en/about-us/our-mission\n", i) }, cms.ImportMaxRows},
	} {
		var b strings.Builder
		for i := range tt.rows {
			b.WriteString(tt.row(i))
		}
		began := time.Now()
		out, err := importRedirects(t, env, b.String(), false)
		if err != nil || out.Add != tt.add {
			t.Errorf("%s: %d added, %v", tt.name, out.Add, err)
		}
		t.Logf("%s: %d rows in %v", tt.name, len(out.Rows), time.Since(began).Round(time.Millisecond))
	}
	began := time.Now()
	var n int
	env.View(t, func(r *store.Read) error {
		list, _, err := r.Addresses(store.AddressFilter{Text: "mission", All: true, Limit: 50})
		n = len(list)
		return err
	})
	t.Logf("a filtered page of the list: %d rows in %v", n, time.Since(began).Round(time.Millisecond))
}
