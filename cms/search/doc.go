// Package search knows how words are looked for in each language: how text is
// cut into words, which forms of a word count as the same, what the words of a
// query stand for, what was probably meant, and where in a text the words are.
// Rows and SQL live in models/store.
//
// A word is looked for by its terms. A term is a stem with the language in
// front ("fr_enfant"), so one index holds all languages and none of them finds
// or outweighs the words of another. Words of languages without a stemmer are
// their own stems.
//
// The surprising fact: the index knows no positions and no frequencies. What
// counts for more, a term in the title, in the summary, or said often, is a term
// of its own ("1fr_enfant"), so that the best documents for a word that
// everybody uses are a short list and need no ranking of all the others.
package search

// Version is the number of the rules in this package. An index made by other
// rules is made anew.
const Version = 1
