package block

import "strings"

// PhoneText returns a telephone number in the form of E.164 ("+41227340558") as
// people read it, in the international form of E.123 ("+41 22 734 05 58").
// Numbers of other forms come back as they are: whoever typed them grouped them.
func PhoneText(s string) string {
	digits, ok := strings.CutPrefix(s, "+")
	if !ok || len(digits) < 6 || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	n := callingCode(digits)
	code, rest := digits[:n], digits[n:]
	var b strings.Builder
	b.WriteByte('+')
	b.WriteString(code)
	for _, size := range phoneGroups(code, rest) {
		b.WriteByte(' ')
		b.WriteString(rest[:size])
		rest = rest[size:]
	}
	return b.String()
}

// callingCode is the length of the country code: North America and Russia have
// one digit, the codes listed two, all others three.
func callingCode(digits string) int {
	switch digits[0] {
	case '1', '7':
		return 1
	}
	if strings.Contains(" 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ", " "+digits[:2]+" ") {
		return 2
	}
	return 3
}

// habits are the usual groups of a few countries, by country code and the
// digits behind it.
var habits = map[string]map[int][]int{
	"1":  {10: {3, 3, 4}},
	"31": {9: {2, 3, 4}},
	"33": {9: {1, 2, 2, 2, 2}},
	"34": {9: {3, 3, 3}},
	"41": {9: {2, 3, 2, 2}},
	"44": {10: {2, 4, 4}},
	"32": {8: {1, 3, 2, 2}, 9: {3, 2, 2, 2}},
}

// phoneGroups divides what stands behind a country code: as its country does
// where that is known, else into pairs with what is odd in front.
func phoneGroups(code, rest string) []int {
	if groups := habits[code][len(rest)]; groups != nil {
		return groups
	}
	var groups []int
	left := len(rest)
	if left%2 == 1 {
		groups, left = append(groups, min(3, left)), left-min(3, left)
	}
	for ; left > 0; left -= 2 {
		groups = append(groups, 2)
	}
	return groups
}
