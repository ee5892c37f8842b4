-- +goose Up

-- Three kinds of table, by what may happen to them:
--   record      filings and sheets and the settings of the record; only ever added to, except that a sheet can be removed
--   projection  made from the record; rebuild drops and makes them anew
--   private     drafts, people and the like; never leaves, and rebuild never touches it
-- Moments are integers: microseconds since 1970-01-01T00:00:00Z. Hashes are SHA-256 in lower-case hexadecimal.

PRAGMA application_id = 0x53746b74; -- "Stkt"

-- record: one row a filing, numbered 1, 2, 3 without a gap, filed at moments that rise strictly.
CREATE TABLE filing (
	number INTEGER PRIMARY KEY,
	filed  INTEGER NOT NULL,
	sha256 TEXT    NOT NULL UNIQUE,
	key    TEXT    NOT NULL,
	bytes  BLOB    NOT NULL -- public canonical bytes (RFC 8785); sha256 is their hash
) STRICT;
CREATE INDEX filing_key ON filing (key, number);

-- record: what opens a commitment that stands in the bytes of a filing. Removal deletes the row.
CREATE TABLE sheet (
	filing     INTEGER NOT NULL REFERENCES filing (number),
	path       TEXT    NOT NULL,
	commitment TEXT    NOT NULL,
	salt       TEXT    NOT NULL,
	text       TEXT    NOT NULL,
	UNIQUE (filing, path),
	UNIQUE (filing, commitment)
) STRICT;

-- record: settings, such as the name of the record.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: something made from filings 1 to head, in a form that its maker knows.
CREATE TABLE projection (
	name TEXT PRIMARY KEY,
	head INTEGER NOT NULL,
	data BLOB NOT NULL
) STRICT;

-- private: filings that are being prepared.
CREATE TABLE draft (
	id      TEXT PRIMARY KEY,
	made_at INTEGER NOT NULL,
	body    BLOB NOT NULL
) STRICT;

-- Which Stocktake brought the tables to which version. Never changes its shape: older programs read it.
CREATE TABLE program (
	schema  INTEGER PRIMARY KEY,
	version TEXT NOT NULL
) STRICT;
