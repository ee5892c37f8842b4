-- +goose Up

-- The log: an append-only list of leaves under a hash tree (RFC 6962), and signed heads of it.

-- record: one row a leaf, 0, 1, 2 and on without a gap.
CREATE TABLE leaf (
	leaf_index bigint PRIMARY KEY,
	bytes      bytea  NOT NULL -- 1 to 65,535 of them
);

-- record: hashes of the tree by their place in storage (StoredHashIndex of golang.org/x/mod/sumdb/tlog), 0, 1, 2 and on without a gap.
CREATE TABLE tree_hash (
	place bigint PRIMARY KEY,
	hash  bytea  NOT NULL CHECK (length(hash) = 32) -- SHA-256, as it is
);

-- record: signed heads of the log. One of the same origin and size takes the place of the earlier one, and a new number.
CREATE TABLE checkpoint (
	number bigint PRIMARY KEY, -- rises in the order of storing
	origin text   COLLATE "C" NOT NULL,
	size   bigint NOT NULL, -- leaves
	note   bytea  NOT NULL, -- c2sp.org/tlog-checkpoint, with its signatures
	at     bigint NOT NULL, -- moment of storing
	UNIQUE (origin, size)
);
CREATE INDEX checkpoint_size ON checkpoint (size, number);
