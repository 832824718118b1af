package block

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Languages are those the package's own words exist in, in the order of the
// columns of the table in words_table.go.
var Languages = []string{"en", "fr", "nl", "es", "ar"}

// Word is a word of the package in a language of Languages (by its base language;
// any other is English): names of blocks and fields, hints, choices, and the words
// a rendering needs. {0}, {1} stand for the arguments. An unknown key comes back
// as it is, so that it can be seen.
func Word(lang, key string, args ...any) string {
	s := word(lang, key)
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return s
}

// WordKeys lists the keys of Word, sorted.
func WordKeys() []string {
	keys := make([]string, 0, len(words)+len(messages))
	for k := range words {
		keys = append(keys, k)
	}
	for k := range messages {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func word(lang, key string) string {
	row, ok := words[key]
	if !ok {
		if row, ok = messages[key]; !ok {
			return key
		}
	}
	if i := slices.Index(Languages, baseLang(lang)); i >= 0 {
		return row[i]
	}
	return row[0]
}

// sentence is a word with named arguments: {max}.
func sentence(lang, key string, args map[string]any) string {
	s := word(lang, key)
	for name, a := range args {
		s = strings.ReplaceAll(s, "{"+name+"}", fmt.Sprint(a))
	}
	return s
}
