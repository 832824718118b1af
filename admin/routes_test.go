package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// Every route is tried by everybody on an entry of the root's branch, on one
// of an organisation, and on one that does not exist. The table of answers is
// a golden file, read by a person whenever it changes: who may do what.
func TestRoutesByRole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	people := []struct {
		name string
		user models.User
	}{
		{"visitor", models.User{}}, {"nobody", o.Nobody}, {"author", o.Author}, {"editor", o.Editor},
		{"be-author", o.BEAuthor}, {"be-editor", o.BEEditor}, {"officer", o.Officer(t, o.Root)}, {"admin", o.Admin},
	}
	topic := o.topic("Law").ID // of no section
	file, beFile := o.Upload(t, media.Upload{Section: o.About}).ID, o.Upload(t, media.Upload{Section: o.Belgium}).ID
	objects := []struct{ name, section, entry, lang, vocabulary, term, file, collection, width string }{
		{"root", o.About, o.Page, "en", models.VocabularyTopic, topic, file, o.collection(o.About), "320"},
		{"belgium", o.Belgium, o.BEPage, "fr", models.VocabularyTopic, topic, beFile, o.collection(o.Belgium), "original"},
		{"missing", o.NewID(), o.NewID(), "en", models.VocabularyTopic, o.NewID(), o.NewID(), o.NewID(), "320"},
		{"malformed", "x.css", "..", "e%00", "x.css", "..", "..", "x.css", "321"},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-50s %-10s %-10s", "route", "may", "object")
	for _, p := range people {
		fmt.Fprintf(&b, " %-9s", p.name)
	}
	for _, r := range Routes() {
		tries := objects
		if !strings.Contains(r.Path, ":") {
			tries = tries[:1]
		}
		for _, obj := range tries {
			name := obj.name
			if len(tries) == 1 {
				name = "-"
			}
			path := strings.NewReplacer(":section", obj.section, ":id", obj.entry, ":lang", obj.lang, ":vocabulary", obj.vocabulary, ":term", obj.term, ":asset", obj.file, ":collection", obj.collection, ":width", obj.width).Replace(r.Path)
			fmt.Fprintf(&b, "\n%-50s %-10s %-10s", r.Method+" "+r.Path, r.May, name)
			for _, p := range people {
				o.Clock.Advance(7 * time.Second) // so that tries to sign in are not too many
				v := o.visitor()
				if p.user.ID != "" {
					v = o.as(p.user)
				}
				w := v.try(r.Method, path)
				fmt.Fprintf(&b, " %-9s", class(w))
				if w.Code >= 500 {
					t.Errorf("%s %s as %s: status %d\n%s", r.Method, path, p.name, w.Code, o.log)
				}
			}
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	cmstest.Golden(t, "routes.golden", []byte(strings.Join(lines, "\n")+"\n"))
}

// collection makes a collection of a section and returns its id.
func (o *office) collection(section string) string {
	o.t.Helper()
	c, err := o.Library.CreateCollection(o.t.Context(), o.Admin, section, "Forum")
	if err != nil {
		o.t.Fatal(err)
	}
	return c.ID
}

// try sends a request of a method, for a POST with a form that is complete but
// for its version, which is long past: who may is told that it is stale.
func (v *visitor) try(method, path string) *httptest.ResponseRecorder {
	if method == http.MethodPost {
		return v.post(path, url.Values{"version": {"999"}, "facts_version": {"999"}, "slug": {"elsewhere"}, "reason": {"error"}, "note": {"note"}})
	}
	return v.get(path)
}

// class is a status, and for a redirect to the sign-in page the word for it.
func class(w *httptest.ResponseRecorder) string {
	if strings.HasPrefix(w.Header().Get("Location"), "/admin/sign-in") {
		return "sign-in"
	}
	return fmt.Sprint(w.Code)
}

// What is foreign and what is missing must not be told apart.
func TestRoutesHideWhatIsForeign(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	strip := func(w *httptest.ResponseRecorder, id string) string {
		return fmt.Sprint(w.Code, strings.ReplaceAll(strings.ReplaceAll(w.Body.String(), id, "ID"), w.Header().Get("X-Request-Id"), "REF"))
	}
	file, collection := o.Upload(t, media.Upload{Section: o.Belgium}).ID, o.collection(o.Belgium)
	for _, r := range Routes() {
		if !strings.Contains(r.Path, ":") {
			continue
		}
		missing, foreign, section := o.NewID(), o.BEPage, o.Belgium
		fill := func(entry, section, file, collection string) string {
			return strings.NewReplacer(":section", section, ":id", entry, ":lang", "fr", ":asset", file, ":collection", collection, ":width", "320").Replace(r.Path)
		}
		v := o.as(o.Author)
		got := strip(v.try(r.Method, fill(foreign, section, file, collection)), foreign)
		want := strip(v.try(r.Method, fill(missing, missing, missing, missing)), missing)
		if got != want && strings.NewReplacer(section, "ID", file, "ID", collection, "ID").Replace(got) != want {
			t.Errorf("%s %s: a foreign entry is answered with\n%s\na missing one with\n%s", r.Method, r.Path, got, want)
		}
	}
}

// Reading changes nothing: every GET as an administrator leaves each table as
// it was, but for sessions and the audit trail.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	topic := o.topic("Law").ID
	file, collection := o.Upload(t, media.Upload{Section: o.About}), o.collection(o.About)
	head := o.Store.Head()
	before := versions(o)
	for _, r := range Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		path := strings.NewReplacer(":section", o.About, ":id", o.Page, ":lang", "en", ":vocabulary", models.VocabularyTopic, ":term", topic, ":asset", file.ID, ":collection", collection, ":width", "320").Replace(r.Path)
		v.get(path)
	}
	if o.Store.Head() != head {
		t.Error("the journal moved")
	}
	if now := o.asset(file.ID).Asset; now != file {
		t.Errorf("the file was %+v, is %+v", file, now)
	}
	if after := versions(o); after != before {
		t.Errorf("versions were %s, are %s", before, after)
	}
}

// versions sums up what the editor side has stored about every entry.
func versions(o *office) string {
	var b strings.Builder
	for _, id := range []string{o.Root, o.About, o.Belgium, o.Page, o.News, o.BEPage, o.Draft} {
		for _, lang := range []string{"en", "fr", models.Facts} {
			d := models.Edition{}
			o.View(o.t, func(r *store.Read) (err error) {
				if d, err = r.Edition(id, lang); errors.Is(err, models.ErrNotFound) {
					return nil
				}
				return err
			})
			fmt.Fprintf(&b, "%s/%s:%d ", id, lang, d.Version)
		}
	}
	return b.String()
}
