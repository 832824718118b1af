-- +goose Up
-- What was public and is public again keeps its place in every list but the one
-- by update, so its row is changed where it stands. (Before, each publish took
-- the row out of all three orders and put it back.)
DROP TRIGGER listed_edition_changes;
-- +goose StatementBegin
CREATE TRIGGER listed_edition_again AFTER UPDATE OF live_revision, published_at ON editions
  WHEN new.lang <> 'und' AND old.live_revision IS NOT NULL AND new.live_revision IS NOT NULL AND old.first_published_at = new.first_published_at BEGIN
  UPDATE listed SET updated_at = new.published_at, title = (SELECT title FROM revisions WHERE id = new.live_revision)
   WHERE kind = (SELECT kind FROM entries WHERE id = new.entry_id) AND lang = new.lang
     AND published_at = new.first_published_at AND edition_id = new.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listed_edition_changes AFTER UPDATE OF live_revision, first_published_at, published_at ON editions
  WHEN new.lang <> 'und' AND (old.live_revision IS NULL OR new.live_revision IS NULL OR old.first_published_at IS NOT new.first_published_at) BEGIN
  DELETE FROM listed WHERE kind = (SELECT kind FROM entries WHERE id = old.entry_id) AND lang = old.lang
    AND published_at = old.first_published_at AND edition_id = old.id;
  INSERT INTO listed (kind, lang, published_at, edition_id, entry_id, branch, updated_at, title)
    SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE edition_id = new.id;
END;
-- +goose StatementEnd

-- Publishing merges no pieces of the search index any more: the server does
-- that between publishes. The bound is for processes that publish a great deal
-- without it.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 64);

-- Lists know by now what changed last, in each language.
DROP INDEX editions_live;
