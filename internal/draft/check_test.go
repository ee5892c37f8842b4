package draft

import (
	"reflect"
	"strings"
	"testing"

	"stocktake"
)

// Each case adds to a filing that has nothing wrong with it; want is the trail and the beginning of what is said, "" where nothing is.
func TestCheck(t *testing.T) {
	long := strings.Repeat("é", 301)
	act := func(change func(*stocktake.Act)) func(*stocktake.Filing) {
		return func(f *stocktake.Filing) { change(&f.Acts[0]) }
	}
	source := func(change func(*stocktake.Source)) func(*stocktake.Filing) {
		return func(f *stocktake.Filing) { change(&f.Sources[0]) }
	}
	rollCall := func(change func(*stocktake.RollCall)) func(*stocktake.Filing) {
		return func(f *stocktake.Filing) {
			r := stocktake.RollCall{ID: "6140", Instrument: "a-res-73-195", Date: stocktake.MustDate("2018-12-19"), Yes: "BEL BRA", No: "CZE HUN ISR", Source: "s1"}
			change(&r)
			f.RollCalls = append(f.RollCalls, r)
		}
	}
	date := stocktake.MustDate
	tests := []struct {
		name   string
		change func(*stocktake.Filing)
		want   string
	}{
		{"nothing wrong", func(*stocktake.Filing) {}, ""},
		{"no key", func(f *stocktake.Filing) { f.Key = "" }, "key: a filing needs key"},
		{"key with space", func(f *stocktake.Filing) { f.Key = "a b" }, `key: "a b" is no id`},
		{"key with empty step", func(f *stocktake.Filing) { f.Key = "a//b" }, `key: "a//b" is no id`},
		{"key too long", func(f *stocktake.Filing) { f.Key = strings.Repeat("a", 121) }, `key: "aaaa`},
		{"key long enough", func(f *stocktake.Filing) { f.Key = strings.Repeat("a", 120) }, ``},
		{"no party", act(func(a *stocktake.Act) { a.Party = "" }), "acts/0/party: an act needs party"},
		{"party in small letters", act(func(a *stocktake.Act) { a.Party = "x-frg" }), ""},
		{"party by name", act(func(a *stocktake.Act) { a.Party = "Hungary" }), `acts/0/party: "Hungary" is no id of a party`},
		{"party of two letters", act(func(a *stocktake.Act) { a.Party = "HU" }), `acts/0/party: "HU" is no id of a party`},
		{"instrument by symbol", act(func(a *stocktake.Act) { a.Instrument = "A/RES/73/195" }), `acts/0/instrument: "A/RES/73/195" is no id`},
		{"id of an act with steps", act(func(a *stocktake.Act) { a.ID = "icerd/USA/consent/1" }), ""},
		{"no kind", act(func(a *stocktake.Act) { a.Kind = stocktake.NoAct }), "acts/0/kind: an act needs kind"},
		{"no day", act(func(a *stocktake.Act) { a.Notified = stocktake.Date{} }), "acts/0/done: the act has no day"},
		{"no day, and a note", act(func(a *stocktake.Act) { a.Notified, a.Note = stocktake.Date{}, "the source gives none" }), ""},
		{"announced only", act(func(a *stocktake.Act) { a.Notified, a.Announced = stocktake.Date{}, date("2018-07") }), ""},
		{"reckoned, without a note", act(func(a *stocktake.Act) { a.Reckoned = []string{"notified"} }), "acts/0/note: notified is our reckoning"},
		{"reckoned, with a note", act(func(a *stocktake.Act) { a.Reckoned, a.Note = []string{"notified"}, "a Tuesday" }), ""},
		{"reckoned, not there", act(func(a *stocktake.Act) { a.Reckoned, a.Note = []string{"effect"}, "a Tuesday" }), "acts/0/reckoned/0: effect is said to be our reckoning"},
		{"reckoned, no such day", act(func(a *stocktake.Act) { a.Reckoned, a.Note = []string{"efect"}, "a Tuesday" }), `acts/0/reckoned/0: "efect" is no day of an act (is effect meant?)`},
		{"answers itself", act(func(a *stocktake.Act) { a.Objects = a.ID }), "acts/0/objects: the act answers itself"},
		{"quote of 300", act(func(a *stocktake.Act) { a.Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long[2:])}} }), ""},
		{"quote of 301", act(func(a *stocktake.Act) { a.Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long)}} }), "acts/0/quotes/0/exact: the quote has 301 characters; 300 is the most"},
		{"long quote, public copy", func(f *stocktake.Filing) {
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long)}}
			f.Sources[0].Copy = &stocktake.Copy{State: "public", SHA256: strings.Repeat("0", 64)}
		}, ""},
		{"long quote, public domain", func(f *stocktake.Filing) {
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long)}}
			f.Sources[0].Licence = "Public domain in the United States"
		}, ""},
		{"long quote, free licence", func(f *stocktake.Filing) {
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long)}}
			f.Sources[0].Licence = "CC-BY-SA 4.0"
		}, ""},
		{"long quote, licence not for all uses", func(f *stocktake.Filing) {
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long)}}
			f.Sources[0].Licence = "CC BY-NC 4.0"
		}, "acts/0/quotes/0/exact: the quote has 301 characters"},
		{"long quote of another source", func(f *stocktake.Filing) {
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Plain(long), Source: "elsewhere"}}
			f.Sources[0].Licence = "CC0"
		}, "acts/0/quotes/0/exact: the quote has 301 characters"},
		{"empty quote", act(func(a *stocktake.Act) { a.Quotes = []stocktake.Quote{{}} }), "acts/0/quotes/0/exact: a quote needs exact"},
		{"carriage return", act(func(a *stocktake.Act) { a.Note = "a\r\nb" }), "acts/0/note: this text holds a carriage return"},
		{"control character", act(func(a *stocktake.Act) { a.Person = stocktake.Plain("a\x00") }), "acts/0/person: this text holds the control character U+0000"},
		{"not UTF-8", act(func(a *stocktake.Act) { a.Note = "a\xff" }), "acts/0/note: byte 1 of this text is not UTF-8"},
		{"one act, one source, twice", func(f *stocktake.Filing) { f.Acts = append(f.Acts, f.Acts[0]) }, "acts/1/id: hun-leaves by s1 is here twice; it is also number 1 of acts"},
		{"one act, two sources", func(f *stocktake.Filing) {
			f.Acts = append(f.Acts, f.Acts[0])
			f.Acts[1].Source = "s2"
		}, ""},

		{"no day of a source", source(func(s *stocktake.Source) { s.Read = stocktake.Date{} }), "sources/0/read: no day says since when"},
		{"open day of publication", source(func(s *stocktake.Source) { s.Read, s.Published = stocktake.Date{}, date("2018/..") }), "sources/0/read: no day says since when"},
		{"published after it was read", source(func(s *stocktake.Source) { s.Published = date("2026-12") }), "sources/0/published: published 2026-12 is later than read 2026-11-23"},
		{"published in the month in which it was read", source(func(s *stocktake.Source) { s.Published = date("2026-11") }), ""},
		{"known", source(func(s *stocktake.Source) { s.Known, s.Published = "2018-12-19T23:30:00-05:00", date("2018-12-19") }), ""},
		{"known without zone", source(func(s *stocktake.Source) { s.Known = "2018-12-19T23:30:00" }), `sources/0/known: "2018-12-19T23:30:00" is no moment`},
		{"known after it was read", source(func(s *stocktake.Source) { s.Known = "2026-11-25T00:00:01Z" }), "sources/0/known: known is later than the day on which the source was read"},
		{"known before it was published", source(func(s *stocktake.Source) { s.Known, s.Published = "2018-12-17T23:30:00Z", date("2018-12-19") }), "sources/0/known: known is earlier than the day of publication"},
		{"edition of nothing", source(func(s *stocktake.Source) { s.Edition = "2021-03" }), "sources/0/series: edition \"2021-03\" is an edition of nothing"},
		{"edition of a series", source(func(s *stocktake.Source) { s.Edition, s.Series = "2021-03", "un-ga-votes" }), ""},
		{"kind of source", source(func(s *stocktake.Source) { s.Kind = "Press" }), `sources/0/kind: "Press" is no kind of source (is press meant?)`},
		{"language", source(func(s *stocktake.Source) { s.Lang = "zh-Hans" }), ""},
		{"no language", source(func(s *stocktake.Source) { s.Lang = "English" }), `sources/0/lang: "English" is no language`},
		{"public copy without hash", source(func(s *stocktake.Source) { s.Copy = &stocktake.Copy{State: "public"} }), "sources/0/copy/sha256: a public copy needs its sha256"},
		{"hash in capitals", source(func(s *stocktake.Source) {
			s.Copy = &stocktake.Copy{State: "private", SHA256: strings.Repeat("A", 64)}
		}), `sources/0/copy/sha256: "AAAA`},
		{"absent copy with hash", source(func(s *stocktake.Source) {
			s.Copy = &stocktake.Copy{State: "absent", SHA256: strings.Repeat("a", 64)}
		}), "sources/0/copy/state: the copy is absent"},
		{"same source twice", func(f *stocktake.Filing) { f.Sources = append(f.Sources, f.Sources[0]) }, "sources/1/id: s1 is here twice"},

		{"roll-call", rollCall(func(r *stocktake.RollCall) {}), ""},
		{"out of order", rollCall(func(r *stocktake.RollCall) { r.No = "HUN CZE" }), "roll_calls/0/no: no is out of order: CZE stands after HUN"},
		{"twice in a list", rollCall(func(r *stocktake.RollCall) { r.No = "CZE CZE" }), "roll_calls/0/no: CZE stands twice in no"},
		{"in two lists", rollCall(func(r *stocktake.RollCall) { r.Abstain = "BRA" }), "roll_calls/0/abstain: BRA stands in yes and in abstain"},
		{"two spaces", rollCall(func(r *stocktake.RollCall) { r.No = "CZE  HUN" }), "roll_calls/0/no: the ids of no are not parted by single spaces"},
		{"commas", rollCall(func(r *stocktake.RollCall) { r.No = "CZE, HUN" }), "roll_calls/0/no: the ids of no are not parted by single spaces"},
		{"names", rollCall(func(r *stocktake.RollCall) { r.No = "CZE Hungary" }), `roll_calls/0/no: "Hungary" is no id of a party`},
		{"nobody", rollCall(func(r *stocktake.RollCall) { r.Yes, r.No = "", "" }), "roll_calls/0/yes: nobody voted in roll-call 6140"},
		{"no day", rollCall(func(r *stocktake.RollCall) { r.Date = stocktake.Date{} }), "roll_calls/0/date: a roll-call needs date"},

		{"provision of another instrument", func(f *stocktake.Filing) {
			f.Provisions = []stocktake.Provision{{ID: "gcm/obj-13", Instrument: "gcr", Number: "13", Title: "x"}}
		}, "provisions/0/id: gcm/obj-13 does not begin with its instrument, gcr"},
		{"provision without number", func(f *stocktake.Filing) {
			f.Provisions = []stocktake.Provision{{ID: "gcm", Instrument: "gcm", Number: "13", Title: "x"}}
		}, `provisions/0/id: "gcm" is no id of a provision`},
		{"merged into itself", func(f *stocktake.Filing) {
			f.Merges = []stocktake.Merge{{Of: "party", From: "a", Into: "a", Reason: "x", By: "y"}}
		}, "merges/0/into: a is merged into itself"},
		{"names in no language", func(f *stocktake.Filing) {
			f.Parties = []stocktake.Party{{ID: "HUN", Kind: "state", Names: map[string]string{"english": "Hungary"}}}
		}, `parties/0/names/english: "english" is no language`},
		{"no names", func(f *stocktake.Filing) {
			f.Parties = []stocktake.Party{{ID: "HUN", Kind: "state", Names: map[string]string{}}}
		}, `parties/0/names: a party needs names`},
		{"coverage by prefix", func(f *stocktake.Filing) {
			f.Coverage = []stocktake.Coverage{{Source: "s1", Instruments: []string{"untc-*", "*", "gcm"}, Acts: []string{"ratification"}}}
		}, ""},
		{"coverage by pattern", func(f *stocktake.Filing) {
			f.Coverage = []stocktake.Coverage{{Source: "s1", Instruments: []string{"untc-*-1"}}}
		}, `coverage/0/instruments/0: "untc-*-1" is no instrument`},
		{"coverage of no act", func(f *stocktake.Filing) {
			f.Coverage = []stocktake.Coverage{{Source: "s1", Acts: []string{"ratifications"}}}
		}, `coverage/0/acts/0: "ratifications" is no kind of act (is ratification meant?)`},
		{"row for no instrument", func(f *stocktake.Filing) {
			f.Law = []stocktake.LawRow{{ID: "r", For: []stocktake.InstrumentKind{}, Act: stocktake.Signature, Basis: "x"}}
		}, `law/0/for: a row of the law needs for`},
		{"place in a statement", func(f *stocktake.Filing) {
			f.Statement = &stocktake.Statement{Instrument: "pv-2017", Version: 1, TextSHA256: strings.Repeat("0", 64), Source: "s1",
				Cites: []stocktake.Mention{{Start: 7, End: 7, Quote: stocktake.Plain("x")}}}
		}, `statement/cites/0: the place runs from 7 to 7`},
		{"version 0", func(f *stocktake.Filing) {
			f.Statement = &stocktake.Statement{Instrument: "pv-2017", TextSHA256: strings.Repeat("0", 64), Source: "s1"}
		}, `statement/version: version 0 cannot be`},
		{"words that are gone", act(func(a *stocktake.Act) {
			a.Person = stocktake.Sheeted{Commitment: strings.Repeat("0", 64)}
		}), ""},
		{"states nothing", func(f *stocktake.Filing) { f.Sources, f.Acts = nil, nil }, "the filing states nothing"},
	}
	for _, test := range tests {
		f := stocktake.Filing{Format: stocktake.Format, Key: "test/1", Title: "A test",
			Sources: []stocktake.Source{{ID: "s1", Title: "One source", Read: stocktake.MustDate("2026-11-23")}},
			Acts:    []stocktake.Act{{ID: "hun-leaves", Party: "HUN", Instrument: "gcm-process", Kind: stocktake.Withdrawal, Notified: stocktake.MustDate("2018-07-24"), Source: "s1"}}}
		test.change(&f)
		var got string
		for _, err := range Check(f) {
			if stocktake.KindOf(err) != stocktake.Invalid {
				t.Errorf("%s: kind %s", test.name, stocktake.KindOf(err))
			}
			got += err.Error() + "\n"
		}
		if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// The words that Check knows are those that the comments of package stocktake name, and every form belongs to a field that exists.
func TestFormsAreThoseOfTheTypes(t *testing.T) {
	docs := typeDocs(t)
	seen := map[string]bool{}
	eachType(func(typ reflect.Type) {
		s := shapeOf(typ)
		for _, f := range s.fields {
			name := s.name + "." + f.name
			form, ok := forms[name]
			if !ok {
				continue
			}
			seen[name] = true
			text := docs.of(typ, typ.Field(f.at).Name) + " " + docs.types[s.name]
			for _, w := range form.words {
				switch {
				case name == "Filing.format", strings.HasSuffix(form.what, "kind of instrument"), strings.HasSuffix(form.what, "kind of act"), form.what == "no day of an act":
				case strings.Contains(w, "k") && len(w) == 2: // k1 ... k9
				case s.name == "Endorsed" && f.name != "status", s.name == "Retraction": // taken from the constants themselves
				case !strings.Contains(text, w):
					t.Errorf("%s takes %q, of which the comment says nothing: %s", name, w, text)
				}
			}
		}
	})
	for name := range forms {
		if !seen[name] {
			t.Errorf("there is a form for %s, and no such field", name)
		}
	}
	for name := range wanted {
		kind, field, _ := strings.Cut(name, ".")
		found := false
		eachType(func(typ reflect.Type) {
			if s := shapeOf(typ); s.name == kind {
				_, found = s.byName[field]
			}
		})
		if !found {
			t.Errorf("there is a hint for %s, and no such field", name)
		}
	}
	eachType(func(typ reflect.Type) {
		if article(typ.Name()) == typ.Name() {
			t.Errorf("messages have no word for %s", typ.Name())
		}
	})
}
