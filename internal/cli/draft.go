package cli

import (
	"fmt"
	"io"

	"stocktake/internal/ingest"
)

// printDraft prints a draft for people.
func printDraft(w io.Writer, d ingest.Draft) {
	at := func(s ingest.Span) string { return fmt.Sprintf("[%d-%d]", s.Start, s.End) }
	or := func(s *string, none string) string {
		if s == nil {
			return none
		}
		return *s
	}
	if d.Title != nil {
		fmt.Fprintf(w, "Title      %s %s\n", at(*d.Title), d.Title.Text)
	}
	if d.Dateline != nil {
		fmt.Fprintf(w, "Dateline   %s %s; place %s, date %s\n", at(d.Dateline.Span), d.Dateline.Text, or(d.Dateline.Place, "unknown"), or(d.Dateline.Date, "unknown"))
	}
	head := func(s string, n int) { fmt.Fprintf(w, "\n%s (%d)\n", s, n) }
	head("Instruments", len(d.Instruments))
	for _, x := range d.Instruments {
		fmt.Fprintf(w, "  %s %s -> %s", at(x.Span), x.Text, or(x.ID, "not in the record"))
		if len(x.Mentions) > 0 {
			fmt.Fprintf(w, ", also %d times", len(x.Mentions))
		}
		fmt.Fprintln(w)
	}
	head("States", len(d.States))
	for _, x := range d.States {
		fmt.Fprintf(w, "  %s %s -> %s\n", at(x.Span), x.Text, or(x.ID, "not in the record"))
	}
	head("Acts that it tells of", len(d.Acts))
	for _, x := range d.Acts {
		fmt.Fprintf(w, "  %s %s: %s %s: “%s”\n", at(x.Span), or(x.Party, "?"), x.Kind, or(x.Instrument, "?"), x.Quote)
	}
	head("Calls", len(d.Calls))
	for _, x := range d.Calls {
		fmt.Fprintf(w, "  %s %s %s (%s): “%s”\n", at(x.Span), x.Verb, or(x.Addressee, "nobody in particular"), or(x.AddresseeID, "no party of the record"), x.Quote)
	}
	head("Undertakings of the signers", len(d.Undertakings))
	for _, x := range d.Undertakings {
		fmt.Fprintf(w, "  %s “%s”\n", at(x.Span), x.Quote)
	}
	head("Claims of fact", len(d.Claims))
	for _, x := range d.Claims {
		fmt.Fprintf(w, "  %s “%s”\n", at(x.Span), x.Quote)
	}
	head("Signatories, as printed", len(d.Signatories))
	for _, x := range d.Signatories {
		fmt.Fprintf(w, "  %s %s\n", at(x.Span), x.Text)
	}
	head("Contacts", len(d.Contacts))
	for _, x := range d.Contacts {
		fmt.Fprintf(w, "  %s %s\n", at(x.Span), x.Text)
	}
	head("To look at", len(d.Flags))
	for _, f := range d.Flags {
		place := ""
		if f.Start != nil && f.End != nil {
			place = fmt.Sprintf("[%d-%d] ", *f.Start, *f.End)
		}
		fmt.Fprintf(w, "  %s%s\n", place, f.Message)
	}
}
