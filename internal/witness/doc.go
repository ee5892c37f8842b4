// Package witness has both sides of c2sp.org/tlog-witness. A Server signs, for a list of logs, every head that continues the newest one it
// signed before, and no other: whoever shows two histories of one log finds that it signs one of them only. A Gatherer asks such witnesses,
// ours or those of others, to sign the heads of our log.
//
// A server's folder holds
//
//	witness.key                 its key; whoever has it can sign as this witness
//	lock                        open while a server runs on the folder
//	logs/HASH.json              the newest head it signed of each log; HASH is the beginning of the SHA-256 of the origin
//	evidence/HASH-KIND-SUM.json heads that were refused, beside what it had signed
//
// It trusts nobody who asks, and stores nothing about them.
package witness
