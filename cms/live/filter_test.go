package live_test

import (
	"errors"
	"slices"
	"testing"

	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

// TestFilterableIsWhatIsDeclared: every public field of every kind can be
// filtered by, and none that is for staff. What is withheld from one day to the
// next, a picture and its description, is not asked for by what it begins with.
func TestFilterableIsWhatIsDeclared(t *testing.T) {
	t.Parallel()
	names := func(fields []models.Field) (out []string) {
		for _, f := range fields {
			out = append(out, f.Name)
		}
		return out
	}
	if got := names(models.PlaceFields); !slices.Equal(got, live.PlaceParts) {
		t.Errorf("parts of places = %v, want %v", live.PlaceParts, got)
	}
	for _, k := range models.Kinds {
		shown, _ := live.KindOf(k.Name)
		var there []string
		for _, f := range shown.Filterable() {
			if slices.Contains(there, f.Name) {
				t.Errorf("%s: %s is there twice", k.Name, f.Name)
			}
			there = append(there, f.Name)
		}
		for _, f := range append(k.Fields, k.Facts...) {
			if f.Kind == models.FieldList && !slices.Equal(names(f.Of), live.RowParts) {
				t.Errorf("rows of %s = %v, want %v", f.Name, live.RowParts, names(f.Of))
			}
			if want := !f.Private && f.Kind != models.FieldRichText && f.Kind != models.FieldMedia && f.Name != "lead_description"; slices.Contains(there, f.Name) != want {
				t.Errorf("%s.%s: filtered by is %v, want %v", k.Name, f.Name, !want, want)
			}
		}
	}
}

// TestUndeclaredFilters: whoever passes the JSON interface by gets nothing more.
func TestUndeclaredFilters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, f := range []live.Filter{
		{Field: "note", Op: "eq", Values: []string{"x"}}, {Field: "body", Op: "contains", Values: []string{"x"}},
		{Field: "summary", Op: "contains", Values: []string{"x"}}, {Field: "lead_description", Op: "starts", Values: []string{"x"}}, {Field: "title", Op: "eq"}, {Field: "title", Op: "", Values: []string{"x"}},
	} {
		view(t, env, func(v *live.View) error {
			if _, err := v.List(live.Query{Kind: "news", Sort: "title", Limit: 1, Filters: []live.Filter{f}}); !errors.Is(err, live.ErrNotFound) {
				t.Errorf("%+v: %v", f, err)
			}
			return nil
		})
	}
}
