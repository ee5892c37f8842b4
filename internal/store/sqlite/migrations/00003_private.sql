-- +goose Up

-- What people do before something is filed, and what never is. Nothing here refers to the tables by a foreign key: both are emptied whole and
-- filled again when something is deleted, so that nothing of it stays in the file (private.go).

-- private: one row a thing, such as a person, a draft or a letter.
CREATE TABLE private_item (
	kind    TEXT    NOT NULL,
	id      TEXT    NOT NULL, -- within its kind
	rev     INTEGER NOT NULL, -- 1, and one more at each change
	changed INTEGER NOT NULL, -- moment of the change
	body    BLOB    NOT NULL, -- JSON, in a form that its maker knows
	PRIMARY KEY (kind, id)
) STRICT;

-- private: by what else an item is found.
CREATE TABLE private_key (
	kind  TEXT    NOT NULL,
	name  TEXT    NOT NULL,
	value TEXT    NOT NULL,
	id    TEXT    NOT NULL, -- the item's
	alone INTEGER NOT NULL CHECK (alone IN (0, 1)), -- 1: no other item of the kind has that name and value
	PRIMARY KEY (kind, name, value, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX private_key_alone ON private_key (kind, name, value) WHERE alone = 1;
CREATE INDEX private_key_item ON private_key (kind, id, name, value);
