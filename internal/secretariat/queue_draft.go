package secretariat

import (
	"context"
	"strings"
	"unicode/utf8"

	"stocktake"
	"stocktake/internal/record"
)

// EntryDraft is what an entry of the queue would put on the record, for somebody to finish: its source, and what the source tells. The words of a
// correction or an answer are its sender's claim and are not in it; a reply is the government's own words.
func (o *Office) EntryDraft(ctx context.Context, e *Entry) (f stocktake.Filing, err error) {
	today, err := stocktake.ParseDate(o.day())
	if err != nil {
		return f, err
	}
	received, err := stocktake.ParseDate(e.Day)
	if err != nil {
		return f, err
	}
	short := e.ID[:6]
	f.Key = "queue/" + e.Day + "-" + short
	src := stocktake.Source{ID: stocktake.SourceID("queue-" + e.Day + "-" + short), Title: "Write here what the source is", Read: today}
	if isAddress(e.Source) {
		src.Address = e.Source
	} else if e.Source != "" {
		src.Title = e.Source
	}
	at := stocktake.At{On: stocktake.MaxDay, Known: o.l.Now().AddDate(0, 0, 1), Head: o.l.Record().Head()}
	var quotes []stocktake.Quote
	if e.Quote != "" {
		quotes = []stocktake.Quote{{Exact: stocktake.Plain(clipWords(e.Quote, 300))}}
	}
	day, _ := stocktake.ParseDate(e.Date) // checked when it came
	switch {
	case e.About.Kind == "call":
		r := stocktake.Reading{Call: e.About.ID, Status: e.Status, Party: e.Party, Date: day, Source: src.ID, Quotes: quotes,
			Reason: "Write here why this is read as an answer to the call.", By: "editor of the record"}
		f.Title = "An answer to a call"
		if e.Kind == StateReply {
			o.replySource(e, &src, received)
			f.Title = "Reply of " + o.partyName(e.Party) + " to a call"
			r.Status, r.Quotes = "no-answer", []stocktake.Quote{{Exact: stocktake.Plain(clipWords(e.Words, 300)), Lang: e.Lang, By: e.Office, Own: true}}
			r.Reason = "The government's own statement on the call. Write here what it is to the call, and set the status."
			if r.Date.IsZero() {
				r.Date = received
			}
		}
		f.Answers = []stocktake.Reading{r}
	case e.Kind == StateReply:
		o.replySource(e, &src, received)
		f.Title = "Reply of " + o.partyName(e.Party) + " about: " + clip(e.About.Title, 120)
		in, act, err := o.aboutWhat(ctx, at, e)
		if err != nil {
			return f, err
		}
		if day.IsZero() {
			day = received
		}
		a := stocktake.Act{ID: stocktake.ActID("reply/" + string(in) + "/" + string(e.Party) + "/" + e.Day + "-" + short), Party: e.Party, Instrument: in, Kind: stocktake.Remark,
			Done: day, Source: src.ID, Organ: e.Office, Summary: "States its own position.", Objects: act,
			Quotes: []stocktake.Quote{{Exact: stocktake.Plain(clipWords(e.Words, 300)), Lang: e.Lang, By: e.Office, Own: true}}}
		if utf8.RuneCountInString(e.Words) > 300 {
			a.Text = &stocktake.ActText{Lang: e.Lang, Words: stocktake.Plain(e.Words)}
		}
		f.Acts = []stocktake.Act{a}
	default:
		f.Title = "Correction of: " + clip(e.About.Title, 120)
		if err := o.corrected(ctx, at, e, &f, src.ID, quotes); err != nil {
			return f, err
		}
	}
	f.Sources = []stocktake.Source{src}
	return f, nil
}

// replySource describes a reply as a source.
func (o *Office) replySource(e *Entry, src *stocktake.Source, received stocktake.Date) {
	src.Kind, src.Publisher, src.Lang = "official", e.Office, e.Lang
	if src.Publisher == "" {
		src.Publisher = "Government of " + o.partyName(e.Party)
	}
	if e.Proved() {
		src.Title = "Reply of " + o.partyName(e.Party) + " to this record, received " + e.Day
		src.Note = "It came from a mailbox at " + e.Box.Domain + ", a domain of this government according to: " + e.Box.Basis + ". The mailbox confirmed it on " + e.Box.Proved + "."
		src.Read = received
	}
}

// corrected enters the act that a correction is about once more, as the sender's source is said to tell it.
func (o *Office) corrected(ctx context.Context, at stocktake.At, e *Entry, f *stocktake.Filing, src stocktake.SourceID, quotes []stocktake.Quote) error {
	switch e.About.Kind {
	case "act":
		list, err := o.l.Record().Act(ctx, at, stocktake.ActID(e.About.ID))
		if err != nil || len(list) == 0 {
			return err
		}
		f.Acts = []stocktake.Act{Retold(list[len(list)-1], src, quotes)}
	case "standing":
		in, p, _ := strings.Cut(e.About.ID, "/")
		a := stocktake.Act{ID: stocktake.ActID("hand/" + in + "/" + p + "/" + e.Day), Party: stocktake.PartyID(p), Instrument: stocktake.InstrumentID(in), Kind: stocktake.Remark, Source: src, Quotes: quotes,
			Note: "Write here what the source tells, and set the kind and the days of the act."}
		f.Acts = []stocktake.Act{a}
	default:
		f.Unknowns = []stocktake.Unknown{{About: strings.Split(e.About.ID, "/")[0], What: "Write here what is to be entered, in place of this."}}
	}
	return nil
}

// Retold is an act as another source tells it, with everything that the first one alone can say left out.
func Retold(x record.ActEntry, src stocktake.SourceID, quotes []stocktake.Quote) stocktake.Act {
	a := x.Act
	a.Source, a.Quotes, a.Text, a.Person, a.Confidence, a.Summary = src, quotes, nil, stocktake.Sheeted{}, "", ""
	return a
}

// aboutWhat is the instrument, and the act where there is one, that an entry is about.
func (o *Office) aboutWhat(ctx context.Context, at stocktake.At, e *Entry) (stocktake.InstrumentID, stocktake.ActID, error) {
	switch e.About.Kind {
	case "act":
		list, err := o.l.Record().Act(ctx, at, stocktake.ActID(e.About.ID))
		if err != nil {
			return "", "", err
		}
		if len(list) == 0 {
			return "", "", stocktake.NotFoundf("the act %s is not on the record any more", e.About.ID)
		}
		return list[0].Instrument, stocktake.ActID(e.About.ID), nil
	case "standing":
		in, _, _ := strings.Cut(e.About.ID, "/")
		return stocktake.InstrumentID(in), "", nil
	}
	return stocktake.InstrumentID(e.About.ID), "", nil
}

func (o *Office) partyName(id stocktake.PartyID) string {
	if p, ok := o.l.Record().Party(id, o.l.Record().Head()); ok && p.Names["en"] != "" {
		return p.Names["en"]
	}
	return string(id)
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// clipWords cuts at the end of a sentence, or else of a word, so that at most most characters stay.
func clipWords(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	cut := string(r[:most+1])
	for _, end := range []string{". ", "! ", "? ", "。"} {
		if i := strings.LastIndex(cut, end); i > most/3 {
			return strings.TrimSpace(cut[:i+1])
		}
	}
	if i := strings.LastIndex(cut, " "); i > 0 {
		return cut[:i]
	}
	return string(r[:most])
}
