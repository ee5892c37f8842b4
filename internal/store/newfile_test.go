package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stocktake"
)

func TestNewFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	say := func(text string) func(string) error {
		return func(part string) error { return os.WriteFile(part, []byte(text), 0o600) }
	}
	broken := errors.New("broken")
	if err := NewFile(path, func(part string) error { return errors.Join(say("half")(part), broken) }); !errors.Is(err, broken) {
		t.Errorf("NewFile gives %v, want the error of its function", err)
	}
	if list, _ := os.ReadDir(folder); len(list) != 0 {
		t.Errorf("a failure leaves %v", list)
	}
	if err := NewFile(path, say("first")); err != nil {
		t.Fatal(err)
	}
	if err := NewFile(path, say("second")); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("a file in the way gives %v", err)
	}
	// Somebody takes the name meanwhile.
	late := filepath.Join(folder, "late")
	err := NewFile(late, func(part string) error { return errors.Join(say("mine")(part), say("theirs")(late)) })
	if stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("a file that came in the way gives %v", err)
	}
	if err := NewFile(filepath.Join(folder, "none", "file"), say("x")); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("a missing folder gives %v", err)
	}
	for name, text := range map[string]string{"file": "first", "late": "theirs"} {
		if b, err := os.ReadFile(filepath.Join(folder, name)); string(b) != text || err != nil {
			t.Errorf("%s holds %q, %v, want %q", name, b, err, text)
		}
	}
	if list, _ := os.ReadDir(folder); len(list) != 2 {
		t.Errorf("the folder holds %v", list)
	}
}
