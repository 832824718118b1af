-- +goose Up
-- Files that were uploaded, with all that is known of them. What may be shown is
-- assets.withheld, kept in step with people and consents by every transaction
-- that changes them.
CREATE TABLE assets (
  id          TEXT PRIMARY KEY,
  section_id  TEXT NOT NULL REFERENCES entries (id),
  branch      TEXT NOT NULL,
  domain_id   TEXT NOT NULL,
  shared      INTEGER NOT NULL DEFAULT 0,
  kind        TEXT NOT NULL CHECK (kind IN ('image', 'document', 'audio', 'video', 'captions', 'data')),
  version_id  TEXT NOT NULL,
  title       TEXT NOT NULL DEFAULT '',
  credit      TEXT NOT NULL DEFAULT '',
  licence     TEXT NOT NULL DEFAULT '',
  taken       TEXT NOT NULL DEFAULT '',
  place       TEXT NOT NULL DEFAULT '',
  lang        TEXT NOT NULL DEFAULT '',
  focus_x     INTEGER NOT NULL DEFAULT 500 CHECK (focus_x BETWEEN 0 AND 1000),
  focus_y     INTEGER NOT NULL DEFAULT 500 CHECK (focus_y BETWEEN 0 AND 1000),
  people      TEXT NOT NULL DEFAULT '' CHECK (people IN ('', 'none', 'adults', 'children', 'crowd')),
  consent_id  TEXT NOT NULL DEFAULT '',
  withheld    TEXT NOT NULL DEFAULT '',
  first_public_at DATETIME,
  uploaded_by TEXT NOT NULL REFERENCES users (id),
  created_at  DATETIME NOT NULL,
  changed_at  DATETIME NOT NULL,
  trashed_at  DATETIME,
  erased_at   DATETIME,
  version     INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX assets_by_branch ON assets (branch, id);
CREATE INDEX assets_shared ON assets (id) WHERE shared = 1;
CREATE INDEX assets_trashed ON assets (trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX assets_by_section ON assets (section_id);
CREATE INDEX assets_withheld ON assets (withheld, id) WHERE withheld <> '';

CREATE TABLE asset_versions (
  id          TEXT PRIMARY KEY,
  asset_id    TEXT NOT NULL REFERENCES assets (id),
  number      INTEGER NOT NULL,
  file        TEXT NOT NULL,
  name        TEXT NOT NULL,
  type        TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  width       INTEGER NOT NULL DEFAULT 0,
  height      INTEGER NOT NULL DEFAULT 0,
  frames      INTEGER NOT NULL DEFAULT 0,
  pages       INTEGER NOT NULL DEFAULT 0,
  hash        TEXT NOT NULL,
  source_hash TEXT NOT NULL,
  removed     TEXT,
  flags       TEXT,
  uploaded_by TEXT NOT NULL,
  created_at  DATETIME NOT NULL,
  rendered_at DATETIME,
  UNIQUE (asset_id, number)
);
CREATE UNIQUE INDEX asset_versions_by_file ON asset_versions (file) WHERE file <> '';
CREATE INDEX asset_versions_by_source ON asset_versions (source_hash);
CREATE INDEX asset_versions_by_uploader ON asset_versions (uploaded_by, created_at);
CREATE INDEX asset_versions_unrendered ON asset_versions (id) WHERE rendered_at IS NULL;

-- A crop is made again when the point it is made around moves.
CREATE TABLE renditions (
  version_id TEXT NOT NULL REFERENCES asset_versions (id),
  ratio      TEXT NOT NULL,
  width      INTEGER NOT NULL,
  type       TEXT NOT NULL,
  height     INTEGER NOT NULL,
  focus_x    INTEGER NOT NULL,
  focus_y    INTEGER NOT NULL,
  bytes      INTEGER NOT NULL,
  file       TEXT NOT NULL UNIQUE,
  hash       TEXT NOT NULL,
  PRIMARY KEY (version_id, ratio, width, type)
) WITHOUT ROWID;

CREATE TABLE asset_descriptions (
  asset_id TEXT NOT NULL REFERENCES assets (id),
  lang     TEXT NOT NULL,
  text     TEXT NOT NULL,
  user_id  TEXT NOT NULL,
  at       DATETIME NOT NULL,
  PRIMARY KEY (asset_id, lang)
) WITHOUT ROWID;

CREATE TABLE consents (
  id           TEXT PRIMARY KEY,
  asset_id     TEXT NOT NULL REFERENCES assets (id),
  given_by     TEXT NOT NULL,
  uses         TEXT,
  langs        TEXT,
  until        TEXT NOT NULL DEFAULT '',
  zone         TEXT NOT NULL,
  ends_at      DATETIME,
  evidence     TEXT NOT NULL DEFAULT '',
  pseudonym    TEXT NOT NULL DEFAULT '',
  created_by   TEXT NOT NULL REFERENCES users (id),
  created_at   DATETIME NOT NULL,
  withdrawn_at DATETIME,
  withdrawn_by TEXT NOT NULL DEFAULT '',
  reason       TEXT NOT NULL DEFAULT '',
  CHECK ((until = '') = (ends_at IS NULL))
);
CREATE INDEX consents_by_asset ON consents (asset_id, id);
CREATE INDEX consents_by_end ON consents (ends_at) WHERE ends_at IS NOT NULL AND withdrawn_at IS NULL;
CREATE INDEX consents_by_withdrawal ON consents (withdrawn_at) WHERE withdrawn_at IS NOT NULL;

CREATE TABLE collections (
  id         TEXT PRIMARY KEY,
  section_id TEXT NOT NULL REFERENCES entries (id),
  branch     TEXT NOT NULL,
  domain_id  TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  version    INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE collection_assets (
  collection_id TEXT NOT NULL REFERENCES collections (id),
  asset_id      TEXT NOT NULL REFERENCES assets (id),
  PRIMARY KEY (collection_id, asset_id)
) WITHOUT ROWID;
CREATE INDEX collection_assets_by_asset ON collection_assets (asset_id);

-- The text of a document, for searching and for taking it apart again.
CREATE TABLE asset_texts (
  version_id TEXT PRIMARY KEY REFERENCES asset_versions (id),
  text       TEXT NOT NULL
) WITHOUT ROWID;

-- Assets whose words changed and are not in the index of what staff find files by
-- yet: title, names, descriptions, place, credit and the text of documents.
CREATE TABLE asset_queue (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id TEXT NOT NULL UNIQUE REFERENCES assets (id)
);

-- What readers may have of a file, defined once. The gate of consents is in it;
-- consent_ends_at is the moment from which they may not have it any more, which
-- whoever answers compares with the clock. Whether a public page uses the file
-- is asked besides (asset_uses).
CREATE VIEW live_assets AS
  SELECT a.id, a.kind, a.title, a.credit, a.licence, a.lang, a.focus_x, a.focus_y, a.people, a.changed_at,
         c.ends_at AS consent_ends_at, coalesce(c.langs, '[]') AS consent_langs,
         v.id AS version_id, v.number, v.file, v.name, v.type, v.bytes, v.width, v.height, v.frames, v.pages, v.hash
    FROM assets a
    JOIN asset_versions v ON v.id = a.version_id
    LEFT JOIN consents c ON c.id = a.consent_id AND a.people IN ('adults', 'children')
   WHERE a.trashed_at IS NULL AND a.erased_at IS NULL AND a.withheld = '' AND v.file <> '';

-- Where readers meet an asset: in public text, or in the facts of an entry that
-- is public in some language.
CREATE VIEW asset_uses AS
  SELECT f.target_id AS asset_id, d.entry_id, d.id AS edition_id, d.lang, f.block_id, f.purpose
    FROM refs f
    JOIN editions d ON d.id = f.edition_id AND d.live_revision IS NOT NULL
    JOIN entries e ON e.id = d.entry_id AND e.trashed_at IS NULL
   WHERE f.live = 1 AND f.target_kind = 'media'
     AND (d.lang <> 'und' OR EXISTS (SELECT 1 FROM editions o WHERE o.entry_id = d.entry_id AND o.lang <> 'und' AND o.live_revision IS NOT NULL));
