-- +goose Up

-- Three kinds of table, by what may happen to them:
--   record      filings and sheets and the settings of the record; only ever added to, except that a sheet can be removed
--   projection  made from the record; rebuild drops and makes them anew
--   private     drafts, people and the like; never leaves, and rebuild never touches it
-- Moments are integers: microseconds since 1970-01-01T00:00:00Z. Hashes are SHA-256 in lower-case hexadecimal. Text compares by its bytes.

-- record: one row a filing, numbered 1, 2, 3 without a gap, filed at moments that rise strictly.
CREATE TABLE filing (
	number bigint PRIMARY KEY,
	filed  bigint NOT NULL,
	sha256 text   COLLATE "C" NOT NULL UNIQUE,
	key    text   COLLATE "C" NOT NULL,
	bytes  bytea  NOT NULL -- public canonical bytes (RFC 8785); sha256 is their hash
);
CREATE INDEX filing_key ON filing (key, number);

-- record: the newest filing, changed in the transaction that files. Whoever writes locks this row first, so that filings have one order.
CREATE TABLE head (
	one    boolean PRIMARY KEY DEFAULT true CHECK (one),
	number bigint  NOT NULL,
	filed  bigint  NOT NULL
);
INSERT INTO head (number, filed) VALUES (0, 0);

-- record: what opens a commitment that stands in the bytes of a filing. Removal deletes the row.
CREATE TABLE sheet (
	filing     bigint NOT NULL REFERENCES filing (number),
	path       text   COLLATE "C" NOT NULL,
	commitment text   COLLATE "C" NOT NULL,
	salt       text   COLLATE "C" NOT NULL,
	text       text   COLLATE "C" NOT NULL,
	PRIMARY KEY (filing, path),
	UNIQUE (filing, commitment)
);

-- record: settings, such as the name of the record.
CREATE TABLE meta (
	name  text COLLATE "C" PRIMARY KEY,
	value text COLLATE "C" NOT NULL
);

-- projection: something made from filings 1 to head, in a form that its maker knows.
CREATE TABLE projection (
	name text   COLLATE "C" PRIMARY KEY,
	head bigint NOT NULL,
	data bytea  NOT NULL
);

-- private: filings that are being prepared.
CREATE TABLE draft (
	id      text   COLLATE "C" PRIMARY KEY,
	made_at bigint NOT NULL,
	body    bytea  NOT NULL
);

-- Which Stocktake brought the tables to which version. Never changes its shape: older programs read it.
CREATE TABLE program (
	schema  bigint PRIMARY KEY,
	version text   NOT NULL
);
