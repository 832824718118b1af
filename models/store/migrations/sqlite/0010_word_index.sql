-- +goose Up
-- The indexes of words, of what readers and staff find and of files, as lists of
-- document numbers by term (models/store/word_index.go). Ranking asks many short
-- questions of a few long lists, which FTS5 answered a row at a time.
DROP TRIGGER staff_draft_gone;
DROP TABLE search_index;
DROP TABLE search_docs;
DROP TABLE staff_index;
DROP TABLE staff_docs;

-- A number is given once: what is indexed anew gets a new one, and what is under
-- an old one is dead.
CREATE TABLE search_docs (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  edition_id  TEXT NOT NULL UNIQUE,
  entry_id    TEXT NOT NULL,
  title_words INTEGER NOT NULL
);
-- The numbers of the documents that have a term, ascending, in pieces of some
-- hundred bytes: the first number, and the steps from each to the next.
CREATE TABLE search_pieces (
  term  TEXT NOT NULL,
  first INTEGER NOT NULL,
  steps BLOB NOT NULL,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
-- The newest documents, whose numbers are in no piece yet.
CREATE TABLE search_fresh (
  id    INTEGER PRIMARY KEY,
  terms TEXT NOT NULL
);
-- Numbers that are in pieces and belong to nothing any more.
CREATE TABLE search_dead (
  n  INTEGER PRIMARY KEY AUTOINCREMENT,
  id INTEGER NOT NULL
);

-- Public editions whose words are to be taken apart again, because a file that
-- they say something about is given out no more, or again.
CREATE TABLE search_queue (
  edition_id TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE staff_docs (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  edition_id  TEXT NOT NULL UNIQUE,
  entry_id    TEXT NOT NULL,
  title_words INTEGER NOT NULL
);
CREATE TABLE staff_pieces (
  term  TEXT NOT NULL,
  first INTEGER NOT NULL,
  steps BLOB NOT NULL,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
CREATE TABLE staff_fresh (
  id    INTEGER PRIMARY KEY,
  terms TEXT NOT NULL
);
CREATE TABLE staff_dead (
  n  INTEGER PRIMARY KEY AUTOINCREMENT,
  id INTEGER NOT NULL
);
-- +goose StatementBegin
CREATE TRIGGER staff_draft_gone AFTER DELETE ON drafts WHEN old.body <> '' BEGIN
  DELETE FROM staff_queue WHERE edition_id = old.edition_id;
  DELETE FROM staff_fresh WHERE id = (SELECT id FROM staff_docs WHERE edition_id = old.edition_id);
  INSERT INTO staff_dead (id) SELECT id FROM staff_docs WHERE edition_id = old.edition_id;
  DELETE FROM staff_docs WHERE edition_id = old.edition_id;
END;
-- +goose StatementEnd

CREATE TABLE asset_docs (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id TEXT NOT NULL UNIQUE
);
CREATE TABLE asset_pieces (
  term  TEXT NOT NULL,
  first INTEGER NOT NULL,
  steps BLOB NOT NULL,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
CREATE TABLE asset_fresh (
  id    INTEGER PRIMARY KEY,
  terms TEXT NOT NULL
);
CREATE TABLE asset_dead (
  n  INTEGER PRIMARY KEY AUTOINCREMENT,
  id INTEGER NOT NULL
);

-- What is there is taken apart again.
DELETE FROM settings WHERE key IN ('search', 'staff_search');
INSERT INTO settings (key, value)
  SELECT 'search', '1' WHERE NOT EXISTS (SELECT 1 FROM editions WHERE live_revision IS NOT NULL);
INSERT INTO settings (key, value)
  SELECT 'staff_search', '1' WHERE NOT EXISTS (SELECT 1 FROM drafts WHERE body <> '');
