package cli

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stocktake"
	"stocktake/internal/tree"
)

// keyFile is where the key of the log lies, in the folder of the record and outside the database.
const keyFile = "keys/log.key"

type keyCmd struct {
	Show    keyShowCmd    `cmd:"" default:"1" help:"Print the key of the log that others check signatures with."`
	Turn    keyTurnCmd    `cmd:"" help:"End the log under its key and go on under a new one."`
	Resume  keyResumeCmd  `cmd:"" help:"Sign again, after a restore from a backup, or after signing stopped."`
	Compare keyCompareCmd `cmd:"" help:"Compare a head of this log that somebody shows with what is here."`
}

type keyShowCmd struct{}

// Run prints origin and key of the log.
func (c *keyShowCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	origin, vkey, err := o.LogName(e.ctx)
	if err != nil {
		return err
	}
	if vkey == "" {
		return stocktake.NotFoundf("the log of this record was never signed").Hinted("a folder that may be written gets a key by itself")
	}
	if e.flags.JSON {
		return e.object(map[string]any{"origin": origin, "vkey": vkey, "here": o.key != nil})
	}
	fmt.Fprintln(e.out, vkey)
	if o.key == nil {
		e.say("The secret part is not in this folder: another process signs.")
	}
	return nil
}

type keyTurnCmd struct {
	Origin string `arg:"" help:"New name of the log, such as stocktake.example.org/record."`
}

func (c *keyTurnCmd) Help() string {
	return "The old log gets a last entry that names the new origin and key, and a last signed head. The tree stays the same, so that nothing has to be filed or checked anew. Use it to give a record its public name, or when a key may have been seen by others."
}

// Run turns the log over to a new key.
func (c *keyTurnCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if o.key == nil {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "the key of the log is not in this folder", Hint: "run this where the file " + keyFile + " is"}
	}
	path := filepath.Join(o.dir, filepath.FromSlash(keyFile))
	fresh := path + ".next"
	next, err := e.makeKey(fresh, c.Origin)
	if err != nil {
		return err
	}
	if next.Name() != c.Origin { // left by a turn that did not end, towards another name
		if err := os.Remove(fresh); err != nil {
			return err
		}
		if next, err = e.makeKey(fresh, c.Origin); err != nil {
			return err
		}
	}
	if err := o.TurnLog(e.ctx, o.key, next); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	if err := takeNext(path); err != nil {
		return err
	}
	o.key = next
	fmt.Fprintf(e.out, "The log goes on as %s. Its key:\n%s\n", next.Name(), next.VKey)
	return nil
}

// makeKey makes a key for a log and keeps it in a file that only its owner reads. origin "" is a name that no other log has.
func (e *env) makeKey(path, origin string) (*tree.Key, error) {
	if origin == "" {
		b := make([]byte, 8)
		rand.Read(b) // never fails
		origin = "stocktake.invalid/" + hex.EncodeToString(b)
	}
	k, err := tree.NewKey(origin)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for keys: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return tree.ParseKey(string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("keep the key of the log: %w", err)
	}
	_, err = f.WriteString(k.Secret() + "\n")
	return k, errors.Join(err, f.Sync(), f.Close())
}

// takeNext puts the new key in the place of the old one, which stays beside it: with it, the old log can be shown to have ended.
func takeNext(path string) error {
	for n := 1; ; n++ {
		old := fmt.Sprintf("%s.old-%d", path, n)
		if _, err := os.Lstat(old); errors.Is(err, fs.ErrNotExist) {
			if err := os.Rename(path, old); err != nil {
				return err
			}
			return os.Rename(path+".next", path)
		}
	}
}
