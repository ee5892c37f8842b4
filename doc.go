// Package stocktake holds the nouns and rules of a record of commitments: who undertook what towards people, and where each
// party stands on any day, as known on any other.
//
// Everything that is stored as fact is an act: somebody did something about some text on some day, and a source says so. Acts enter
// in filings, which are numbered and never edited. Where a party stands is computed: Law.Replay takes the events of one party towards
// one instrument and returns a Standing for a day. Nothing here reads a clock, a file or a network; the standard library is all it imports.
//
// Three coordinates fix every answer. On is the civil day asked about. Known is what could be known by a moment, by the dates of the
// sources themselves. Head is how many filings the record held. The same three give the same answer for ever.
package stocktake
