// Package models holds the nouns of Meridian and the rules that need nothing
// but the nouns themselves: what an entry, an edition, a draft and a revision
// are, who may do what where, what a kind of content is made of. It reads no
// clock, no disk and no network, so every rule in it is tested by calling it.
//
// The words, used in code, screens, API and documents alike:
//
//   - An [Entry] is a section, a page or a news item. Its id is never reused.
//   - An [Edition] is an entry in one language. What is the same in every
//     language, the facts, is an edition too: the one with the language [Facts].
//   - A [Draft] is the working text of an edition; every save overwrites it.
//   - A [Revision] is a sealed snapshot. Publishing seals one and points
//     Edition.LiveRevision at it; nothing else makes a text public.
//   - A [Change] is one row of the journal: something public became different.
//   - A [Grant] gives a [User] a role on a section and everything below it,
//     down to but not into the next organisation section.
//
// The surprising fact: there is no "published" flag anywhere. Public is
// "the live revision is set and nothing is in the trash", and models/store
// states that once, in SQL.
package models
