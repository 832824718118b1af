// Package store is the only door to the database: schema, migrations, every
// query, every transaction. Nothing else imports gorm.
//
// A [Store] holds two pools. Writes go through the writer, a single connection
// whose transactions begin with the write lock; reads go through query-only
// connections, so that a write on the wrong handle fails at once instead of
// escaping its transaction. Writing methods exist on [Tx] alone; [Read] has
// what the editor side may ask, [Live] what readers may see. Package cms opens
// transactions and decides what happens together; this package never does.
//
// The surprising fact: every [Tx] method that changes something readers can
// see also appends the journal row that says so, and every query of [Live] notes
// the names of what it reads. A row moves the names of what it tells of (reads.go),
// and an answer is valid while none of its names has moved. A change without a
// row, or a query without a name, would be a stale page; tests call each of those
// methods, and read the source of each of those queries.
package store
