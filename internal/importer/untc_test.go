package importer

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"stocktake"
)

func TestUNTC(t *testing.T) {
	dir := shared(t, "untc-treaty-status-2015")
	rec := record(t)
	rec.instruments["untc/4-13"] = "icrmw"
	list, rep := wellFormed(t, untc{}, dir, rec, Options{})
	if len(list) != 1+324 {
		t.Errorf("%d filings", len(list))
	}
	reasons := map[string]int{}
	for _, j := range rep.Rejects {
		reasons[j.Reason]++
	}
	if reasons["no date such as 5 Jun 2007 a"] != 573 || reasons["the text is empty, so the row shows nothing"] != 125 {
		t.Errorf("rejects: %v", reasons)
	}
	unknown := map[string]bool{}
	for _, j := range rep.Rejects {
		if j.Reason == noParty {
			unknown[j.Value] = true
		}
	}
	state := regexp.MustCompile(`Islands|Organi[sz]ation|Community|Commission|Council|Agency|Union|Market|Montserrat|United Nations|FAO`)
	for name := range unknown {
		if !state.MatchString(name) {
			t.Errorf("the fake record does not know %q", name)
		}
	}
	delete(reasons, "no date such as 5 Jun 2007 a")
	delete(reasons, "the text is empty, so the row shows nothing")
	delete(reasons, noParty)
	if len(reasons) > 0 {
		t.Errorf("other rejects: %v", reasons)
	}

	acts := map[stocktake.ActID]stocktake.Act{}
	for _, f := range list {
		for _, a := range f.Acts {
			if _, twice := acts[a.ID]; twice {
				t.Errorf("act %s is there twice", a.ID)
			}
			acts[a.ID] = a
		}
		if strings.HasSuffix(f.Key, "/4-13") && (len(f.Instruments) != 0 || f.Acts[0].Instrument != "icrmw") {
			t.Errorf("4-13 is described anew: %+v", f.Instruments)
		}
		if strings.HasSuffix(f.Key, "/4-2") {
			in := f.Instruments[0]
			if in.ID != "untc-4-2" || in.Symbol != "UNTC IV-2" || in.Place != "New York" || in.Adopted.String() != "1966-03-07" || !strings.HasPrefix(in.Title, "International Convention on the Elimination") {
				t.Errorf("%+v", in)
			}
		}
	}
	for id, want := range map[stocktake.ActID]string{
		"untc-4-2/USA/consent/1": "ratification 1994-10-21", "untc-4-2/USA/signature/1": "signature 1966-09-28", "icrmw/MEX/consent/1": "ratification 1999-03-08",
		"icrmw/EGY/consent/1": "accession 1993-02-19", "untc-18-12-a/ALB/consent/1": "ratification 2002-08-21", "untc-1-1/ARG/consent/1": "ratification 1945-09-24",
	} {
		a, ok := acts[id]
		if got := a.Kind.String() + " " + a.Done.String(); !ok || got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}

	// The second rule, written another way: what is not named here as no consent is consent.
	t.Run("parties on five days", func(t *testing.T) {
		no := regexp.MustCompile(`^(Signature|Application|Notification|Provisional |Undertaking|Resolution|Date of Adoption|Registration|UNTS)`)
		days := []string{"1950-01-01", "1975-06-30", "1990-12-31", "2003-07-01", "2015-03-14"}
		count := func(add func(func(treaty, party string, day time.Time))) map[string]map[string]bool {
			m := map[string]map[string]bool{}
			add(func(treaty, party string, day time.Time) {
				for _, d := range days {
					if day.Format(time.DateOnly) <= d {
						if m[treaty+" "+d] == nil {
							m[treaty+" "+d] = map[string]bool{}
						}
						m[treaty+" "+d][party] = true
					}
				}
			})
			return m
		}
		want := count(func(add func(string, string, time.Time)) {
			for _, row := range rawRows(t, filepath.Join(dir, "participant_actions.csv.gz")) {
				fields := strings.Fields(row[4])
				if no.MatchString(row[3]) || len(fields) < 3 || unknown[row[2]] || len(fields) == 4 && fields[3] == "n" {
					continue
				}
				day, err := time.Parse("2 Jan 2006", strings.Join(fields[:3], " "))
				if err != nil {
					t.Fatal(err)
				}
				treaty := "untc-" + row[0] + "-" + row[1]
				if treaty == "untc-4-13" {
					treaty = "icrmw"
				}
				id, _ := rec.FindParty(row[2])
				add(treaty, string(id), day)
			}
		})
		got := count(func(add func(string, string, time.Time)) {
			for _, a := range acts {
				if a.Kind.Class() == "consent" {
					lo, _ := a.Done.First()
					add(string(a.Instrument), string(a.Party), time.Unix(int64(lo)*86400, 0).UTC())
				}
			}
		})
		if len(got) != len(want) || len(got) < 800 {
			t.Errorf("%d counts, want %d", len(got), len(want))
		}
		for k := range want {
			if len(got[k]) != len(want[k]) {
				t.Errorf("%s: %d parties, want %d", k, len(got[k]), len(want[k]))
			}
		}
	})
	t.Run("texts", func(t *testing.T) {
		bare, _ := imported(t, untc{}, dir, rec, Options{NoTexts: true})
		with, without := 0, 0
		for i, f := range list {
			for j, a := range f.Acts {
				b := bare[i].Acts[j]
				if a.ID != b.ID || b.Text != nil {
					t.Fatalf("%s and %s", a.ID, b.ID)
				}
				if a.Text != nil {
					with++
				}
				if b.Note != "" && b.Kind == stocktake.DeclarationOrReservation {
					without++
				}
			}
		}
		if with < 1200 || with != without {
			t.Errorf("%d texts, %d notes in their place", with, without)
		}
	})
}

func TestHeading(t *testing.T) {
	for _, c := range []struct{ heading, letter, want string }{
		{"Ratification, Accession(a), Succession(d)", "", "ratification"},
		{"Ratification, Accession(a), Succession(d)", "a", "accession"},
		{"Ratification, Accession(a), Succession(d)", "A", "the heading does not explain the letter after the date"},
		{"Accession(a), Succession(d)", "", "the heading has a letter for every kind, and the date has none"},
		{"Accession(a), Ratification", "", "ratification"},
		{"Definitive signature(s), Acceptance(A)", "s", "definitive-signature"},
		{"Formal confirmation(c), Accession(a), Ratification", "c", "formal-confirmation"},
		{"Consent to be bound(P), Succession(d)", "P", "consent"},
		{"Simplified procedure(p), Formal confirmation(c), Definitive signature(s), Accession(a), Succession(d), Ratification, Consent to be bound(P)", "p", "consent"},
		{"Ratification, Acceptance(A), Participation under articles 3 (2) and (3)(P)", "P", "consent"},
		{"Ratification, Acceptance(A), Participation under articles 3 (2) and (3)(P)", "", "ratification"},
		{"Confirmation of signature ad referendum(C)", "C", "consent"},
		{"Definitive signature(s), Confirmation of signature", "", "consent"},
		{"Signature, Succession to signature(d)", "", "signature"},
		{"Signature, Succession to signature(d)", "d", "signature"},
		{"Signature ad referendum (s)", "", "signature"},
		{"Definitive signature of the Protocol, Acceptance of the Protocol", "", "consent"},
		{"Definitive acceptance", "", "acceptance"},
		{"Provisional acceptance", "", "provisional-application"},
		{"Provisional application(n)", "n", "provisional-application"},
		{"Notification of non-provisional application under article 7 (1) (b)", "", "notification"},
		{"Application", "", "application"},
		{"Participation in the Convention by virtue of ratification, accession or succession to the Protocol of 25 March 1972", "", "consent"},
	} {
		k, _, reason := readHeading(c.heading).kind(c.letter)
		if got := k.String() + reason; got != c.want {
			t.Errorf("%q with %q is %q, want %q", c.heading, c.letter, got, c.want)
		}
	}
	for _, no := range []string{"Resolution", "Date of Adoption", "Registration Date", "Registration Number", "UNTS Volume", "UNTS Page"} {
		if !readHeading(no).none {
			t.Errorf("%q tells of an act", no)
		}
	}
}
