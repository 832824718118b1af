// Package openapi writes the description of a JSON interface in OpenAPI 3.1: the
// shape of such a document, schemas made from the Go types that are marshalled,
// and a TypeScript client made from a document. Package api fills it in; nothing
// here knows what is described.
//
// Members stand in the order they were declared in, as they do in answers: a
// description is read by people first.
//
// The surprising fact: a member that is there only when a query parameter asks
// for it says so with the extension x-when, because OpenAPI has no words for it.
// See [Schema.When].
package openapi
