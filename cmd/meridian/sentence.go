package main

import (
	"maps"
	"slices"
	"strings"

	"meridian/models"
	"meridian/web"
)

// sentence says in English what is wrong with inputs, with the words that the
// screens use.
func sentence(e *models.InvalidError) string {
	var out []string
	for _, f := range slices.Sorted(maps.Keys(e.Fields)) {
		out = append(out, f+": "+inWords(e.Fields[f], "problem"))
	}
	return strings.Join(out, "\n          ")
}

// inWords returns the sentence for a problem from the first kind of sentences
// that has one.
func inWords(p models.Problem, kinds ...string) string {
	if cat, err := web.Words(); err == nil {
		for _, k := range kinds {
			if s, ok := cat.Sentence("en", k+"."+p.Code, p.Args); ok {
				return s
			}
		}
	}
	return p.Code
}
