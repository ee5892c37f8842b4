package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/tree"
)

const keyFile = "witness.key"

// OpenKey reads the key of the witness in a folder, and makes one where there is none. name "" means the one that is there; another name
// than that is a Conflict fault.
func OpenKey(dir, name string, now func() time.Time) (*tree.Cosigner, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if name == "" {
			return nil, stocktake.NotFoundf("there is no witness in %s yet", dir).Hinted("name it, such as --name witness.example.org")
		}
		if logs, err := filepath.Glob(filepath.Join(dir, stateDir, "*.json")); err != nil || len(logs) > 0 {
			return nil, errors.Join(err, &stocktake.Fault{Kind: stocktake.Conflict, What: "the folder " + dir + " holds what a witness signed, but not its key",
				Hint: "bring the key back, or begin a new witness under a new name in an empty folder"})
		}
		seed := make([]byte, ed25519.SeedSize)
		rand.Read(seed) // never fails
		if text, err = writeKey(path, name, seed, now); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("read the key of the witness: %w", err)
	}
	c, err := parseKey(string(text), now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if name != "" && c.Name() != name {
		return nil, &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the witness in %s is named %s, not %s", dir, c.Name(), name),
			Hint: "leave --name out, or name an empty folder: a witness keeps its name and key for life"}
	}
	return c, nil
}

// writeKey keeps a key as one line: WITNESS+KEY+name+hash+base64 of a byte for the kind and the seed.
func writeKey(path, name string, seed []byte, now func() time.Time) ([]byte, error) {
	c, err := tree.NewCosigner(name, seed, now)
	if err != nil {
		return nil, err
	}
	text := fmt.Appendf(nil, "WITNESS+KEY+%s+%08x+%s\n", name, c.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{4}, seed...)))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the witness: %w", err)
	}
	return text, replace(path, text)
}

func parseKey(text string, now func() time.Time) (*tree.Cosigner, error) {
	bad := stocktake.Invalidf("this is no key of a witness").Hinted("the file holds one line that begins with WITNESS+KEY+")
	f := strings.Split(strings.TrimSpace(text), "+")
	if len(f) < 5 || f[0] != "WITNESS" || f[1] != "KEY" {
		return nil, bad
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(f[4:], "+")) // base64 has plus signs of its own
	if err != nil || len(b) != 1+ed25519.SeedSize || b[0] != 4 {
		return nil, bad
	}
	c, err := tree.NewCosigner(f[2], b[1:], now)
	if err != nil {
		return nil, err
	}
	if fmt.Sprintf("%08x", c.KeyHash()) != f[3] {
		return nil, bad
	}
	return c, nil
}

// replace puts a file in its place whole and on disk, or not at all. Only its owner reads it.
func replace(path string, b []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir) // from here on it is there after a crash, too
}
