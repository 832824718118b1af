package account

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"strings"
	"unicode"
)

// leakedPasswords holds one password a line, in lower case and sorted.
// README.md beside it says where they come from and under which licence.
//
//go:embed leaked_passwords.txt.gz
var leakedPasswords []byte

// filler is how many unforeseeable characters around a leaked password make
// it a password of its own. A year and some exclamation marks do not.
const filler = 7

// leaked reports whether unit, in lower case, is on the list, or is once the
// digits and signs at its ends are taken off, either as it is or with letters
// swapped for digits. The list is read through for each call, some
// milliseconds in a place where a person has just thought up a password, and
// so takes no memory in between.
func leaked(unit []rune) bool {
	whole := string(unit)
	core := strings.TrimFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) })
	if core != "" {
		i := strings.Index(whole, core)
		if surprises([]rune(whole[:i]))+surprises([]rune(whole[i+len(core):])) >= filler {
			core = ""
		}
	}
	wholeLooks, coreLooks := skeleton(whole), skeleton(core)

	zr, err := gzip.NewReader(bytes.NewReader(leakedPasswords))
	if err != nil {
		panic(fmt.Sprintf("account: embedded list: %v", err)) // cannot happen in a binary whose tests ran
	}
	lines := bufio.NewScanner(zr)
	var folded []byte
	for lines.Scan() {
		line := lines.Bytes()
		if string(line) == whole || string(line) == core {
			return true
		}
		if len(line) != len(wholeLooks) && len(line) != len(coreLooks) {
			continue
		}
		folded = foldASCII(folded[:0], line)
		if string(folded) == wholeLooks || core != "" && string(folded) == coreLooks {
			return true
		}
	}
	if err := lines.Err(); err != nil {
		panic(fmt.Sprintf("account: embedded list: %v", err))
	}
	return false
}

// foldASCII appends the skeleton of an ASCII word, which is as long as the
// word. Other words of the list are compared as they are.
func foldASCII(to, word []byte) []byte {
	for _, c := range word {
		switch c {
		case '0':
			c = 'o'
		case '1', 'l', '!', '|':
			c = 'i'
		case '3':
			c = 'e'
		case '4', '@':
			c = 'a'
		case '5', '$':
			c = 's'
		case '7', '+':
			c = 't'
		}
		to = append(to, c)
	}
	return to
}
