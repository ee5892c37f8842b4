package store

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"stocktake"
)

// MaxName is how many bytes a kind, an id, and a key's name and value may have, each.
const MaxName = 500

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
	Body    []byte    // JSON, and it comes back byte for byte
}

// A Key is a name and value by which an item is found; an item may have several of one name. Where Unique is set, one item of a kind alone has
// that name and value.
type Key struct {
	Name, Value string
	Unique      bool
}

// PrivateReader reads private items. All text is compared byte by byte. It is for one goroutine.
type PrivateReader interface {
	// Item returns one item; NotFound where there is none.
	Item(kind, id string) (Item, error)
	// Find returns the ids of a kind's items with that key, sorted; none is no error.
	Find(kind, name, value string) ([]string, error)
	// Between returns the ids of a kind's items whose key of that name lies in [from, to), by value and then id, at most limit of them;
	// an empty to has no end, and a limit of 0 means all. One that has several such keys comes once, by the first. Ends that are not UTF-8 text
	// without NUL are an Invalid fault ("\U0010ffff" is behind all text, not "\xff").
	Between(kind, name, from, to string, limit int) ([]string, error)
	// Items returns the items of a kind with ids after the given one, sorted by id, at most limit of them; 0 means all, and "" is before all ids.
	Items(kind, after string, limit int) ([]Item, error)
}

// PrivateTx reads and changes private items. It reads its own changes. A method that refuses (Invalid, Conflict or NotFound fault) has written
// nothing, and the transaction can go on.
type PrivateTx interface {
	PrivateReader
	// Put stores an item with all its keys, in place of those that it had. i.Rev is the revision that the caller has read, 0 for a new one;
	// where another is stored it is a Conflict fault, and so is a unique key that another item has. It returns the new revision. A kind, id, name or
	// value that is longer than MaxName or no text, and a body that is not JSON, are Invalid faults. What stood there before goes from
	// the files with the next Drop, of whatever item.
	Put(i Item, keys ...Key) (int64, error)
	// Drop deletes an item, and its keys; NotFound where there is none. Its bytes are gone from the files of the database when
	// ChangePrivate has returned, as those of a removed sheet are. That costs as much as there are private items, once a transaction: drop many in one.
	Drop(kind, id string) error
}

// CheckItem reports whether an item and its keys can be stored (Invalid fault). Every backend calls it in Put.
func CheckItem(i Item, keys []Key) error {
	where := "a private item"
	if isName(i.Kind) {
		where = "a private item of the kind " + i.Kind // never its id or the value of a key: they may say who somebody is
	}
	switch {
	case !isName(i.Kind) || !isName(i.ID):
		return notAName("kind or id").At(where)
	case i.Rev < 0:
		return stocktake.Invalidf("the revision %d is below 0", i.Rev).At(where)
	case i.Changed.IsZero() || i.Changed.Nanosecond()%1000 != 0:
		return stocktake.Invalidf("the moment of the change %s is not a whole microsecond", stamp(i.Changed)).At(where)
	case !json.Valid(i.Body):
		return stocktake.Invalidf("the body is not JSON").At(where)
	}
	for _, k := range keys {
		if !isName(k.Name) {
			return notAName("name of a key").At(where)
		}
		if len(k.Value) > MaxName || !isText(k.Value) {
			return notAName("value of the key " + k.Name).At(where)
		}
	}
	return nil
}

func notAName(what string) *stocktake.Fault {
	return stocktake.Invalidf("the %s is empty, longer than %d bytes, or something else than UTF-8 text without NUL", what, MaxName)
}

// UniqueKeys returns keys with each name and value once, unique where it is so once.
func UniqueKeys(keys []Key) []Key {
	place := make(map[[2]string]int, len(keys))
	var list []Key
	for _, k := range keys {
		if i, twice := place[[2]string{k.Name, k.Value}]; twice {
			list[i].Unique = list[i].Unique || k.Unique
			continue
		}
		place[[2]string{k.Name, k.Value}] = len(list)
		list = append(list, k)
	}
	return list
}

// CheckBounds reports whether items can be asked for by texts (Invalid fault).
func CheckBounds(texts ...string) error {
	for _, s := range texts {
		if !isText(s) {
			return stocktake.Invalidf("private items are asked for by something else than UTF-8 text without NUL")
		}
	}
	return nil
}

// CanBe reports whether an item can have these as kind, id, and name or value of a key. What cannot be is not there.
func CanBe(texts ...string) bool {
	for _, s := range texts {
		if !isText(s) {
			return false
		}
	}
	return true
}

// NoItem is the NotFound fault for an item. It does not say which, since an id may say who somebody is.
func NoItem(kind string) error { return stocktake.NotFoundf("there is no such private item").At(kind) }

// CheckRevision is the Conflict fault where the revision that a caller has read is not the one that is stored; 0 is no item.
func CheckRevision(i Item, stored int64) error {
	f := &stocktake.Fault{Kind: stocktake.Conflict, Where: "a private item of the kind " + i.Kind, Hint: "read it again, and make the change anew"}
	switch {
	case i.Rev == stored:
		return nil
	case stored == 0:
		f.What = "it was deleted meanwhile"
	case i.Rev == 0:
		f.What = "there is one already"
	default:
		f.What = "it was changed meanwhile: revision " + strconv.FormatInt(i.Rev, 10) + " was read, and " + strconv.FormatInt(stored, 10) + " is stored"
	}
	return f
}

// TakenKey is the Conflict fault for a key that another item has, where one of the two says that it is unique.
func TakenKey(kind, name string) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, Where: "a private item of the kind " + kind, What: "another one has the same " + name, Hint: "use that one, or name something else"}
}

func isName(s string) bool { return s != "" && len(s) <= MaxName && isText(s) }
