//go:build linux

package cli

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
)

// standingKeys are the fields that scripts rely on. One more may come; none may go.
var standingKeys = []string{"acts", "bound", "caveats", "conflicts", "ends", "head", "in_force", "instrument", "known", "on", "party", "since", "standing", "unsure"}

// standings asks for standings as a script does, and checks the shape of the answer.
func standings(t *testing.T, dir string, args ...string) []stocktake.Standing {
	t.Helper()
	return shaped(t, decode[[]json.RawMessage](t, dir, append([]string{"standing"}, args...)...))
}

func shaped(t *testing.T, raw []json.RawMessage) []stocktake.Standing {
	t.Helper()
	list := make([]stocktake.Standing, len(raw))
	for i, b := range raw {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(b, &fields); err != nil {
			t.Fatal(err)
		}
		for _, k := range standingKeys {
			if _, ok := fields[k]; !ok {
				t.Errorf("no field %q in %s", k, b)
			}
		}
		for _, k := range []string{"acts", "caveats", "conflicts"} {
			if !strings.HasPrefix(string(fields[k]), "[") {
				t.Errorf("%s is %s, not a list", k, fields[k])
			}
		}
		var acts []map[string]json.RawMessage
		if err := json.Unmarshal(fields["acts"], &acts); err != nil {
			t.Fatal(err)
		}
		for _, a := range acts {
			for _, k := range []string{"id", "kind", "date", "filing", "sources"} {
				if _, ok := a[k]; !ok {
					t.Errorf("an act has no field %q in %s", k, b)
				}
			}
		}
		if err := json.Unmarshal(b, &list[i]); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// golden is one standing that must be answered so.
type golden struct {
	party, instrument, on string
	standing              string
	bound, inForce        string // true, false, or empty for null
	since                 string
	act                   string // an act that must be among those behind it, the last of them where it has an exclamation mark
	asked                 bool   // asked on the command line; the others of the index behind it, which is quicker
}

func (g golden) ask(t *testing.T, dir string) stocktake.Standing {
	t.Helper()
	var list []stocktake.Standing
	if g.asked {
		list = standings(t, dir, "--party", g.party, "--instrument", g.instrument, "--on", g.on, "--known", "2100-01-01")
	} else {
		list = index(t, openRecord(t, dir), g.on, []string{g.party}, []string{g.instrument})
	}
	if len(list) != 1 {
		t.Fatalf("%d standings", len(list))
	}
	return list[0]
}

// index asks the index for standings, in the shape that the command line prints.
func index(t *testing.T, o *opened, on string, parties, instruments []string) []stocktake.Standing {
	t.Helper()
	at, err := parseAt(o, time.Now(), on, "2100-01-01", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := o.filter(at, parties, instruments)
	if err != nil {
		t.Fatal(err)
	}
	var raw []json.RawMessage
	err = o.Record().Standings(t.Context(), at, f, func(s stocktake.Standing) error {
		b, err := json.Marshal(s)
		raw = append(raw, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return shaped(t, raw)
}

func TestGoldenAnswers(t *testing.T) {
	full := fullRecord(t)
	for _, g := range []golden{
		// In the talks, out of them.
		{"USA", "gcm-process", "2017-12-01", "in the talks", "", "", "2016", "usa-in-gcm-process-2016", true},
		{"USA", "gcm-process", "2018-01-01", "out of the talks", "", "", "2017-12-02/2017-12-03", "usa-leaves-gcm-process-2017!", true},
		// Three standings of Brazil, as far as the evidence carries them.
		{"Brazil", "gcm", "2018-12-20", "endorsed", "", "", "2018-12-10", "rc-6140/BRA", true},
		{"Brazil", "gcm", "2019-02-01", "withdrawn", "", "", "2019-01-08", "bra-withdraws-gcm-2019!", true},
		{"Brazil", "gcm", "2023-02-01", "returned", "", "", "2023-01-05", "bra-returns-gcm-2023!", true},
		// The United States and the Compact.
		{"USA", "gcm", "2018-12-20", "voted against", "", "", "2018-12-19", "rc-6140/USA!", false},
		{"USA", "gcm", "2022-06-01", "supports without endorsing", "", "", "2021-12", "usa-supports-gcm-vision-2021", false},
		// Paris: two acceptances, two acts; out in between.
		{"USA", "paris", "2016-12-01", "bound", "true", "true", "2016-09-03", "paris/USA/consent/1!", false},
		{"USA", "paris", "2020-12-01", "withdrawn", "false", "false", "2020-11-04", "paris/USA/exit/1!", true},
		{"USA", "paris", "2021-02-20", "bound", "true", "true", "2021-01-20", "paris/USA/consent/2!", true},
		// What it said of the declaration and the agenda that had been adopted without a vote.
		{"USA", "nyd", "2016-10-01", "adopted without a vote", "", "", "2016-09-19", "", false},
		{"USA", "nyd", "2018-12-20", "does not support", "", "", "2018-11-28", "usa-on-nyd-2018-11-28", false},
		{"USA", "2030-agenda", "2018-12-20", "adopted without a vote", "", "", "2015-09-25", "", false},
		{"USA", "2030-agenda", "2025-04-01", "rejects", "", "", "2025-03-04", "usa-rejects-2030-agenda-2025!", false},
		// Nothing is asserted where nothing is known.
		{"USA", "icrmw", "2026-11-01", "no act known", "false", "false", "", "", false},
		{"MEX", "gcm-process", "2017-12-01", "no act known", "", "", "", "", false},
		{"USA", "paris", "2015-12-01", "no act known", "false", "false", "", "", false},
		{"SSD", "nyd", "2010-07-01", "not a state then", "", "", "", "", false},
		{"MEX", "icrmw", "2020-01-01", "bound", "true", "", "1999-03-08", "icrmw/MEX/consent/1", false},
	} {
		t.Run(g.party+" "+g.instrument+" "+g.on, func(t *testing.T) {
			s := g.ask(t, full)
			since := ""
			if s.Since != nil {
				since = s.Since.String()
			}
			tri := func(b *bool) string { return map[bool]string{true: "true", false: "false"}[b != nil && *b] }
			bound, inForce := "", ""
			if s.Bound != nil {
				bound = tri(s.Bound)
			}
			if s.InForce != nil {
				inForce = tri(s.InForce)
			}
			if s.Standing != g.standing || bound != g.bound || inForce != g.inForce || since != g.since || s.Unsure {
				t.Errorf("%q, bound %q, in force %q, since %q, unsure %v;\nwant %q, bound %q, in force %q, since %q, sure", s.Standing, bound, inForce, since, s.Unsure, g.standing, g.bound, g.inForce, g.since)
			}
			if s.On != g.on || s.Known != "2100-01-01" || s.Head <= 0 {
				t.Errorf("on %s, known %s, head %d", s.On, s.Known, s.Head)
			}
			want, last := strings.CutSuffix(g.act, "!")
			at := slices.IndexFunc(s.Acts, func(a stocktake.ActRef) bool { return string(a.ID) == want })
			if want != "" && (at < 0 || last && at != len(s.Acts)-1 && s.Acts[len(s.Acts)-1].ID != s.Acts[at].ID) {
				t.Errorf("acts %v, want %s", s.Acts, g.act)
			}
			for _, a := range s.Acts {
				if len(a.Sources) == 0 || a.Filing <= 0 {
					t.Errorf("act %s has no source or no filing", a.ID)
				}
				if a.Phase != stocktake.PhaseAnnounced && a.Date.After(stocktake.MustDate(g.on)) == stocktake.Yes {
					t.Errorf("act %s is of %s, after the day asked about", a.ID, a.Date)
				}
			}
			if g.standing == "no act known" && len(s.Acts) > 0 {
				t.Errorf("acts behind no act: %v", s.Acts)
			}
			if g.instrument == "gcm" && s.Ends == nil {
				t.Error("a standing that rests on reports says nowhere where they end")
			}
		})
	}

	t.Run("two days for one step", func(t *testing.T) {
		s := index(t, openRecord(t, full), "2018-01-01", []string{"USA"}, []string{"gcm-process"})[0]
		days := map[string]bool{}
		for _, c := range s.Conflicts {
			if c.Follows != "" {
				t.Errorf("%s is settled, and nothing in the evidence settles it", c.Act)
			}
			for _, x := range c.Says {
				days[x.Value] = true
			}
		}
		if !days["2017-12-02"] || !days["2017-12-03"] {
			t.Errorf("conflicts %v; want 2 and 3 December side by side", s.Conflicts)
		}
	})
	t.Run("in their own words", func(t *testing.T) {
		o := openRecord(t, full)
		at, err := parseAt(o, time.Now(), "", "2100-01-01", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"usa-on-nyd-2018-11-28", "usa-rejects-2030-agenda-2025", "usa-leaves-gcm-process-2017"} {
			list, err := o.Record().Act(t.Context(), at, stocktake.ActID(id))
			if err != nil {
				t.Fatal(err)
			}
			own := 0
			for _, e := range list {
				for _, q := range e.Quotes {
					if q.Own && len(q.Exact.Text) > 10 {
						own++
					}
				}
			}
			if own == 0 {
				t.Errorf("%s stands there without the government's own words", id)
			}
		}
	})
	t.Run("152-5-12", func(t *testing.T) {
		type call struct {
			ID, Symbol, Date               string
			Yes, No, Abstain               int
			NotVoting                      int `json:"not_voting"`
			Parties                        map[string]string
			On, Known, Instrument, Session any
		}
		list := decode[[]call](t, full, "votes", "--instrument", "a-res-73-195")
		if len(list) != 1 {
			t.Fatalf("%d roll-calls", len(list))
		}
		v := list[0]
		if v.ID != "6140" || v.Symbol != "R/73/195" || v.Date != "2018-12-19" || v.Yes != 152 || v.No != 5 || v.Abstain != 12 || v.NotVoting != 24 {
			t.Errorf("%+v", v)
		}
		by := map[string][]string{}
		for _, p := range slices.Sorted(maps.Keys(v.Parties)) {
			by[v.Parties[p]] = append(by[v.Parties[p]], p)
		}
		if got := strings.Join(by["no"], " "); got != "CZE HUN ISR POL USA" {
			t.Errorf("against: %s", got)
		}
		if got := strings.Join(by["abstain"], " "); got != "AUS AUT BGR CHE CHL DZA ITA LBY LIE LVA ROU SGP" {
			t.Errorf("abstaining: %s", got)
		}
		if len(by["yes"]) != 152 || len(by["not voting"]) != 24 {
			t.Errorf("%d in favour, %d not voting by name", len(by["yes"]), len(by["not voting"]))
		}
	})
}
