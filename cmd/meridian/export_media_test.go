package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// TestExportHasFiles exports pages with a picture and a document, and again
// after the consent for the picture was taken back.
func TestExportHasFiles(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	face := env.File(t, cmstest.NewFile{People: models.PeopleAdults, Title: "صورة"})
	env.Consent(t, face.ID, models.Consent{})
	report := env.File(t, cmstest.NewFile{Kind: models.AssetDocument, Type: "application/pdf", Name: "r.pdf", Title: "Report"})
	hidden := env.File(t, cmstest.NewFile{})
	env.Write(t, env.Draft, "en", "", block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + hidden.ID, "alt": "A tree", "size": "text"}})
	page := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Gallery", Facts: models.Values{"lead_picture": face.ID}})
	env.Write(t, page, "en", "", block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + face.ID, "alt": "A face", "size": "text"}},
		block.Node{Type: "files", Attrs: map[string]any{"items": []any{map[string]any{"media": "media:" + report.ID, "title": "Report"}}}})
	env.Publish(t, page, "en")

	dir := t.TempDir()
	first := exportTo(t, env, "https://static.example", dir)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	address := regexp.MustCompile(`/media/[^" ]+`)
	html := read("en/about-us/gallery/index.html")
	named := address.FindAllString(html, -1)
	if len(named) < 20 {
		t.Fatalf("the page names %v", named)
	}
	files := func() (list []string) {
		_ = filepath.WalkDir(filepath.Join(dir, "media"), func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				list = append(list, p)
			}
			return nil
		})
		return list
	}
	all := files()
	for _, a := range named {
		if !slices.ContainsFunc(all, func(p string) bool { return strings.Contains(p, strings.Split(a, "/")[4][:8]) }) {
			t.Errorf("%s is no file", a)
		}
	}
	// The JSON of the item names all renditions and the file's own JSON.
	if !strings.Contains(read("api/v1/media/"+face.ID+".json"), "https://static.example/media/"+face.ID+"/1280/") || len(all) != 1+1+2*(5+3) {
		t.Errorf("%d files: %v", len(all), all)
	}
	for _, p := range all {
		if strings.Contains(p, hidden.ID) {
			t.Errorf("%s is of a draft", p)
		}
		if b, err := os.ReadFile(p); err != nil || strings.Contains(p, "/original/") && !strings.HasPrefix(string(b), "the original ") {
			t.Errorf("%s holds %q, %v", p, b, err)
		}
	}
	if headers := read("_headers"); !strings.Contains(headers, "/media/*\n  Content-Security-Policy: default-src 'none'; sandbox\n") {
		t.Errorf("headers: %s", headers)
	}
	if again := exportTo(t, env, "https://static.example", dir); again.Written != 0 || again.Removed != 0 || again.Files != first.Files {
		t.Errorf("nothing happened: %+v", again)
	}

	env.WithdrawConsent(t, face.ID)
	after := exportTo(t, env, "https://static.example", dir)
	if left := files(); len(left) != 1 || !strings.Contains(left[0], report.ID) || after.Removed < len(all)-1 {
		t.Errorf("%d removed, %v left", after.Removed, left)
	}
	_ = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, "changes.json") || strings.Contains(p, "/since=") || strings.Contains(p, ".meridian-export") {
			return err
		}
		b, err := os.ReadFile(p)
		if strings.Contains(string(b), "/media/"+face.ID) || strings.Contains(string(b), "A face") {
			t.Errorf("%s still tells of it", p)
		}
		return err
	})
}
