-- +goose Up
-- Every public edition by kind, language and the time it became public, with
-- what lists are ordered and narrowed by. The order of a list lies over three
-- tables (editions, entries, revisions), so no index on one of them gives it:
-- the newest twenty pages cost a sort of all pages. The triggers keep it in
-- step with the view "live" whoever writes, within the same transaction. Times
-- are declared as those of editions are: SQLite compares columns of different
-- types without their index.
CREATE TABLE listed (
  kind         TEXT NOT NULL,
  lang         TEXT NOT NULL,
  published_at DATETIME NOT NULL,
  edition_id   TEXT NOT NULL,
  entry_id     TEXT NOT NULL,
  branch       TEXT NOT NULL,
  updated_at   DATETIME NOT NULL,
  title        TEXT NOT NULL,
  PRIMARY KEY (kind, lang, published_at, edition_id)
) WITHOUT ROWID;
CREATE INDEX listed_by_update ON listed (kind, lang, updated_at, edition_id);
CREATE INDEX listed_by_title ON listed (kind, lang, title, edition_id);

INSERT INTO listed (kind, lang, published_at, edition_id, entry_id, branch, updated_at, title)
  SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE lang <> 'und';

-- +goose StatementBegin
CREATE TRIGGER listed_edition_comes AFTER INSERT ON editions WHEN new.live_revision IS NOT NULL AND new.lang <> 'und' BEGIN
  INSERT INTO listed (kind, lang, published_at, edition_id, entry_id, branch, updated_at, title)
    SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE edition_id = new.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listed_edition_changes AFTER UPDATE OF live_revision, first_published_at, published_at ON editions WHEN new.lang <> 'und' BEGIN
  DELETE FROM listed WHERE kind = (SELECT kind FROM entries WHERE id = old.entry_id) AND lang = old.lang
    AND published_at = old.first_published_at AND edition_id = old.id;
  INSERT INTO listed (kind, lang, published_at, edition_id, entry_id, branch, updated_at, title)
    SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE edition_id = new.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listed_edition_goes AFTER DELETE ON editions WHEN old.live_revision IS NOT NULL AND old.lang <> 'und' BEGIN
  DELETE FROM listed WHERE kind = (SELECT kind FROM entries WHERE id = old.entry_id) AND lang = old.lang
    AND published_at = old.first_published_at AND edition_id = old.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listed_entry_moves AFTER UPDATE OF branch ON entries WHEN old.kind = new.kind AND old.branch <> new.branch BEGIN
  UPDATE listed SET branch = new.branch WHERE (kind, lang, published_at, edition_id) IN (
    SELECT new.kind, lang, first_published_at, id FROM editions WHERE entry_id = new.id AND live_revision IS NOT NULL AND lang <> 'und');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listed_entry_changes AFTER UPDATE OF kind, trashed_at ON entries
  WHEN old.kind <> new.kind OR old.trashed_at IS NOT new.trashed_at BEGIN
  DELETE FROM listed WHERE (kind, lang, published_at, edition_id) IN (
    SELECT old.kind, lang, first_published_at, id FROM editions WHERE entry_id = old.id AND live_revision IS NOT NULL AND lang <> 'und');
  INSERT INTO listed (kind, lang, published_at, edition_id, entry_id, branch, updated_at, title)
    SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE entry_id = new.id AND lang <> 'und';
END;
-- +goose StatementEnd
