-- +goose Up
-- The trash: what one act took along comes back together.
ALTER TABLE entries ADD COLUMN trashed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN trash_id TEXT NOT NULL DEFAULT '';
CREATE INDEX entries_trashed ON entries (trash_id) WHERE trashed_at IS NOT NULL;

-- What readers saw before the last publish, so that it can be undone. A reason
-- of being withdrawn outlives the next publish for the same purpose.
ALTER TABLE editions ADD COLUMN replaced_revision TEXT REFERENCES revisions (id);
-- Nobody knows any more what the publishes of before replaced.
UPDATE editions SET replaced_revision = live_revision;

-- What is left of what readers knew and nobody can restore: every address it
-- had, and its id, go on answering "gone".
CREATE TABLE tombstones (
  entry_id  TEXT NOT NULL,
  lang      TEXT NOT NULL,
  path      TEXT NOT NULL,
  kind      TEXT NOT NULL,
  reason    TEXT NOT NULL DEFAULT '',
  purged_at DATETIME NOT NULL,
  PRIMARY KEY (entry_id, lang, path)
) WITHOUT ROWID;
CREATE INDEX tombstones_by_path ON tombstones (lang, path);

-- What is to become public, or to end being so, by itself. Local time and zone
-- are what somebody chose; "at" is that moment in UTC.
CREATE TABLE schedules (
  edition_id     TEXT NOT NULL REFERENCES editions (id),
  act            TEXT NOT NULL CHECK (act IN ('publish', 'unpublish')),
  at             DATETIME NOT NULL,
  local          TEXT NOT NULL,
  zone           TEXT NOT NULL,
  revision_id    TEXT REFERENCES revisions (id),
  facts_revision TEXT REFERENCES revisions (id),
  user_id        TEXT NOT NULL REFERENCES users (id),
  created_at     DATETIME NOT NULL,
  refused_at     DATETIME,
  refusal        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (edition_id, act),
  CHECK ((act = 'publish') = (revision_id IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (at) WHERE refused_at IS NULL;

-- How often readers asked for an address that leads elsewhere or nowhere.
CREATE TABLE address_hits (
  lang     TEXT NOT NULL,
  path     TEXT NOT NULL,
  hits     INTEGER NOT NULL,
  first_at DATETIME NOT NULL,
  last_at  DATETIME NOT NULL,
  PRIMARY KEY (lang, path)
) WITHOUT ROWID;
CREATE INDEX address_hits_by_hits ON address_hits (hits);

ALTER TABLE term_labels ADD COLUMN definition TEXT NOT NULL DEFAULT '';
