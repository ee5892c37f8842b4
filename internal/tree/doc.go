// Package tree has the formats of the log: leaves, tiles, signed heads, witnesses' cosignatures, proofs and policies, as C2SP writes them
// (tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy, signed-note). It knows no database and no network: the hashing is
// golang.org/x/mod/sumdb/tlog, the signatures golang.org/x/mod/sumdb/note.
package tree
