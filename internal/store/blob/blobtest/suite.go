// Package blobtest is the suite that every store of archived copies passes.
package blobtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"stocktake"
	"stocktake/internal/store/blob"
)

// Hash is the name of a text in a store.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Put puts a text into a store.
func Put(t testing.TB, s blob.Store, text string) string {
	t.Helper()
	h, n, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil || h != Hash(text) || n != int64(len(text)) {
		t.Fatalf("Put of %d bytes = %s, %d, %v", len(text), h, n, err)
	}
	return h
}

// Get reads a text from a store.
func Get(t testing.TB, s blob.Store, h string) string {
	t.Helper()
	f, n, err := s.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil || int64(len(b)) != n {
		t.Fatalf("%s has %d bytes of %d, %v", h, len(b), n, err)
	}
	return string(b)
}

// List returns what a store lists, "HASH SIZE" each.
func List(t testing.TB, s blob.Store) (all []string) {
	t.Helper()
	err := s.List(t.Context(), func(h string, size int64) error {
		all = append(all, fmt.Sprint(h, " ", size))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Fault wants a fault of a kind whose text holds each of says.
func Fault(t testing.TB, what string, err error, kind stocktake.FaultKind, says ...string) {
	t.Helper()
	if err == nil || stocktake.KindOf(err) != kind {
		t.Errorf("%s: %v, want a fault of kind %s", what, err, kind)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %q does not say %q", what, err, s)
		}
	}
}

// Run tests stores that open returns. Each call of open gives another handle of one store, which begins empty. damage writes something else over
// a file, foreign puts a file that is none of the store's beside them; both may be nil.
func Run(t *testing.T, open func(*testing.T) blob.Store, damage func(t *testing.T, hash, content string), foreign func(t *testing.T, name string)) {
	s, ctx := open(t), t.Context()
	if got := List(t, s); len(got) != 0 {
		t.Fatalf("an empty store lists %v", got)
	}
	texts := []string{"", "a", "Résolution 73/195", strings.Repeat("\x00\xff", 300_000)}
	var want []string
	for i, text := range texts {
		h := Put(t, s, text)
		if i%2 == 0 {
			Put(t, s, text) // again changes nothing
		}
		want = append(want, fmt.Sprint(h, " ", len(text)))
		if got := Get(t, s, h); got != text {
			t.Errorf("%.20q comes back as %.20q", text, got)
		}
		if has, err := s.Has(ctx, h); !has || err != nil {
			t.Errorf("Has = %v, %v", has, err)
		}
	}
	slices.Sort(want)
	if got := List(t, s); !slices.Equal(got, want) {
		t.Errorf("List gives\n%v, want\n%v", got, want)
	}
	if got := List(t, open(t)); !slices.Equal(got, want) {
		t.Errorf("opened again, List gives\n%v, want\n%v", got, want)
	}
	if foreign != nil {
		for _, name := range []string{"README", ".part-x", "aa/short", "zz/" + strings.Repeat("0", 62), "aa/" + strings.Repeat("A", 62)} {
			foreign(t, name)
		}
		if got := List(t, s); !slices.Equal(got, want) {
			t.Errorf("with other files, List gives\n%v, want\n%v", got, want)
		}
	}
	enough, calls := errors.New("enough"), 0
	if err := s.List(ctx, func(string, int64) error { calls++; return enough }); err != enough || calls != 1 {
		t.Errorf("List gives %v after %d calls", err, calls)
	}
	h := Hash("a")
	if damage != nil {
		for _, content := range []string{"b", "", "longer"} {
			damage(t, h, content)
			Put(t, s, "a")
			if got := Get(t, s, h); got != "a" {
				t.Errorf("putting it again does not mend it: %q", got)
			}
		}
	}
	if err := s.Delete(ctx, h); err != nil {
		t.Fatal(err)
	}
	if has, err := s.Has(ctx, h); has || err != nil {
		t.Errorf("after Delete, Has = %v, %v", has, err)
	}
	Fault(t, "deleting what is not there", s.Delete(ctx, h), stocktake.NotFound, h)
	_, _, err := s.Open(ctx, h)
	Fault(t, "opening what is not there", err, stocktake.NotFound, h)
	for _, bad := range []string{"", "x", h[:63], h + "0", strings.ToUpper(h), "../../" + h[6:], h[:62] + "/."} {
		_, _, err := s.Open(ctx, bad)
		Fault(t, "opening "+bad, err, stocktake.Invalid)
		_, err = s.Has(ctx, bad)
		Fault(t, "asking for "+bad, err, stocktake.Invalid)
		Fault(t, "deleting "+bad, s.Delete(ctx, bad), stocktake.Invalid)
	}

	// A Put that fails leaves nothing.
	before := List(t, s)
	broken := errors.New("the connection broke")
	if _, _, err := s.Put(ctx, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); err != broken {
		t.Errorf("Put gives %v, want the reader's own error", err)
	}
	cut, cancel := context.WithCancel(ctx)
	_, _, err = s.Put(cut, io.MultiReader(strings.NewReader("half"), readFunc(cancel), strings.NewReader("other half")))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Put with a done context gives %v", err)
	}
	if err := s.List(cut, func(string, int64) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("List with a done context gives %v", err)
	}
	if got := List(t, s); !slices.Equal(got, before) {
		t.Errorf("failures leave\n%v, want\n%v", got, before)
	}

	// Many at once.
	var all sync.WaitGroup
	for i := range 8 {
		s := open(t)
		all.Go(func() {
			for n := range 20 {
				text := strings.Repeat(fmt.Sprint("file ", n%10), 1000)
				h, _, err := s.Put(ctx, strings.NewReader(text))
				if err != nil || h != Hash(text) {
					t.Errorf("writer %d: %s, %v", i, h, err)
					return
				}
				f, _, err := s.Open(ctx, h)
				if err != nil {
					t.Error(err)
					return
				}
				if b, err := io.ReadAll(f); err != nil || string(b) != text {
					t.Errorf("writer %d reads something else: %v", i, err)
				}
				f.Close()
			}
		})
	}
	all.Wait()
	if got := List(t, s); len(got) != len(before)+10 {
		t.Errorf("the store lists %v", got)
	}
}

type readFunc func()

func (f readFunc) Read([]byte) (int, error) { f(); return 0, io.EOF }
