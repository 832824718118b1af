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
// see also appends the journal row that says so. The newest row's number is
// the generation that cached pages are valid for, so a change without a row
// would be a stale page; a test calls each of those methods and looks.
package store
