package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadersNeverReadTheStaffIndex: words of drafts are in tables that no
// query of the reader side names.
func TestReadersNeverReadTheStaffIndex(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("live*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range append(files, "search.go") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && (strings.Contains(string(text), "staff_") || strings.Contains(string(text), "Staff")) {
			t.Errorf("%s reads what staff search in", name)
		}
	}
}
