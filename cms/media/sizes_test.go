package media_test

import (
	"slices"
	"testing"

	"meridian/cms/media/picture"
	"meridian/models"
)

// TestSizesAgree: pictures are made in the sizes and shapes that the rows know.
func TestSizesAgree(t *testing.T) {
	t.Parallel()
	if !slices.Equal(picture.Widths, models.Widths) {
		t.Errorf("made in %v, known are %v", picture.Widths, models.Widths)
	}
	var shapes []models.Ratio
	for _, r := range picture.Ratios {
		shapes = append(shapes, models.Ratio(r))
	}
	if want := append([]models.Ratio{models.RatioWhole}, models.Ratios...); !slices.Equal(shapes, want) {
		t.Errorf("made in %q, known are %q", shapes, want)
	}
}
