package witness

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

	"stocktake"
)

const (
	stateDir    = "logs"
	evidenceDir = "evidence"
)

// A State is the newest head of one log that a witness signed.
type State struct {
	Origin string    `json:"origin"`
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	At     time.Time `json:"at"`
	Note   string    `json:"note"` // as the log and this witness signed it
}

// Evidence is a head that a witness refused, beside the one that it had signed.
type Evidence struct {
	Kind   string      `json:"kind"`
	Says   string      `json:"says"` // in plain words
	Origin string      `json:"origin"`
	Key    string      `json:"key"` // of the log
	At     time.Time   `json:"at"`
	Signed string      `json:"signed"` // what this witness had signed, with the log's signature
	Shown  string      `json:"shown"`  // what it was shown then, with the log's signature
	Old    int64       `json:"old"`    // the size from which the proof was to lead
	Proof  []tlog.Hash `json:"proof,omitempty"`
}

// Kinds of evidence.
const (
	Fork   = "fork"   // the same size, and another tree
	Broken = "broken" // a larger size, and a proof that does not lead there
	Older  = "older"  // a smaller size
)

var says = map[string]string{
	Fork: "The log signed two different trees of one size. Both cannot be one history: this proves that the log, or somebody with its key, shows two.",
	Broken: "The log signed a larger tree, and the proof that came with it does not lead there from the one that was signed before. Either the proof was wrong, or the log has another history now. " +
		"Ask the log for a proof between the two: an honest one has it.",
	Older: "The log's signature stands under a smaller tree than was signed before. By itself this may be an old head that came late. If the log's true tree of that size has another hash, the log shows two histories.",
}

// name is how files are named after a log.
func name(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:16])
}

func readState(dir, origin string) (*State, error) {
	path := filepath.Join(dir, stateDir, name(origin)+".json")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s State
	if err := json.Unmarshal(b, &s); err != nil || s.Origin != origin {
		return nil, &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("%s does not say what was signed of the log %s", path, origin), Err: err,
			Hint: "a witness that does not know what it signed must not sign: begin a new one, under a new name, in an empty folder"}
	}
	return &s, nil
}

func writeState(dir string, s *State) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, stateDir, name(s.Origin)+".json"), append(b, '\n'))
}

// maxEvidence is how many files of a kind are kept of one log; the first ones say the most.
const maxEvidence = 100

// keep writes evidence, once for each head that was shown, and reports whether it is new.
func keep(dir string, e *Evidence) (path string, fresh bool, err error) {
	sum := sha256.Sum256([]byte(e.Signed + "\x00" + e.Shown))
	base := filepath.Join(dir, evidenceDir, name(e.Origin)+"-"+e.Kind+"-")
	path = base + hex.EncodeToString(sum[:8]) + ".json"
	if _, err := os.Lstat(path); err == nil {
		return path, false, nil
	}
	if have, err := filepath.Glob(base + "*.json"); err != nil || len(have) >= maxEvidence {
		return path, false, err
	}
	e.Says = says[e.Kind]
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return path, false, err
	}
	return path, true, replace(path, append(b, '\n'))
}
