// Package edition reads from the record what there is to show of one version of a statement that was made here: its texts, the names beneath it
// and how each was shown, what became of it, and that it was fixed before. Pages, files and feeds are all made from that one reading. It reads the
// record and nothing that is private, so that nothing can show before it is filed.
//
// A Shelf keeps the files that were given out: the bytes of each are made when it is first asked for and stay as they were, at an address with
// their SHA-256, until words that they hold are taken away.
package edition
