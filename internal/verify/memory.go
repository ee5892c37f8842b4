package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// A Memory is what this machine saw of each log: a small file for each, in a folder.
type Memory struct {
	Dir string
	Now func() time.Time
}

// Seen is the newest head of one log that was checked whole, or the last one under that name.
type Seen struct {
	Origin string    `json:"origin"`
	Key    string    `json:"key"`
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	At     time.Time `json:"at"`
	Note   []byte    `json:"note"`             // as it was signed
	Target string    `json:"target,omitempty"` // address where it was seen last
	Next   string    `json:"next,omitempty"`   // the name under which the log goes on
}

// nameOf is how a log is called in the names of files.
func nameOf(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:8])
}

func (m *Memory) path(origin string) string { return filepath.Join(m.Dir, nameOf(origin)+".json") }

// Last returns what was seen last of a log, nil where nothing was.
func (m *Memory) Last(origin string) (*Seen, error) {
	s, err := readSeen(m.path(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return s, err
}

func readSeen(path string) (*Seen, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s Seen
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("what this machine saw of a log cannot be read (%s): %w", path, err)
	}
	return &s, nil
}

// All returns what was seen of each log, in the order of the names of their files.
func (m *Memory) All() ([]Seen, error) {
	files, err := os.ReadDir(m.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Seen
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		s, err := readSeen(filepath.Join(m.Dir, f.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, *s)
	}
	return list, nil
}

// Keep notes a head that was checked whole. key is the log's key.
func (m *Memory) Keep(origin, key string, signed []byte) error {
	return m.keep(origin, key, signed, "", "")
}

// End notes the last head of a log under a name, and the name under which it goes on. Heads under the first name that are larger prove nothing
// any more, but that its key is still in use.
func (m *Memory) End(origin, key string, signed []byte, next string) error {
	return m.keep(origin, key, signed, "", next)
}

func (m *Memory) keep(origin, key string, signed []byte, target, next string) error {
	v, err := tree.ParseVKey(key)
	if err != nil {
		return err
	}
	h, _, err := tree.OpenHead(signed, v)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(Seen{origin, key, h.Size, h.Root, m.Now().UTC().Truncate(time.Second), signed, target, next}, "", "  ")
	if err != nil {
		return err
	}
	return m.write(m.path(origin), b)
}

func (m *Memory) write(path string, b []byte) error {
	if err := os.MkdirAll(m.Dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(m.Dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(b); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// Evidence keeps the signed head that contradicts what was seen before, beside it.
func (m *Memory) Evidence(origin string, signed []byte) error {
	h := sha256.Sum256(signed)
	base := m.path(origin)
	return m.write(base[:len(base)-len(".json")]+".against-"+hex.EncodeToString(h[:6])+".note", signed)
}
