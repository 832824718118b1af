// Package web holds everything that is not Go: the templates of the readers'
// site and of the back office, their styles and pictures, and the words of the
// interface in five languages. It knows how to render a template into a buffer
// and how to serve a file, and nothing about what is shown: it imports nothing
// of ours. cms/site and admin use it; the server mounts Static.
//
// The surprising fact: readers' pages carry their style sheet inline, allowed by
// its hash in the Content-Security-Policy, so that a page is one request. This
// is the one place where a style sheet becomes a template.CSS.
package web

import "embed"

//go:embed all:templates static locales
var files embed.FS
