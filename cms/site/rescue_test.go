package site

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var log bytes.Buffer
	h, err := newHandler(env.Live, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	e := h.engine().(*gin.Engine)
	e.GET("/fr/panic", func(*gin.Context) { panic("zq secret") })
	ask := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		return w
	}
	w := ask("/fr/panic")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "Une erreur s’est produite") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %s", w.Code, w.Header().Get("Cache-Control"))
	}
	if strings.Contains(w.Body.String(), "zq secret") || strings.Contains(w.Body.String(), "goroutine") {
		t.Error("the page tells what went wrong")
	}
	if !strings.Contains(log.String(), "zq secret") || !strings.Contains(log.String(), "rescue_test.go") {
		t.Errorf("the log lacks the panic or its place: %s", log.String())
	}
	if w := ask("/en/"); w.Code != http.StatusOK {
		t.Errorf("the next page = %d", w.Code)
	}
}

func TestEveryTemplateIsRendered(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h, err := newHandler(env.Live, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := h.engine()
	env.Tx(t, func(tx *store.Tx) error {
		return tx.PutTerm(models.Term{ID: "t", Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: "T", Slug: "t"}}}, env.Admin.ID)
	})
	directory := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "Directory", Facts: models.Values{"directory": true}})
	env.Publish(t, directory, "en")
	for _, target := range []string{"/en/directory/", "/en/topics/", "/en/topics/t", "/en/", "/en/about-us/", "/en/about-us/our-mission", "/en/news/", "/en/news/2026/a-treaty-enters-into-force", "/en/search?q=mission", "/en/nowhere"} {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
	}
	h.files = true
	e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if left := h.pages.Unrendered(); left != nil {
		t.Errorf("never rendered: %v", left)
	}
}
