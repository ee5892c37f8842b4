//go:build linux

package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/record"
)

// callOn asks what became of one call of the built-in record, on a day, as known by another.
func callOn(t *testing.T, o *opened, call, on, known string) record.CallState {
	t.Helper()
	at, err := parseAt(o, time.Now(), on, known, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := o.Record().Calls(t.Context(), at, record.CallFilter{Call: call})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %d, %v", call, len(list), err)
	}
	return list[0]
}

func bearing(list []record.CallAct) string {
	var out []string
	for _, a := range list {
		out = append(out, string(a.ID)+" "+a.Role)
	}
	return strings.Join(out, "; ")
}

// TestWhatBecameOfTheSeed is read off the sources by hand: see the chronology of the United States and of resolution 73/195.
func TestWhatBecameOfTheSeed(t *testing.T) {
	o := openRecord(t, fullRecord(t))
	const (
		november = "usa-stays-out-gcm-2018 refused"
		december = "usa-objects-gcm-2018 refused"
		vote     = "rc-6140/USA refused"
		vision   = "usa-supports-gcm-vision-2021 in-part; usa-supports-gcm-vision-2022 in-part"
		forum    = "usa-joins-imrf-declaration-2022 in-part; un-members-adopt-imrf-declaration-2022 in-part"
		ever     = "2100-01-01"
	)
	for _, c := range []struct{ call, on, known, status, when, by string }{
		{"pv-2017/call-1", "2017-12-04", ever, "open", "", ""},
		{"pv-2017/call-1", "2018-07-31", ever, "open", "", ""}, // the text was done, and nothing is told of a return
		{"pv-2017/call-1", "2018-12-20", ever, "refused", "2018-11-28", november + "; " + december + "; " + vote},
		{"pv-2017/call-1", "2018-12-20", "2018-12-20", "refused", "2018-11-28", november + "; " + vote}, // the statement of 7 December was read later
		{"pv-2017/call-1", "2022-06-30", ever, "in part", "2021-12", november + "; " + december + "; " + vote + "; " + vision + "; " + forum},
		{"pv-2017/call-1", "2022-06-30", "2022-06-30", "in part", "2021-12", november + "; " + vote + "; usa-supports-gcm-vision-2021 in-part; " + forum},
		{"pv-2017/call-1", "2026-11-23", ever, "in part", "2021-12", november + "; " + december + "; " + vote + "; " + vision + "; " + forum},
		{"pv-2017/call-3", "2018-07-31", ever, "cannot be told", "", ""},
		{"pv-2017/call-3", "2018-12-20", ever, "refused", "2018-11-28", november + "; " + december + "; " + vote},
		{"pv-2017/call-3", "2022-06-30", ever, "refused", "2018-11-28", november + "; " + december + "; " + vote}, // it could be done until 19 December 2018
		{"pv-2017/call-3", "2026-11-23", ever, "refused", "2018-11-28", november + "; " + december + "; " + vote},
		{"pv-2017/own-1", "2026-11-23", ever, "cannot be told", "", ""},
		{"pv-2017/own-2", "2026-11-23", ever, "cannot be told", "", ""},
	} {
		x := callOn(t, o, c.call, c.on, c.known)
		if when := dateText(x.When); x.Status.String() != c.status || x.Unsure || when != c.when || bearing(x.By) != c.by {
			t.Errorf("%s on %s as known on %s: %s (unsure %v) %s: %s\nwant %s %s: %s", c.call, c.on, c.known, x.Status, x.Unsure, when, bearing(x.By), c.status, c.when, c.by)
		}
		for _, a := range x.By {
			if len(a.Sources) == 0 || a.Filing == 0 {
				t.Errorf("%s: act %s has no source", c.call, a.ID)
			}
		}
	}
	if x := callOn(t, o, "pv-2017/call-1", "2026-11-23", ever); dateText(x.Ends) != "2022-11-21" {
		t.Errorf("the record ends at %s", dateText(x.Ends))
	}
	at, err := parseAt(o, time.Now(), "2017-12-03", ever, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := o.Record().Calls(t.Context(), at, record.CallFilter{}); err != nil || len(list) != 0 {
		t.Errorf("the day before the statement there are %d calls, %v", len(list), err)
	}
}

// TestWhatBecameOfACallOnAllMembers counts 152 votes in favour and 5 against, those who said that they stay out, and who left and came back.
func TestWhatBecameOfACallOnAllMembers(t *testing.T) {
	o := openRecord(t, fullRecord(t))
	for _, c := range []struct {
		on                                    string
		happened, part, undone, refused, open int
		brazil, usa                           string
	}{
		{"2018-12-20", 152, 1, 0, 11, 29, "happened", "refused"},
		{"2022-06-30", 151, 2, 1, 10, 29, "happened and undone", "in part"},
		{"2026-11-23", 152, 2, 0, 10, 29, "happened", "in part"},
	} {
		x := callOn(t, o, "pv-2017/call-2", c.on, "2100-01-01")
		n := x.Count
		if x.Status != stocktake.CallInPart || n == nil || n.Of != 193 || n.Happened != c.happened || n.InPart != c.part || n.Undone != c.undone || n.Refused != c.refused || n.Open != c.open || n.CannotTell+n.Unsure != 0 {
			t.Errorf("on %s: %s %+v, want %+v", c.on, x.Status, n, c)
		}
		for _, m := range x.Members {
			switch {
			case m.Party == "BRA" && m.Status.String() != c.brazil, m.Party == "USA" && m.Status.String() != c.usa,
				slices.Contains([]stocktake.PartyID{"AUT", "AUS", "HUN", "SVK", "DOM"}, m.Party) && m.Status != stocktake.CallRefused,
				slices.Contains([]stocktake.PartyID{"SGP", "LBY", "LVA"}, m.Party) && m.Status != stocktake.CallOpen, // abstaining is no refusal
				slices.Contains([]stocktake.PartyID{"EST", "BEL", "HRV"}, m.Party) && m.Status != stocktake.CallHappened:
				t.Errorf("on %s: %s %s by %s", c.on, m.Party, m.Status, bearing(m.By))
			}
		}
	}
}

// callKeys are the fields that scripts rely on. One more may come; none may go.
var callKeys = []string{"addressee", "addressee_id", "by", "call", "count", "ends", "head", "known", "on", "statement", "status", "text", "unsure", "verb", "when"}

func TestCallsForScripts(t *testing.T) {
	full := fullRecord(t)
	list := decode[[]map[string]any](t, full, "calls", "--party", "United States", "--status", "refused", "--on", "2018-12-20", "--known", "2100-01-01")
	if len(list) != 3 {
		t.Fatalf("%d calls", len(list))
	}
	for _, x := range list {
		for _, k := range callKeys {
			if _, ok := x[k]; !ok {
				t.Errorf("no field %q in %v", k, x)
			}
		}
	}
	if list[1]["call"] != "pv-2017/call-2" || list[1]["party"] != "USA" || list[1]["count"] != nil || list[0]["party"] != nil {
		t.Errorf("its part of a call upon all members: %v", list[1])
	}
	if list := decode[[]map[string]any](t, full, "calls", "--party", "USA", "--status", "open"); len(list) != 0 {
		t.Errorf("open: %v", list)
	}
	if out := must(t, full, "calls", "--undertakings", "--party", "USA", "--csv"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "pv-2017/own-2,undertaking,,our own government,USA,") {
		t.Error(out)
	}
}
