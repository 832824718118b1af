package account

import (
	"regexp"
	"testing"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z2-7]{52}$`)
	seen := map[string]bool{}
	for range 1000 {
		token := NewToken()
		if !form.MatchString(token) || seen[token] {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
	}
	if got, want := TokenHash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("TokenHash = %s, want %s", got, want)
	}
}
