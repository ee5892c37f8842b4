package ingest

import (
	"strings"
	"testing"
)

func TestDateline(t *testing.T) {
	for _, tt := range []struct{ line, text, place, date string }{
		{"Puerto Vallarta, Mexico – December 4, 2017 – Text", "Puerto Vallarta, Mexico – December 4, 2017", "Puerto Vallarta, Mexico", "2017-12-04"},
		{"Puerto Vallarta, Mexico - December 4, 2017 - Text", "Puerto Vallarta, Mexico - December 4, 2017", "Puerto Vallarta, Mexico", "2017-12-04"},
		{"Puerto Vallarta, Mexico—December 4, 2017—Text", "Puerto Vallarta, Mexico—December 4, 2017", "Puerto Vallarta, Mexico", "2017-12-04"},
		{"GENEVA, 4 December 2017 -- Text", "GENEVA, 4 December 2017", "GENEVA", "2017-12-04"},
		{"Geneva (4 December 2017) – Text", "Geneva (4 December 2017)", "Geneva", "2017-12-04"},
		{"(Geneva, 4 December 2017) Text", "Geneva, 4 December 2017", "Geneva", "2017-12-04"},
		{"Washington, D.C., Dec. 4, 2017 – Text", "Washington, D.C., Dec. 4, 2017", "Washington, D.C.", "2017-12-04"},
		{"NEW YORK/GENEVA – Monday, December 4th, 2017: Text", "NEW YORK/GENEVA – Monday, December 4th, 2017", "NEW YORK/GENEVA", "2017-12-04"},
		{"Rio de Janeiro, Brazil | 2017-12-04 | Text", "Rio de Janeiro, Brazil | 2017-12-04", "Rio de Janeiro, Brazil", "2017-12-04"},
		{"December 4, 2017 – Geneva – Text", "December 4, 2017 – Geneva", "Geneva", "2017-12-04"},
		{"4-6 December 2017, Geneva", "4-6 December 2017, Geneva", "Geneva", "2017-12-04/2017-12-06"},
		{"4 December 2017", "4 December 2017", "", "2017-12-04"},
		{"Ciudad de México, 4 de diciembre de 2017.- Texto", "Ciudad de México, 4 de diciembre de 2017", "Ciudad de México", "2017-12-04"},
		{"Brasília, 4 de dezembro de 2017 – Texto", "Brasília, 4 de dezembro de 2017", "Brasília", "2017-12-04"},
		{"Paris, le 1er décembre 2017 – Texte", "Paris, le 1er décembre 2017", "Paris", "2017-12-01"},
		{"Berlin, den 4. Dezember 2017 – Text", "Berlin, den 4. Dezember 2017", "Berlin", "2017-12-04"},
		{"Berlin, 04.12.2017", "Berlin, 04.12.2017", "Berlin", "2017-12-04"},
		{"Geneva, December 2017 – Text", "Geneva, December 2017", "Geneva", "2017-12"},
		{"NEW YORK, July 13 – Text", "NEW YORK, July 13", "NEW YORK", ""},
		{"Geneva, 04/12/2017 – Text", "Geneva, 04/12/2017", "Geneva", ""},
		{"Geneva, 14/12/2017 – Text", "Geneva, 14/12/2017", "Geneva", "2017-12-14"},
		{"Geneva, 31 February 2017 – Text", "Geneva, 31 February 2017", "Geneva", ""},
		{"Washington, DC…In what follows", "Washington, DC", "Washington, DC", ""},
		{"In December 2017 the ferries stopped.", "", "", ""},
		{"Crews, on 4 December 2017, stopped the ferries.", "", "", ""},
		{"Ferries – all of them – stopped.", "", "", ""},
	} {
		d := read(t, tt.line+" behind the dateline, which is long enough to be read as prose.\n\n"+bodyText)
		if tt.text != "" && (tt.text == tt.line || strings.HasPrefix(tt.line, tt.text) && len(tt.line)-len(tt.text) < 2) {
			d = read(t, tt.line+"\n\n"+bodyText)
		}
		if tt.text == "" {
			if d.Dateline != nil {
				t.Errorf("%q: dateline = %q, want none", tt.line, d.Dateline.Text)
			}
			continue
		}
		if d.Dateline == nil {
			t.Errorf("%q: no dateline, want %q", tt.line, tt.text)
			continue
		}
		if d.Dateline.Text != tt.text || deref(d.Dateline.Place) != tt.place || deref(d.Dateline.Date) != tt.date {
			t.Errorf("%q:\n got %q, place %q, date %q\nwant %q, place %q, date %q", tt.line, d.Dateline.Text, deref(d.Dateline.Place), deref(d.Dateline.Date), tt.text, tt.place, tt.date)
		}
		if open := flagged(d, FlagDate) > 0; open != (tt.date == "") {
			t.Errorf("%q: flagged as open: %v, want %v", tt.line, open, tt.date == "")
		}
	}
}

func flagged(d Draft, code FlagCode) int {
	n := 0
	for _, f := range d.Flags {
		if f.Code == code {
			n++
		}
	}
	return n
}

func TestTitle(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"first line", "Ferries at rest\n\n" + bodyText, "Ferries at rest"},
		{"behind a slug", "PRESS RELEASE\n\nFerries at rest\n\n" + bodyText, "Ferries at rest"},
		{"behind slug, date and contact", "FOR IMMEDIATE RELEASE\n4 December 2031\nContact: A. Clerk, clerk@pier.example\n\nFerries at rest\n\n" + bodyText, "Ferries at rest"},
		{"behind an embargo", "EMBARGOED UNTIL 4 December 2031\n\nFerries at rest\n\n" + bodyText, "Ferries at rest"},
		{"two wrapped lines", "Ferry workers of the whole lake mourn the end of the night\nservice between the two towns\n\n" + bodyText, "Ferry workers of the whole lake mourn the end of the night\nservice between the two towns"},
		{"none: salutation", "Dear Sirs,\n\n" + bodyText, ""},
		{"none: prose", strings.Repeat(strings.TrimSpace(bodyText)+" ", 3) + "\n\n" + bodyText, ""},
	} {
		d := Read(tt.in, nil)
		checkDraft(t, d)
		got := ""
		if d.Title != nil {
			got = d.Title.Text
		}
		if got != tt.want {
			t.Errorf("%s: title = %q, want %q", tt.name, got, tt.want)
		}
		if (flagged(d, FlagNoTitle) == 1) != (tt.want == "") {
			t.Errorf("%s: flags = %+v", tt.name, d.Flags)
		}
	}
}

func TestEmbargo(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"EMBARGOED UNTIL 6 March 2031, 00:01 GMT", "embargoed until 2031-03-06 00:01 GMT"},
		{"*** Embargoed until Monday, 9 a.m. ***", "embargoed until 9 a.m.; the line gives no full date, no time zone"},
		{"Under embargo until 6 March 2031", "embargoed until 2031-03-06; the line gives no hour, no time zone"},
		{"NOT FOR RELEASE BEFORE 10:30 CET ON 6 MARCH 2031", "embargoed until 2031-03-06 10:30 CET"},
		{"Embargo on arms to the lake shore", ""},
	} {
		d := Read(tt.line+"\n\nFerries at rest\n\n"+bodyText, nil)
		checkDraft(t, d)
		got := ""
		for _, f := range d.Flags {
			if f.Code == FlagEmbargo {
				got = f.Message
			}
		}
		if got != tt.want {
			t.Errorf("%q: flag %q, want %q", tt.line, got, tt.want)
		}
	}
}
