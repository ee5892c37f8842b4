package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

var privateTests = []test{
	{"private items come back as they were", on(items)},
	{"a private item changes from the revision that was read only", on(revisions)},
	{"a unique key has one item", on(uniqueKeys)},
	{"private items are found by key, in the order of bytes", on(between)},
	{"private items come by id, in pieces", on(itemsAfter)},
	{"a refused private item leaves nothing and the transaction usable", on(refusedItems)},
	{"private changes that fail leave nothing", on(privateFails)},
	{"a dropped private item is gone", on(dropped)},
	{"private items are read in one state", privateSnapshot},
	{"two who change private items at once lose nothing", privateAtOnce},
	{"a private change waits for its turn, and is told who is in the way", privateBusy},
	{"private items stay when projections are dropped", on(privateStays)},
	{"private items come back from a backup", privateBackup},
	{"a store that was opened for reading only reads private items", privateReadOnly},
}

// ItemOf makes a private item that was never stored.
func ItemOf(kind, id, words string) store.Item {
	return store.Item{Kind: kind, ID: id, Changed: opened.Add(time.Hour), Body: fmt.Appendf(nil, "{\"words\": %q,\t\"é\":\"移民\"}\n", words)}
}

// Put stores an item in a transaction of its own and returns it with its new revision.
func Put(t testing.TB, s store.Store, i store.Item, keys ...store.Key) store.Item {
	t.Helper()
	must(t, s.ChangePrivate(context.Background(), func(p store.PrivateTx) (err error) {
		i.Rev, err = p.Put(i, keys...)
		return err
	}))
	return i
}

// Drop deletes items of a kind in one transaction.
func Drop(t testing.TB, s store.Store, kind string, ids ...string) {
	t.Helper()
	must(t, s.ChangePrivate(context.Background(), func(p store.PrivateTx) error {
		for _, id := range ids {
			if err := p.Drop(kind, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

func equalItem(a, b store.Item) bool {
	return a.Kind == b.Kind && a.ID == b.ID && a.Rev == b.Rev && a.Changed.Equal(b.Changed) && a.Changed.Location() == b.Changed.Location() && bytes.Equal(a.Body, b.Body)
}

// WantItems compares all items of a kind, which come sorted by id.
func WantItems(t testing.TB, s store.Store, kind string, exp ...store.Item) {
	t.Helper()
	must(t, s.ReadPrivate(context.Background(), func(p store.PrivateReader) error {
		wantItems(t, p, kind, exp...)
		return nil
	}))
}

func wantItems(t testing.TB, p store.PrivateReader, kind string, exp ...store.Item) {
	t.Helper()
	got, err := p.Items(kind, "", 0)
	if err != nil || !slices.EqualFunc(got, exp, equalItem) {
		t.Errorf("the items of the kind %q are %v, %v, want %v", kind, got, err, exp)
	}
	for _, i := range exp {
		if one, err := p.Item(kind, i.ID); err != nil || !equalItem(one, i) {
			t.Errorf("Item(%q, %q) = %v, %v, want %v", kind, i.ID, one, err, i)
		}
	}
}

// WantFound compares what a key finds.
func WantFound(t testing.TB, s store.Store, kind, name, value string, exp ...string) {
	t.Helper()
	must(t, s.ReadPrivate(context.Background(), func(p store.PrivateReader) error {
		wantFound(t, p, kind, name, value, exp...)
		return nil
	}))
}

func wantFound(t testing.TB, p store.PrivateReader, kind, name, value string, exp ...string) {
	t.Helper()
	if got, err := p.Find(kind, name, value); err != nil || !slices.Equal(got, exp) {
		t.Errorf("Find(%q, %q, %q) = %q, %v, want %q", kind, name, value, got, err, exp)
	}
}

func items(t *testing.T, s store.Store) {
	bodies := []string{"{}", "null", " \t\r\n[1, 2.50]  ", `"\u0000\ud83c\udf0d \\N \\."`, `"é é ` + "\u200f\u202e\ufeff" + `"`, `"` + strings.Repeat("移民", 500_000) + `"`, `{"a":1,"a":2}`}
	var all []store.Item
	for n, b := range bodies {
		i := store.Item{Kind: "odd 'kind\"%", ID: fmt.Sprintf("%d é\t\\.\n'$1?", n), Changed: opened.Add(time.Duration(n) * time.Microsecond), Body: []byte(b)}
		all = append(all, Put(t, s, i))
	}
	WantItems(t, s, "odd 'kind\"%", all...)
	WantItems(t, s, "Odd 'kind\"%")
	other := Put(t, s, ItemOf("other", all[0].ID, "the same id, of another kind"))
	WantItems(t, s, "other", other)
	early := ItemOf("early", "1", "")
	early.Changed = time.Date(1905, 1, 2, 3, 4, 5, 6000, time.UTC)
	WantItems(t, s, "early", Put(t, s, early))
	must(t, s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		for _, ask := range [][2]string{{"other", "x"}, {"none", all[0].ID}, {"", ""}, {"other", "\xff"}, {"a\x00b", "c"}, {"other", strings.Repeat("x", 5000)}} {
			i, err := p.Item(ask[0], ask[1])
			wantKind(t, fmt.Sprintf("Item(%q, %q)", ask[0], ask[1]), err, stocktake.NotFound)
			if !equalItem(i, store.Item{}) {
				t.Errorf("an item that is not there is %v", i)
			}
			wantFound(t, p, ask[0], "name", ask[1])
			wantFound(t, p, "other", ask[0], ask[1])
		}
		return nil
	}))
	want(t, s, nil, nil) // the record knows nothing of it
}

func revisions(t *testing.T, s store.Store) {
	first := ItemOf("draft", "a", "first")
	put := func(i store.Item, rev int64) error {
		return s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
			i.Rev = rev
			got, err := p.Put(i)
			if err == nil && got != rev+1 {
				t.Errorf("Put gives revision %d after %d", got, rev)
			}
			return err
		})
	}
	wantKind(t, "a revision of what is not there", put(first, 1), stocktake.Conflict)
	must(t, put(first, 0))
	wantKind(t, "a new one in its place", put(ItemOf("draft", "a", "other"), 0), stocktake.Conflict)
	wantKind(t, "a later revision", put(ItemOf("draft", "a", "other"), 2), stocktake.Conflict)
	second := ItemOf("draft", "a", "second")
	must(t, put(second, 1))
	wantKind(t, "an earlier revision", put(ItemOf("draft", "a", "other"), 1), stocktake.Conflict)
	second.Rev = 2
	WantItems(t, s, "draft", second)
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { // several in one transaction
		for rev := int64(2); rev < 5; rev++ {
			second.Rev = rev
			if got, err := p.Put(second); got != rev+1 || err != nil {
				t.Errorf("Put = %d, %v after %d", got, err, rev)
			}
		}
		second.Rev = 5
		wantItems(t, p, "draft", second)
		return nil
	}))
	WantItems(t, s, "draft", second)
	Drop(t, s, "draft", "a")
	wantKind(t, "a revision of what was dropped", put(first, 5), stocktake.Conflict)
	must(t, put(first, 0))
}

func uniqueKeys(t *testing.T, s store.Store) {
	mail := func(value string) store.Key { return store.Key{Name: "mail", Value: value, Unique: true} }
	tag := func(value string) store.Key { return store.Key{Name: "tag", Value: value} }
	a := Put(t, s, ItemOf("person", "a", ""), mail("a@example.org"), mail("a@example.net"), tag("x"), tag("y"), tag("x"))
	b := Put(t, s, ItemOf("person", "b", ""), mail("b@example.org"), tag("x"))
	Put(t, s, ItemOf("letter", "a", ""), mail("a@example.org")) // another kind
	WantFound(t, s, "person", "mail", "a@example.net", "a")
	WantFound(t, s, "person", "tag", "x", "a", "b")
	WantFound(t, s, "person", "tag", "X")
	WantFound(t, s, "person", "x", "tag")
	refuses := func(i store.Item, keys ...store.Key) {
		t.Helper()
		err := s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
			_, err := p.Put(i, keys...)
			wantKind(t, "inside", err, stocktake.Conflict)
			return err
		})
		wantKind(t, "a key that another has", err, stocktake.Conflict)
		for _, k := range keys {
			if k.Unique && err != nil && strings.Contains(err.Error(), k.Value) {
				t.Errorf("%q says whose it is", err)
			}
		}
	}
	refuses(ItemOf("person", "c", ""), tag("z"), mail("a@example.org"))
	refuses(b, mail("a@example.net"))
	refuses(ItemOf("person", "c", ""), store.Key{Name: "mail", Value: "a@example.org"}) // its owner says that it is unique
	refuses(ItemOf("person", "c", ""), store.Key{Name: "tag", Value: "x", Unique: true})
	WantFound(t, s, "person", "tag", "z")
	a = Put(t, s, a, mail("a@example.org"), store.Key{Name: "tag", Value: "y"}, store.Key{Name: "tag", Value: "y", Unique: true}) // its own is in nobody's way
	WantFound(t, s, "person", "mail", "a@example.net")
	WantFound(t, s, "person", "tag", "x", "b")
	refuses(b, tag("y"))
	b = Put(t, s, b, mail("a@example.net"))
	Drop(t, s, "person", "a")
	b = Put(t, s, b, mail("a@example.org"), tag("y"))
	WantFound(t, s, "person", "mail", "a@example.org", "b")
	WantItems(t, s, "person", b)
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { // it goes over in one transaction
		if _, err := p.Put(b); err != nil {
			return err
		}
		_, err := p.Put(ItemOf("person", "c", ""), mail("a@example.org"))
		wantFound(t, p, "person", "mail", "a@example.org", "c")
		return err
	}))
	WantFound(t, s, "person", "mail", "a@example.org", "c")
}

func between(t *testing.T, s store.Store) {
	at := func(value string) store.Key { return store.Key{Name: "at", Value: value} }
	values := map[string]string{"i": "", "h": "2026-01-01", "g": "2026-01-01", "f": "2026-01-02", "e": "Z", "d": "a", "c": "é", "b": "移民", "a": "\U0001f30d"}
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
		for id, v := range values {
			if _, err := p.Put(ItemOf("task", id, ""), at(v), store.Key{Name: "other", Value: "2026-01-01"}); err != nil {
				return err
			}
		}
		_, err := p.Put(ItemOf("other", "x", ""), at("2026-01-01"))
		return err
	}))
	several := Put(t, s, ItemOf("task", "m", ""), at("1"), at("2026-01-01T12"), at("b"))
	check := func(from, to string, limit int, exp string) {
		t.Helper()
		must(t, s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
			got, err := p.Between("task", "at", from, to, limit)
			if strings.Join(got, "") != exp || err != nil {
				t.Errorf("Between(%q, %q, %d) = %q, %v, want %s", from, to, limit, got, err, exp)
			}
			return nil
		}))
	}
	check("", "", 0, "imghfedcba")
	check("", "", 3, "img")
	check("", "2026-01-02", 0, "imgh") // the end is not in it
	check("2026-01-01", "2026-01-02", 0, "ghm")
	check("2026-01-01", "2026-01-02", 2, "gh")
	check("2026-01-01T", "", 2, "mf")
	check("2026-01-02", "", 0, "fedmcba")
	check("b", "", 2, "mc")
	check("b", "b", 0, "")
	check("z", "b", 0, "")
	check("a", "\U0010ffff", 0, "dmcba")
	Put(t, s, several, at("c"))
	check("", "2026-01-02", 0, "igh")
	check("b", "d", 0, "m")
	Drop(t, s, "task", "m", "i")
	check("", "b", 0, "ghfed")
	must(t, s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		for _, end := range []string{"\xff", "a\x00"} {
			_, err := p.Between("task", "at", end, "", 0)
			wantKind(t, "a beginning that is no text", err, stocktake.Invalid)
			_, err = p.Between("task", "at", "", end, 0)
			wantKind(t, "an end that is no text", err, stocktake.Invalid)
			_, err = p.Items("task", end, 0)
			wantKind(t, "an id that is no text", err, stocktake.Invalid)
		}
		return nil
	}))
}

func itemsAfter(t *testing.T, s store.Store) {
	ids := []string{"10", "9", "B", "a", "aa", "b", "é", "\U0001f30d"} // in the order of their bytes
	var all []store.Item
	for _, id := range ids {
		all = append(all, Put(t, s, ItemOf("task", id, id)))
	}
	Put(t, s, ItemOf("tasks", "c", ""))
	must(t, s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		for _, c := range []struct {
			after    string
			limit    int
			from, to int
		}{{"", 0, 0, 8}, {"", 3, 0, 3}, {"B", 2, 3, 5}, {"a", 0, 4, 8}, {"A", 1, 2, 3}, {"\U0001f30d", 0, 8, 8}, {"é", 9, 7, 8}} {
			got, err := p.Items("task", c.after, c.limit)
			if err != nil || !slices.EqualFunc(got, all[c.from:c.to], equalItem) {
				t.Errorf("Items(%q, %d) = %v, %v, want the %d from %d on", c.after, c.limit, got, err, c.to-c.from, c.from)
			}
		}
		return nil
	}))
}

func refusedItems(t *testing.T, s store.Store) {
	change := func(f func(*store.Item)) store.Item {
		i := ItemOf("task", "a", "")
		f(&i)
		return i
	}
	long := strings.Repeat("x", store.MaxName+1)
	cases := map[string]store.Item{
		"no kind":           change(func(i *store.Item) { i.Kind = "" }),
		"no id":             change(func(i *store.Item) { i.ID = "" }),
		"NUL":               change(func(i *store.Item) { i.ID = "a\x00b" }),
		"not UTF-8":         change(func(i *store.Item) { i.Kind = "\xff" }),
		"a long kind":       change(func(i *store.Item) { i.Kind = long }),
		"a long id":         change(func(i *store.Item) { i.ID = long }),
		"a revision of -1":  change(func(i *store.Item) { i.Rev = -1 }),
		"no moment":         change(func(i *store.Item) { i.Changed = time.Time{} }),
		"a moment too fine": change(func(i *store.Item) { i.Changed = i.Changed.Add(1) }),
		"no body":           change(func(i *store.Item) { i.Body = nil }),
		"a body cut off":    change(func(i *store.Item) { i.Body = []byte(`{"a":`) }),
		"two bodies":        change(func(i *store.Item) { i.Body = []byte(`{}{}`) }),
	}
	keys := map[string]store.Key{
		"no name of a key": {Value: "x"}, "a key's name with NUL": {Name: "a\x00b"}, "a value that is not UTF-8": {Name: "a", Value: "\xff"},
		"a long name": {Name: long}, "a long value": {Name: "a", Value: long},
	}
	longest := strings.Repeat("é", store.MaxName/2)
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
		for name, i := range cases {
			_, err := p.Put(i)
			wantKind(t, name, err, stocktake.Invalid)
		}
		for name, k := range keys {
			_, err := p.Put(ItemOf("task", "a", ""), store.Key{Name: "good", Value: "x"}, k)
			wantKind(t, name, err, stocktake.Invalid)
		}
		wantItems(t, p, "task")
		wantFound(t, p, "task", "good", "x")
		_, err := p.Put(ItemOf(longest, longest, ""), store.Key{Name: longest, Value: longest, Unique: true}, store.Key{Name: "empty"})
		return err
	}))
	WantFound(t, s, longest, longest, longest, longest)
	WantFound(t, s, longest, "empty", "", longest)
}

func privateFails(t *testing.T, s store.Store) {
	key := func(value string) store.Key { return store.Key{Name: "key", Value: value, Unique: true} }
	kept := Put(t, s, ItemOf("task", "kept", "before"), key("before"))
	change := func(p store.PrivateTx) {
		i := kept
		i.Body = []byte(`"after"`)
		_, err := p.Put(i, key("after"))
		must(t, err)
		_, err = p.Put(ItemOf("task", "new", ""), key("new"))
		must(t, err)
		must(t, p.Drop("task", "kept"))
		wantFound(t, p, "task", "key", "after")
	}
	untouched := func(what string) {
		t.Helper()
		WantItems(t, s, "task", kept)
		WantFound(t, s, "task", "key", "before", "kept")
		WantFound(t, s, "task", "key", "new")
		if t.Failed() {
			t.Fatal(what)
		}
	}
	if err := s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { change(p); return errStop }); err != errStop {
		t.Errorf("ChangePrivate gives %v, want the error of its function, as it is", err)
	}
	untouched("an error leaves something")
	func() {
		defer func() {
			if p := recover(); p != "broken" {
				t.Errorf("the panic %v arrives, want the function's own", p)
			}
		}()
		s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { change(p); panic("broken") })
	}()
	untouched("a panic leaves something")
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.ChangePrivate(ctx, func(p store.PrivateTx) error { change(p); cancel(); return nil }); err == nil {
		t.Error("a context that ended before the commit gives no error")
	}
	untouched("a done context leaves something")
	if err := s.ReadPrivate(t.Context(), func(store.PrivateReader) error { return errStop }); err != errStop {
		t.Errorf("ReadPrivate gives %v, want the error of its function, as it is", err)
	}
	var late store.PrivateTx
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { late = p; return nil }))
	if _, err := late.Put(ItemOf("task", "late", "")); err == nil {
		t.Error("a transaction can be used after its end")
	}
	untouched("a transaction can be used after its end")
	file(t, s, Rows(1, 2)...) // and the next one can write
}

func dropped(t *testing.T, s store.Store) {
	key := store.Key{Name: "key", Value: "x"}
	Put(t, s, ItemOf("task", "a", ""), key)
	b := Put(t, s, ItemOf("task", "b", ""), key)
	drop := func(kind, id string) error {
		return s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { return p.Drop(kind, id) })
	}
	wantKind(t, "another kind", drop("other", "a"), stocktake.NotFound)
	wantKind(t, "no text", drop("task", "\xff"), stocktake.NotFound)
	must(t, drop("task", "a"))
	wantKind(t, "a second time", drop("task", "a"), stocktake.NotFound)
	WantItems(t, s, "task", b)
	WantFound(t, s, "task", "key", "x", "b")
	must(t, s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
		wantKind(t, "inside", p.Drop("task", "none"), stocktake.NotFound)
		must(t, p.Drop("task", "b"))
		wantItems(t, p, "task")
		_, err := p.Put(ItemOf("task", "b", "again"), key)
		return err
	}))
	again := ItemOf("task", "b", "again")
	again.Rev = 1
	WantItems(t, s, "task", again)
}

func privateSnapshot(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	s, other := open(t, store.Options{}), open(t, store.Options{})
	a := Put(t, s, ItemOf("task", "a", "before"), store.Key{Name: "key", Value: "x"})
	must(t, s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		wantItems(t, p, "task", a)
		after := a
		after.Body = []byte(`"after"`)
		Put(t, s, after)
		Put(t, other, ItemOf("task", "b", ""), store.Key{Name: "key", Value: "x"})
		wantItems(t, p, "task", a)
		wantFound(t, p, "task", "key", "x", "a")
		return nil
	}))
	WantFound(t, s, "task", "key", "x", "b")
}

func privateAtOnce(t *testing.T, fresh func(testing.TB) Open) {
	const writers, each = 4, 12
	open := fresh(t)
	handles := []store.Store{open(t, store.Options{Wait: time.Minute}), open(t, store.Options{Wait: time.Minute})}
	Put(t, handles[0], store.Item{Kind: "sum", ID: "a", Changed: opened, Body: []byte("[]")})
	var all sync.WaitGroup
	for n := range writers {
		s := handles[n%len(handles)]
		all.Go(func() {
			for i := range each {
				// In one transaction nobody comes between reading and writing.
				err := s.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
					sum, err := p.Item("sum", "a")
					if err != nil {
						return err
					}
					sum.Body = append(bytes.TrimSuffix(sum.Body, []byte("]")), fmt.Sprintf(",%d]", n*each+i)...)
					sum.Body = bytes.Replace(sum.Body, []byte("[,"), []byte("["), 1)
					if _, err := p.Put(sum); err != nil {
						return err
					}
					_, err = p.Put(ItemOf("task", fmt.Sprint(n, " ", i), ""), store.Key{Name: "once", Value: fmt.Sprint(n, " ", i), Unique: true})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() { // and between two transactions somebody does, and is told
			for done := false; !done; {
				var sum store.Item
				err := s.ReadPrivate(t.Context(), func(p store.PrivateReader) (err error) {
					sum, err = p.Item("sum", "a")
					return err
				})
				if err == nil {
					sum.Body = append(bytes.TrimSuffix(sum.Body, []byte("]")), fmt.Sprintf(",%d]", -n)...)
					sum.Body = bytes.Replace(sum.Body, []byte("[,"), []byte("["), 1)
					err = s.ChangePrivate(t.Context(), func(p store.PrivateTx) error { _, err := p.Put(sum); return err })
				}
				done = err == nil
				if err != nil && stocktake.KindOf(err) != stocktake.Conflict {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	must(t, handles[0].ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		sum, err := p.Item("sum", "a")
		if n := bytes.Count(sum.Body, []byte(",")) + 1; err != nil || n != writers*(each+1) || sum.Rev != int64(n+1) {
			t.Errorf("of %d changes %d are there, at revision %d, %v", writers*(each+1), n, sum.Rev, err)
		}
		list, err := p.Items("task", "", 0)
		if len(list) != writers*each || err != nil {
			t.Errorf("of %d items %d are there, %v", writers*each, len(list), err)
		}
		return nil
	}))
}

func privateBusy(t *testing.T, fresh func(testing.TB) Open) {
	const patience = 200 * time.Millisecond
	open := fresh(t)
	a, b := open(t, store.Options{Wait: patience}), open(t, store.Options{Wait: patience})
	change := func(s store.Store) error {
		return s.ChangePrivate(t.Context(), func(store.PrivateTx) error { return errors.New("it had a turn") })
	}
	must(t, a.Write(t.Context(), func(w store.Writer) error {
		wantKind(t, "beside a filing", change(b), stocktake.Busy)
		wantKind(t, "beside a filing of this process", change(a), stocktake.Busy)
		WantItems(t, a, "task") // reading waits for nobody
		return w.Append(t.Context(), Rows(1, 1))
	}))
	must(t, a.ChangePrivate(t.Context(), func(p store.PrivateTx) error {
		wantKind(t, "beside another change", change(b), stocktake.Busy)
		wantKind(t, "filing beside a change", b.Write(t.Context(), func(store.Writer) error { return errors.New("it had a turn") }), stocktake.Busy)
		want(t, b, Rows(1, 1), nil)
		_, err := p.Put(ItemOf("task", "a", ""))
		return err
	}))
	Put(t, b, ItemOf("task", "b", ""))
	want(t, b, Rows(1, 1), nil)
}

func privateStays(t *testing.T, s store.Store) {
	file(t, s, Rows(1, 3)...)
	a := Put(t, s, ItemOf("task", "a", ""), store.Key{Name: "key", Value: "x"})
	must(t, s.Write(t.Context(), func(w store.Writer) error {
		return errors.Join(w.PutProjection(t.Context(), "index", 3, []byte("x")), w.DropProjections(t.Context()))
	}))
	WantItems(t, s, "task", a)
	WantFound(t, s, "task", "key", "x", "a")
}

func privateBackup(t *testing.T, fresh func(testing.TB) Open) {
	s := fresh(t)(t, store.Options{})
	rows, sheets := fill(t, s)
	odd := ItemOf("odd\t\\.\n", "\\N é 移民\r\n", "tab\tline\nback\\slash \\N \\.")
	keys := []store.Key{{Name: "mail\t", Value: "\\.\n", Unique: true}, {Name: "empty"}, {Name: "b", Value: "\U0001f30d"}}
	odd = Put(t, s, odd, keys...)
	odd = Put(t, s, odd, keys...)
	gone := Put(t, s, ItemOf("task", "gone", ""))
	Drop(t, s, "task", gone.ID)
	large := ItemOf("task", "large", "")
	large.Body = []byte(`"` + strings.Repeat("large ", 300_000) + `"`)
	large = Put(t, s, large)
	path := filepath.Join(t.TempDir(), "backup")
	must(t, s.Backup(t.Context(), path))

	back := fresh(t)(t, store.Options{})
	must(t, back.Restore(t.Context(), path))
	want(t, back, rows, sheets)
	WantItems(t, back, odd.Kind, odd)
	WantItems(t, back, "task", large)
	for _, k := range keys {
		WantFound(t, back, odd.Kind, k.Name, k.Value, odd.ID)
	}
	err := back.ChangePrivate(t.Context(), func(p store.PrivateTx) error { _, err := p.Put(ItemOf(odd.Kind, "b", ""), keys[0]); return err })
	wantKind(t, "a key that was unique before", err, stocktake.Conflict)
	odd = Put(t, back, odd) // and it goes on
	WantItems(t, back, odd.Kind, odd)

	used := fresh(t)(t, store.Options{})
	a := Put(t, used, ItemOf("task", "a", ""))
	wantKind(t, "a restore over private items", used.Restore(t.Context(), path), stocktake.Conflict)
	WantItems(t, used, "task", a)
}

func privateReadOnly(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	a := Put(t, open(t, store.Options{}), ItemOf("task", "a", ""), store.Key{Name: "key", Value: "x"})
	r := open(t, store.Options{ReadOnly: true})
	WantItems(t, r, "task", a)
	WantFound(t, r, "task", "key", "x", "a")
	err := r.ChangePrivate(t.Context(), func(store.PrivateTx) error { t.Error("the function was called"); return nil })
	wantKind(t, "ChangePrivate", err, stocktake.Forbidden)
}
