package account

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"meridian/models"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	forbidden := []string{"Meridian", "World Network of Harbours", "Jean-Luc O'Neill", "jl.oneill@belgium.example"}
	for _, tt := range []struct {
		name, pw string
		want     PasswordCode // empty for a password that may be set
		word     string
	}{
		{"phrase", "correct horse battery staple", "", ""},
		{"lower case only", "blueferryatdawnbreak", "", ""},
		{"words of the list in a row", "monkey dragon shadow", "", ""},
		{"digits only", "918273645027461", "", ""},
		{"emoji", "🦊🌧️🎻 rainy fox plays", "", ""},
		{"Arabic", "البحر هادئ في الصباح", "", ""},
		{"128 characters", strings.Repeat("qk7 Zp!w", 16) + "x", "", ""},
		{"fifteen", "tulpen in maart", "", ""},
		{"random around a listed word", "dragon/83172950462", "", ""},

		{"empty", "", PasswordShort, ""},
		{"fourteen", "tulpen in mart", PasswordShort, ""},
		{"fourteen characters, more bytes", strings.Repeat("é", 14), PasswordShort, ""},
		{"composed to fourteen", "e\u0301" + "tulpen in mar", PasswordShort, ""},
		{"too many bytes", strings.Repeat("tulpen in maart ", 65), PasswordLong, ""},
		{"not UTF-8", "tulpen in maart \xff", PasswordUnreadable, ""},

		{"one character", strings.Repeat("a", 20), PasswordSimple, ""},
		{"spaces", strings.Repeat(" ", 20), PasswordSimple, ""},
		{"two characters", "abababababababab", PasswordSimple, ""},
		{"short unit", "kz8kz8kz8kz8kz8kz8", PasswordSimple, ""},
		{"short unit cut off", "x7!pq x7!pq x7!", PasswordSimple, ""},
		{"alphabet", "abcdefghijklmnop", PasswordSimple, ""},
		{"backwards", "ponmlkjihgfedcba", PasswordSimple, ""},
		{"digits", "1234567890123456", PasswordSimple, ""},
		{"keyboard", "qwertyuiopasdfghjkl", PasswordSimple, ""},
		{"keyboard in France", "azertyuiopqsdfghjklm", PasswordSimple, ""},
		{"groups", "aaaabbbbccccdddd", PasswordSimple, ""},

		{"product", "my meridian password", PasswordPersonal, "Meridian"},
		{"product with digits", "my M3r1d14n passphrase", PasswordPersonal, "Meridian"},
		{"organisation", "seven harbours at night", PasswordPersonal, "Harbours"},
		{"user name", "JEAN and the tulips", PasswordPersonal, "Jean"},
		{"user name with an accent", "JÉAN and the tulips", PasswordPersonal, "Jean"},
		{"local part", "the oneill tulips", PasswordPersonal, "Neill"},
		{"domain", "tulips in belgium now", PasswordPersonal, "belgium"},
		{"short words do not count", "of a jl tulip in luc", "", ""},

		{"listed", "passwordpassword", PasswordLeaked, ""},
		{"listed with a year", "Password2024!!!", PasswordLeaked, ""},
		{"listed with signs", "!!!***password***", PasswordLeaked, ""},
		{"listed with digits for letters", "P@ssw0rd12345678!", PasswordLeaked, ""},
		{"listed, repeated", "dragondragondragon", PasswordLeaked, ""},
		{"listed, repeated with a hyphen", "sunshine-sunshine-", PasswordLeaked, ""},
		{"listed and counted on", "dragon1234567890", PasswordLeaked, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := CheckPassword(tt.pw, forbidden...)
			if tt.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var refused *PasswordError
			if !errors.As(err, &refused) || refused.Code != tt.want || refused.Word != tt.word {
				t.Fatalf("CheckPassword = %v, want %s %q", err, tt.want, tt.word)
			}
			if !errors.Is(err, models.ErrInvalid) {
				t.Error("not models.ErrInvalid")
			}
			if p := refused.Problem(); p.Code != string(tt.want) {
				t.Errorf("Problem = %+v", p)
			}
		})
	}
}

func TestLeakedList(t *testing.T) {
	t.Parallel()
	zr, err := gzip.NewReader(bytes.NewReader(leakedPasswords))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	lines := bufio.NewScanner(zr)
	for lines.Scan() {
		list = append(list, lines.Text())
	}
	if len(list) < 10_000 || lines.Err() != nil {
		t.Errorf("%d passwords, %v, want 10,000 at least", len(list), lines.Err())
	}
	if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Error("not sorted, or with doubles")
	}
	long := 0
	for _, pw := range list {
		if pw != strings.ToLower(pw) || len(pw) < 4 {
			t.Errorf("%q does not belong there", pw)
		}
		if len([]rune(pw)) >= MinPassword {
			long++
			if err := CheckPassword(pw); err == nil {
				t.Errorf("%q is on the list and was accepted", pw)
			}
		}
	}
	if long == 0 {
		t.Error("no long password was tried")
	}
	readme, err := os.ReadFile("README.md")
	if err != nil || !strings.Contains(string(readme), "49,193") || len(list) != 49193 {
		t.Errorf("README.md does not state the number %d: %v", len(list), err)
	}
}

func TestSkeletons(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"p@ssw0rd", "illegal!", "a|b$c+7", "0134578"} {
		if got, want := string(foldASCII(nil, []byte(s))), skeleton(s); got != want {
			t.Errorf("foldASCII(%q) = %q, skeleton %q", s, got, want)
		}
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"a": 1, "aaaa": 1, "abab": 2, "ababa": 2, "abcd": 4, "abca": 3, "aab": 3} {
		if got := period([]rune(s)); got != want {
			t.Errorf("period(%q) = %d, want %d", s, got, want)
		}
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	for b.Loop() {
		if err := CheckPassword("correct horse battery staple", "Meridian", "someone@organisation.example"); err != nil {
			b.Fatal(err)
		}
	}
}
