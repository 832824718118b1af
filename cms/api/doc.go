// Package api is the read half of the JSON interface at /api/v1: what other
// sites, scripts and static exports read. It answers for published content
// only, through package cms/live, to anybody and without cookies; cmd mounts
// [New] behind the page cache, whose keys need [Params].
//
// The shapes are the types in types.go, whose members are always all there and
// always in that order, unless somebody asked for fewer with fields=. Within
// v1 they only grow.
//
// The surprising fact: parameters nobody declared are errors. A misspelt
// filter that is passed over would return everything, and the reader of the
// answer could not tell.
package api
