// Package builtin carries the built-in record: an export with the parties, instruments, roll-calls, treaty actions and chronology that
// Stocktake starts with. It is made by internal/builtin/build from public data and from the filings written by hand in record/.
package builtin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"sync"
)

//go:embed record.tar.zst
var record []byte

// Open returns the built-in record as an export.
func Open() io.Reader { return bytes.NewReader(record) }

// Size is the length of the built-in record in bytes.
func Size() int { return len(record) }

// ID returns the SHA-256 of the built-in record, by which a folder knows which one it holds.
var ID = sync.OnceValue(func() string {
	h := sha256.Sum256(record)
	return hex.EncodeToString(h[:])
})
