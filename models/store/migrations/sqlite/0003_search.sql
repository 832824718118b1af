-- +goose Up
-- What readers find by words. A row for every public edition, in the
-- transaction that makes it public; a larger id became public later.
CREATE TABLE search_docs (
  id          INTEGER PRIMARY KEY,
  edition_id  TEXT NOT NULL UNIQUE,
  entry_id    TEXT NOT NULL,
  title_words INTEGER NOT NULL
);
CREATE INDEX search_docs_by_entry ON search_docs (entry_id);

-- Its terms, made by cms/search. One that counts for more is there a second
-- time, with the digit of where it stands in front. The words themselves stay
-- in the revisions.
CREATE VIRTUAL TABLE search_index USING fts5 (
  terms,
  content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_-'"
);
-- Publishing waits for no long merges; searching reads a few more pieces.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 8);

-- Words of what is or was public, for completing and correcting queries. What
-- no document has any more is found out by looking for it.
CREATE TABLE search_words (
  id     INTEGER PRIMARY KEY,
  lang   TEXT NOT NULL,
  folded TEXT NOT NULL,
  shown  TEXT NOT NULL,
  UNIQUE (lang, folded)
);
CREATE INDEX search_words_by_lang ON search_words (lang, id);

-- The rules the index was made by. A database that has nothing public yet
-- begins with an index that is complete.
INSERT INTO settings (key, value)
  SELECT 'search', '1' WHERE NOT EXISTS (SELECT 1 FROM editions WHERE live_revision IS NOT NULL);
