-- +goose Up

-- What people do before something is filed, and what never is. The server keeps no examples of what stands in these columns (STATISTICS 0), so
-- that nothing of what is deleted stays in its statistics.

-- private: one row a thing, such as a person, a draft or a letter.
CREATE TABLE private_item (
	kind    text   COLLATE "C" NOT NULL,
	id      text   COLLATE "C" NOT NULL, -- within its kind
	rev     bigint NOT NULL, -- 1, and one more at each change
	changed bigint NOT NULL, -- moment of the change
	body    bytea  NOT NULL, -- JSON, in a form that its maker knows
	PRIMARY KEY (kind, id)
);
ALTER TABLE private_item ALTER COLUMN id SET STATISTICS 0, ALTER COLUMN body SET STATISTICS 0;

-- private: by what else an item is found.
CREATE TABLE private_key (
	kind  text    COLLATE "C" NOT NULL,
	name  text    COLLATE "C" NOT NULL,
	value text    COLLATE "C" NOT NULL,
	id    text    COLLATE "C" NOT NULL, -- the item's
	alone boolean NOT NULL, -- no other item of the kind has that name and value
	PRIMARY KEY (kind, name, value, id)
);
CREATE UNIQUE INDEX private_key_alone ON private_key (kind, name, value) WHERE alone;
CREATE INDEX private_key_item ON private_key (kind, id, name, value);
ALTER TABLE private_key ALTER COLUMN value SET STATISTICS 0, ALTER COLUMN id SET STATISTICS 0;
