// Package site is the readers' HTML: the home pages, sections, pages and news
// in every language, their feeds, the answers to old, wrong and removed
// addresses, the sitemap and the few files that browsers and crawlers look for.
// The server mounts it behind the page cache for every path that nobody else
// owns.
//
// It reads through cms/live alone, in one view per request; templates and words
// come from package web. Whatever a page shows is made in Go, in a struct that
// embeds [Base]; templates only set it.
//
// The surprising fact: an address is not a route but content. All of them go
// through one handler, which asks cms/live where an address leads, and answers
// any other spelling of it (a missing slash, capitals, an old name) with one
// redirect to the one address that the item has.
package site
