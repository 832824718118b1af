// Package admin is the back office: screens, forms, sessions and the messages
// between them. Everything it shows or changes goes through the use cases of
// cms and cms/account, which decide who may; this package asks, and says in the
// reader's own language what came back. The server mounts [New] at /admin/.
//
// Every screen is a page with an address of its own that works by plain GET and
// POST. A handler parses, calls and responds, and returns its error; one table
// (routes.go) names every address with the right it needs, and one switch
// (errors.go) turns errors into pages.
//
// The surprising fact: no cookie exists before somebody signs in. A session row
// is created at sign-in and afterwards only ever updated, so a request that was
// under way while its session ended cannot bring it back.
package admin
