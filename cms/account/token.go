package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// NewToken returns 256 random bits as 52 lower-case letters and digits, fit
// for an address, a cookie and reading out. It is shown or sent once; only its
// TokenHash is stored.
func NewToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// TokenHash returns the SHA-256 of a token in hexadecimal, the form in which
// it is stored and looked up. A plain hash is enough: 256 random bits cannot
// be guessed, and looking a hash up leaks nothing of the token by its time.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
