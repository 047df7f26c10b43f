-- The catalogue: what is in the library, which version of each document is valid, and what could not be read.

CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
-- The library's own name, by which an index on a server knows whose it is.
INSERT OR IGNORE INTO meta VALUES ('library', lower(hex(randomblob(16))));

CREATE TABLE IF NOT EXISTS collections (
  name        TEXT PRIMARY KEY,
  calibration TEXT,                           -- JSON of the scope calibration, NULL until made
  readers     TEXT NOT NULL DEFAULT '["everyone"]'  -- JSON: the tags of who may read it
);

CREATE TABLE IF NOT EXISTS audiences (        -- the different sharings of documents
  id      INTEGER PRIMARY KEY,
  readers TEXT NOT NULL,                      -- JSON: tags; none: all readers of the collection
  tlp     TEXT NOT NULL,
  UNIQUE (readers, tlp)
);
INSERT OR IGNORE INTO audiences VALUES (0, '[]', '');

CREATE TABLE IF NOT EXISTS unlabelled (       -- documents shared anew whose entries in the index do not say so yet
  document TEXT PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS files (            -- one row for each file, URL or object that was read
  collection TEXT NOT NULL,
  source     TEXT NOT NULL,
  root       TEXT NOT NULL,                   -- the target that it was found under: pruning looks only there
  fingerprint TEXT NOT NULL,                  -- sha256 of its bytes and of how they were read
  sha256     TEXT NOT NULL,                   -- names the original
  media_type TEXT NOT NULL,
  PRIMARY KEY (collection, source)
);

CREATE TABLE IF NOT EXISTS failures (
  collection TEXT NOT NULL,
  source     TEXT NOT NULL,
  page       INTEGER,
  reason     TEXT NOT NULL,
  seen_at    TEXT NOT NULL,
  audience   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS failures_of ON failures (collection, source);

CREATE TABLE IF NOT EXISTS documents (
  id         TEXT NOT NULL,
  version    TEXT NOT NULL,                   -- sha256 of everything that was read of it
  state      TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'retired')),
  collection TEXT NOT NULL,
  file       TEXT NOT NULL,                   -- files.source
  source     TEXT NOT NULL,
  title      TEXT NOT NULL,
  kind       TEXT NOT NULL,
  language   TEXT NOT NULL,
  media_type TEXT NOT NULL,
  pages      INTEGER NOT NULL,
  chunks     INTEGER NOT NULL,
  characters INTEGER NOT NULL,
  ingested_at TEXT NOT NULL,
  terms      BLOB NOT NULL,                   -- how many of its chunks hold each term (u32, u32 pairs, zlib)
  body       BLOB NOT NULL,                   -- the document, JSON, zlib
  audience   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, version)
);
CREATE INDEX IF NOT EXISTS documents_by_source ON documents (collection, source);
CREATE INDEX IF NOT EXISTS documents_by_file ON documents (collection, file);
CREATE INDEX IF NOT EXISTS documents_by_audience ON documents (collection, audience);
CREATE UNIQUE INDEX IF NOT EXISTS one_ready ON documents (id) WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS not_ready ON documents (state) WHERE state != 'ready';

CREATE TABLE IF NOT EXISTS subjects (         -- identifiers and names that documents are about
  collection TEXT NOT NULL,
  key        TEXT NOT NULL,                   -- folded
  document   TEXT NOT NULL,
  PRIMARY KEY (collection, key, document)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS subjects_of ON subjects (document);

CREATE TABLE IF NOT EXISTS terms (            -- document frequencies, counted in chunks, for each audience
  collection TEXT NOT NULL,
  term       INTEGER NOT NULL,
  audience   INTEGER NOT NULL,
  chunks     INTEGER NOT NULL,
  PRIMARY KEY (collection, term, audience)
) WITHOUT ROWID;
