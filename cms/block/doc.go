// Package block is the text format: it reads, checks, normalises, compares and
// renders the bodies of entries, and turns them into plain form fields and back.
// The editor side validates what people type with it, the reader side renders
// with it, and the registry in it (one Spec per block) drives both.
//
// A body is a tree of nodes in the shape of ProseMirror's JSON, from a closed
// schema: what the registry does not name is refused with a JSON Pointer, never
// cleaned up silently. There is no HTML anywhere in a stored text, so the only
// place that can write markup is this package's markup.go.
//
// Surprising fact: a block keeps its id for life and across languages. The id of
// a French paragraph is the id of the English one it was translated from, which
// is how a translation knows exactly which of its blocks fell behind.
package block
