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
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// A Memory is what this machine saw of each log: a small file for each, in a folder.
type Memory struct {
	Dir string
	Now func() time.Time
}

// Seen is the newest head of one log that was checked whole.
type Seen struct {
	Origin string    `json:"origin"`
	Key    string    `json:"key"`
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	At     time.Time `json:"at"`
	Note   []byte    `json:"note"` // as it was signed
}

func (m *Memory) path(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return filepath.Join(m.Dir, hex.EncodeToString(h[:8])+".json")
}

// Last returns what was seen last of a log, nil where nothing was.
func (m *Memory) Last(origin string) (*Seen, error) {
	b, err := os.ReadFile(m.path(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s Seen
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("what this machine saw of the log %s cannot be read (%s): %w", origin, m.path(origin), err)
	}
	return &s, nil
}

// Keep notes a head that was checked whole. key is the log's key.
func (m *Memory) Keep(origin, key string, signed []byte) error {
	v, err := tree.ParseVKey(key)
	if err != nil {
		return err
	}
	h, _, err := tree.OpenHead(signed, v)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(Seen{origin, key, h.Size, h.Root, m.Now().UTC().Truncate(time.Second), signed}, "", "  ")
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
