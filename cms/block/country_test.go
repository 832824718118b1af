package block

import "testing"

func TestCountryName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ code, lang, want string }{
		{"BE", "en", "Belgium"}, {"BE", "fr-BE", "Belgique"}, {"PS", "nl", "Palestina"}, {"PS", "ar", "فلسطين"}, {"MK", "en", "North Macedonia"},
		{"PS", "es-419", "Palestina"}, {"", "en", ""}, {"not a code", "en", "not a code"},
	} {
		if got := CountryName(tt.code, tt.lang); got != tt.want {
			t.Errorf("CountryName(%q, %s) = %q, want %q", tt.code, tt.lang, got, tt.want)
		}
	}
}
