// Package ingest reads the text of a joint statement, as pasted from a press release, and returns a draft of what it says: its title
// and dateline, who issues it and to whom, the instruments, document symbols and states it names, the acts it tells of, its calls, the
// undertakings of its signers, its claims of fact, who signed, whom to ask, and what a person should look at before it is filed.
//
// A draft is a proposal. Each entry is a slice of the text with its place and how sure the reader is, so that a person can confirm or
// strike it; nothing is completed from memory, and what cannot be told is null and, where it matters, flagged.
//
// # The text
//
// Read first normalises: a byte order mark at the start is dropped, CRLF becomes LF, and the text is put into Unicode form NFC. Bytes that
// are no UTF-8 become U+FFFD and are flagged. Nothing else is touched: no-break spaces, curly quotes, dashes and double spaces stay, so
// that a quote is the source's own characters. Draft.Text is that text, Draft.SHA256 the SHA-256 of its UTF-8 bytes in lower-case hex, and
// every start and end counts its Unicode code points from 0, the end not included.
//
// # How it reads
//
// Reading is rules, word lists and names; there is no model and no guess from outside the text. The layout comes first (units: a paragraph
// of prose, or one line of a list), then the dateline, the signatories and the contacts, then the sentences of the body. Names come from
// the caller's list; instruments that the list does not hold are found by the shape of their names, with a null id. Calls, undertakings and
// headings are read in English, Spanish, French, Portuguese and German; acts and claims of fact in English. A text in another language is
// still read for names, symbols, dates, lists and contacts, and flagged; Arabic and Chinese names are found where they are written on to other
// words, Russian names of states in every case.
//
// Where governments issue a text, the states that its title or opening lists are its issuers, and its signatories where no list stands under
// it. What is no part of what a text says, such as contacts, "About …" and notes, is given its own member and read no further.
//
// How well this does is measured by package accuracy; docs/accuracy.md has the figures.
//
// Everything here is pure: no clock, file or network; the same text and names give the same draft, and every function may be called from
// many goroutines.
package ingest
