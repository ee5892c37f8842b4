package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"unicode/utf8"
)

// checkDraft checks what holds for every draft: each span lies in the text and is its slice, in code points; no list is nil; entries of a
// list are in the order of the text; the hash is the text's.
func checkDraft(t testing.TB, d Draft) {
	t.Helper()
	if !utf8.ValidString(d.Text) {
		t.Errorf("the text is not UTF-8")
	}
	sum := sha256.Sum256([]byte(d.Text))
	if got := hex.EncodeToString(sum[:]); got != d.SHA256 {
		t.Errorf("sha256 = %s, want that of the text, %s", d.SHA256, got)
	}
	text := []rune(d.Text)
	inText := func(what string, start, end int) bool {
		if start < 0 || end <= start || end > len(text) {
			t.Errorf("%s: %d to %d is no place in a text of %d code points", what, start, end, len(text))
			return false
		}
		return true
	}
	check := func(what string, s Span) {
		if inText(what, s.Start, s.End) && string(text[s.Start:s.End]) != s.Text {
			t.Errorf("%s: text is %q, the slice %d to %d is %q", what, s.Text, s.Start, s.End, string(text[s.Start:s.End]))
		}
	}
	last, list := 0, ""
	entry := func(what string, e Entry) {
		check(what, e.Span)
		if e.Quote != e.Text {
			t.Errorf("%s: quote %q is not text %q", what, e.Quote, e.Text)
		}
		if e.Confidence != High && e.Confidence != Medium && e.Confidence != Low {
			t.Errorf("%s: confidence is %q", what, e.Confidence)
		}
		if what == list && e.Start < last {
			t.Errorf("%s: the entry at %d comes after one at %d", what, e.Start, last)
		}
		last, list = e.Start, what
	}
	if d.Title != nil {
		check("title", *d.Title)
	}
	if d.Dateline != nil {
		check("dateline", d.Dateline.Span)
	}
	for _, e := range d.Issuers {
		entry("issuer", e)
	}
	for _, e := range d.Addressees {
		entry("addressee", e.Entry)
	}
	for _, e := range d.Instruments {
		entry("instrument", e.Entry)
		if e.Mentions == nil {
			t.Errorf("instrument %q: mentions is nil", e.Text)
		}
		at := -1
		for _, m := range e.Mentions {
			check("mention", m)
			if m.Start <= at {
				t.Errorf("instrument %q: mentions are not in the order of the text", e.Text)
			}
			at = m.Start
		}
	}
	for _, e := range d.Symbols {
		entry("symbol", e)
	}
	for _, e := range d.States {
		entry("state", e.Entry)
	}
	for _, e := range d.Acts {
		entry("act", e.Entry)
		if e.Kind == "" {
			t.Errorf("act %q has no kind", e.Text)
		}
	}
	for _, e := range d.Calls {
		entry("call", e.Entry)
		if e.Verb == "" {
			t.Errorf("call %q has no verb", e.Text)
		}
	}
	for _, e := range d.Undertakings {
		entry("undertaking", e)
	}
	for _, e := range d.Claims {
		entry("claim", e)
	}
	for _, e := range d.Signatories {
		entry("signatory", e.Entry)
		if e.Name == "" {
			t.Errorf("signatory %q has no name", e.Text)
		}
	}
	for _, e := range d.Contacts {
		entry("contact", e.Entry)
	}
	for _, f := range d.Flags {
		if (f.Start == nil) != (f.End == nil) {
			t.Errorf("flag %s has one end of a place", f.Code)
		} else if f.Start != nil {
			inText("flag "+string(f.Code), *f.Start, *f.End)
		}
		if f.Code == "" || f.Message == "" {
			t.Errorf("flag without code or message: %+v", f)
		}
	}
	if d.Issuers == nil || d.Addressees == nil || d.Instruments == nil || d.Symbols == nil || d.States == nil || d.Acts == nil || d.Calls == nil ||
		d.Undertakings == nil || d.Claims == nil || d.Signatories == nil || d.Contacts == nil || d.Flags == nil {
		t.Errorf("a list is nil: %+v", d)
	}
}
