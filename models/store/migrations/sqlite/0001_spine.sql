-- +goose Up
-- JSON columns (fields, hashes, data, langs) hold NULL for "nothing".
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  email         TEXT NOT NULL,
  canonical     TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL DEFAULT '',
  lang          TEXT NOT NULL DEFAULT 'en',
  theme         TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
  disabled      INTEGER NOT NULL DEFAULT 0,
  created_at    DATETIME NOT NULL,
  seen_at       DATETIME,
  epoch         INTEGER NOT NULL DEFAULT 1
);

-- Ids of people are never reused: a deleted account must not lend its grants
-- to a later one. Accounts are disabled, not deleted.
-- +goose StatementBegin
CREATE TRIGGER users_stay BEFORE DELETE ON users BEGIN
  SELECT RAISE(ABORT, 'users are disabled, never deleted');
END;
-- +goose StatementEnd

CREATE TABLE entries (
  id            TEXT PRIMARY KEY,
  kind          TEXT NOT NULL,
  type          TEXT NOT NULL DEFAULT '',
  section_id    TEXT REFERENCES entries (id),
  branch        TEXT NOT NULL,
  domain_id     TEXT NOT NULL,
  position      INTEGER NOT NULL DEFAULT 0,
  nav           TEXT NOT NULL DEFAULT 'none' CHECK (nav IN ('none', 'main', 'footer')),
  original_lang TEXT NOT NULL,
  created_at    DATETIME NOT NULL,
  created_by    TEXT NOT NULL,
  trashed_at    DATETIME,
  version       INTEGER NOT NULL DEFAULT 1,
  CHECK ((kind = 'section') = (type IN ('area', 'organisation'))),
  CHECK (section_id IS NOT NULL OR kind = 'section')
);
CREATE UNIQUE INDEX entries_one_root ON entries ((section_id IS NULL)) WHERE section_id IS NULL;
CREATE INDEX entries_by_section ON entries (section_id, kind, position, id);
CREATE INDEX entries_by_branch ON entries (branch, kind);

CREATE TABLE revisions (
  id            TEXT PRIMARY KEY,
  edition_id    TEXT NOT NULL REFERENCES editions (id),
  number        INTEGER NOT NULL,
  title         TEXT NOT NULL,
  summary       TEXT NOT NULL,
  body          TEXT NOT NULL,
  fields        TEXT,
  based_on      TEXT NOT NULL DEFAULT '',
  source_hashes TEXT,
  machine       INTEGER NOT NULL DEFAULT 0,
  hashes        TEXT,
  hash          TEXT NOT NULL,
  author        TEXT NOT NULL,
  created_at    DATETIME NOT NULL,
  reason        TEXT NOT NULL,
  name          TEXT NOT NULL DEFAULT '',
  UNIQUE (edition_id, number)
);
-- +goose StatementBegin
CREATE TRIGGER revisions_sealed BEFORE UPDATE OF id, edition_id, number, title, summary, body, fields, based_on,
  source_hashes, machine, hashes, hash, author, created_at, reason ON revisions BEGIN
  SELECT RAISE(ABORT, 'revisions are immutable');
END;
-- +goose StatementEnd

CREATE TABLE editions (
  id                 TEXT PRIMARY KEY,
  entry_id           TEXT NOT NULL REFERENCES entries (id),
  lang               TEXT NOT NULL,
  slug               TEXT NOT NULL DEFAULT '',
  path               TEXT,
  live_revision      TEXT REFERENCES revisions (id),
  first_published_at DATETIME,
  published_at       DATETIME,
  withdrawn_at       DATETIME,
  withdrawn_reason   TEXT NOT NULL DEFAULT '',
  version            INTEGER NOT NULL DEFAULT 1,
  created_at         DATETIME NOT NULL,
  UNIQUE (entry_id, lang),
  CHECK ((lang = 'und') = (path IS NULL))
);
CREATE UNIQUE INDEX editions_by_path ON editions (lang, path) WHERE path IS NOT NULL;
CREATE INDEX editions_live ON editions (lang, published_at) WHERE live_revision IS NOT NULL;

CREATE TABLE drafts (
  edition_id    TEXT PRIMARY KEY REFERENCES editions (id),
  title         TEXT NOT NULL,
  summary       TEXT NOT NULL,
  body          TEXT NOT NULL,
  fields        TEXT,
  based_on      TEXT NOT NULL DEFAULT '',
  source_hashes TEXT,
  machine       INTEGER NOT NULL DEFAULT 0,
  hashes        TEXT,
  hash          TEXT NOT NULL,
  base_revision TEXT NOT NULL DEFAULT '',
  author        TEXT NOT NULL,
  saved_at      DATETIME NOT NULL
);
CREATE INDEX drafts_by_author ON drafts (author, saved_at);

-- "Public" is defined here, once: everything readers, other sites, feeds and
-- search may see goes through this view.
CREATE VIEW live AS
  SELECT e.id AS entry_id, e.kind, e.type, e.section_id, e.branch, e.domain_id, e.position, e.nav, e.original_lang,
         d.id AS edition_id, d.lang, d.slug, d.path, d.first_published_at, d.published_at,
         r.id AS revision_id, r.title, r.summary, r.body, r.fields, r.based_on, r.source_hashes, r.machine, r.hashes, r.hash,
         r.created_at AS revised_at
    FROM editions d
    JOIN entries e ON e.id = d.entry_id
    JOIN revisions r ON r.id = d.live_revision
   WHERE e.trashed_at IS NULL;

CREATE TABLE changes (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  at          DATETIME NOT NULL,
  subject     TEXT NOT NULL,
  subject_id  TEXT NOT NULL,
  kind        TEXT NOT NULL DEFAULT '',
  lang        TEXT NOT NULL DEFAULT '',
  action      TEXT NOT NULL,
  revision_id TEXT NOT NULL DEFAULT '',
  branch      TEXT NOT NULL DEFAULT '',
  actor       TEXT NOT NULL DEFAULT ''
);
-- +goose StatementBegin
CREATE TRIGGER changes_append_only BEFORE UPDATE ON changes BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER changes_stay BEFORE DELETE ON changes BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd

CREATE TABLE addresses (
  lang       TEXT NOT NULL,
  path       TEXT NOT NULL,
  edition_id TEXT REFERENCES editions (id),
  url        TEXT NOT NULL DEFAULT '',
  origin     TEXT NOT NULL CHECK (origin IN ('automatic', 'manual', 'imported')),
  created_at DATETIME NOT NULL,
  PRIMARY KEY (lang, path),
  CHECK ((edition_id IS NULL) = (url <> ''))
) WITHOUT ROWID;
CREATE INDEX addresses_by_edition ON addresses (edition_id);

CREATE TABLE terms (
  id         TEXT PRIMARY KEY,
  vocabulary TEXT NOT NULL,
  position   INTEGER NOT NULL DEFAULT 0,
  data       TEXT
);
CREATE TABLE term_labels (
  term_id    TEXT NOT NULL REFERENCES terms (id),
  lang       TEXT NOT NULL,
  vocabulary TEXT NOT NULL,
  label      TEXT NOT NULL,
  slug       TEXT NOT NULL,
  PRIMARY KEY (term_id, lang),
  UNIQUE (vocabulary, lang, slug)
) WITHOUT ROWID;

-- Projections of the live facts, rebuilt in the transaction that publishes
-- them: terms an entry carries, its date, and the profile of an organisation.
CREATE TABLE entry_terms (
  entry_id TEXT NOT NULL REFERENCES entries (id),
  field    TEXT NOT NULL,
  term_id  TEXT NOT NULL,
  PRIMARY KEY (entry_id, field, term_id)
) WITHOUT ROWID;
CREATE INDEX entry_terms_by_term ON entry_terms (term_id, entry_id);
CREATE TABLE entry_dates (
  entry_id TEXT PRIMARY KEY REFERENCES entries (id),
  date     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX entry_dates_by_date ON entry_dates (date, entry_id);
-- The public news below each section, one row for every section above an item
-- and every language it is public in: "the newest ten below here" is one range.
CREATE TABLE section_news (
  section_id TEXT NOT NULL REFERENCES entries (id),
  lang       TEXT NOT NULL,
  date       TEXT NOT NULL,
  entry_id   TEXT NOT NULL REFERENCES entries (id),
  PRIMARY KEY (section_id, lang, date, entry_id)
) WITHOUT ROWID;
CREATE INDEX section_news_by_entry ON section_news (entry_id);
CREATE TABLE profiles (
  entry_id TEXT PRIMARY KEY REFERENCES entries (id),
  country  TEXT NOT NULL DEFAULT '',
  region   TEXT NOT NULL DEFAULT '',
  status   TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE refs (
  edition_id  TEXT NOT NULL REFERENCES editions (id),
  live        INTEGER NOT NULL,
  block_id    TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id   TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  PRIMARY KEY (edition_id, live, block_id, target_id, purpose)
) WITHOUT ROWID;
CREATE INDEX refs_by_target ON refs (target_id);

CREATE TABLE grants (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users (id),
  role       TEXT NOT NULL,
  section_id TEXT NOT NULL DEFAULT '',
  langs      TEXT
);
CREATE INDEX grants_by_user ON grants (user_id);

CREATE TABLE sessions (
  token      TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL DEFAULT '',
  data       BLOB NOT NULL,
  expires_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE attempts (
  key           TEXT PRIMARY KEY,
  failures      INTEGER NOT NULL,
  last_at       DATETIME NOT NULL,
  blocked_until DATETIME NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      DATETIME NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL DEFAULT '',
  hash    TEXT NOT NULL
);
-- +goose StatementBegin
CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_stay BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
