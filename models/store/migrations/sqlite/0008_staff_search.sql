-- +goose Up
-- What staff find by words: the drafts, in an index of their own that nothing
-- readers ask looks into. A larger id was saved later.
CREATE TABLE staff_docs (
  id          INTEGER PRIMARY KEY,
  edition_id  TEXT NOT NULL UNIQUE,
  entry_id    TEXT NOT NULL,
  title_words INTEGER NOT NULL
);
CREATE VIRTUAL TABLE staff_index USING fts5 (
  terms,
  content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_-'"
);

-- Drafts whose newest words are not in the index yet, in the order they were
-- saved in. Taking a text apart costs more than saving it, so that happens
-- afterwards; a number that is used once tells a draft saved meanwhile.
CREATE TABLE staff_queue (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  edition_id TEXT NOT NULL UNIQUE
);
INSERT INTO staff_queue (edition_id) SELECT edition_id FROM drafts WHERE body <> '' ORDER BY saved_at, edition_id;

-- Whoever writes a draft, by whatever way, writes it here too. Facts have no
-- body and are not searched.
-- +goose StatementBegin
CREATE TRIGGER staff_draft_made AFTER INSERT ON drafts WHEN new.body <> '' BEGIN
  INSERT INTO staff_queue (edition_id) VALUES (new.edition_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER staff_draft_saved AFTER UPDATE OF title, summary, body ON drafts
  WHEN new.title <> old.title OR new.summary <> old.summary OR new.body <> old.body BEGIN
  DELETE FROM staff_queue WHERE edition_id = new.edition_id;
  INSERT INTO staff_queue (edition_id) VALUES (new.edition_id);
END;
-- +goose StatementEnd
-- What is deleted for good leaves no word behind.
-- +goose StatementBegin
CREATE TRIGGER staff_draft_gone AFTER DELETE ON drafts WHEN old.body <> '' BEGIN
  DELETE FROM staff_queue WHERE edition_id = old.edition_id;
  DELETE FROM staff_index WHERE rowid = (SELECT id FROM staff_docs WHERE edition_id = old.edition_id);
  DELETE FROM staff_docs WHERE edition_id = old.edition_id;
END;
-- +goose StatementEnd

-- The rules that the index is made by.
INSERT INTO settings (key, value) VALUES ('staff_search', '1');
