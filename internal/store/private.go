package store

import (
	"context"
	"time"
)

// Private is what people do before something is filed, and what never is: accounts, drafts, invitations, mail. It stays in this database:
// no export, mirror, page or log holds any of it, and rebuild does not touch it. A backup has it.
//
// An item is one thing of one kind; its body is JSON whose shape its maker knows. Items are found by id or by keys that their maker gives them.
type Private interface {
	// ChangePrivate runs do in one transaction in which nobody else writes, and commits where do returns nil; otherwise nothing of it is kept
	// and the error is do's own. When it returns nil, the change is on disk. do may be run again where the database says that it has to be,
	// and must not use the transaction after it returned. It must not call the store in any other way: that would wait for itself.
	ChangePrivate(ctx context.Context, do func(PrivateTx) error) error
	// ReadPrivate runs do on one state of the items that does not change while it reads.
	ReadPrivate(ctx context.Context, do func(PrivateReader) error) error
}

// An Item is one private thing. The caller owns the body that it was given.
type Item struct {
	Kind    string    // such as "person"
	ID      string    // within its kind
	Rev     int64     // 1 when it is made, one more at each change
	Changed time.Time // when it was put, UTC, whole microseconds; set by the caller
	Body    []byte
}

// A Key is a name and value by which an item is found. Where Unique is set, one item of a kind alone has that name and value.
type Key struct {
	Name, Value string
	Unique      bool
}

// PrivateReader reads private items.
type PrivateReader interface {
	// Item returns one item; NotFound where there is none.
	Item(kind, id string) (Item, error)
	// Find returns the ids of a kind's items with that key, sorted; none is no error.
	Find(kind, name, value string) ([]string, error)
	// Between returns the ids of a kind's items whose key of that name lies in [from, to), by value and then id, at most limit of them;
	// an empty to has no end, and a limit of 0 means all. Values are compared byte by byte.
	Between(kind, name, from, to string, limit int) ([]string, error)
	// Items returns the items of a kind with ids after the given one, sorted by id, at most limit of them; 0 means all.
	Items(kind, after string, limit int) ([]Item, error)
}

// PrivateTx reads and changes private items.
type PrivateTx interface {
	PrivateReader
	// Put stores an item with all its keys, in place of those that it had. i.Rev is the revision that the caller has read, 0 for a new one;
	// where another is stored it is a Conflict fault, and so is a unique key that another item has. It returns the new revision.
	Put(i Item, keys ...Key) (int64, error)
	// Drop deletes an item, and its keys; NotFound where there is none. Its bytes are gone from the files of the database when
	// ChangePrivate has returned, as those of a removed sheet are.
	Drop(kind, id string) error
}
