package web

import (
	"regexp"
	"testing"

	"stocktake"
)

// Days are written no finer than their source has them.
func TestDatesInWords(t *testing.T) {
	for edtf, want := range map[string]string{
		"2018-12-19": "19 December 2018", "2021-12": "December 2021", "2021-12-XX": "December 2021", "2018-11-20/2018-11-21": "20 to 21 November 2018",
		"XXXX-11-28": "28 November of a year that is not stated", "XXXX-11-28/XXXX-11-30": "28 to 30 November of a year that is not stated",
		"XXXX-11-28/XXXX-12-02": "28 November to 2 December of a year that is not stated",
	} {
		d, err := stocktake.ParseDate(edtf)
		if err != nil {
			t.Logf("%s: %v", edtf, err)
			continue
		}
		if got := dateWords(d); got != want {
			t.Errorf("%s is %q, not %q", edtf, got, want)
		}
	}
	if got := prose("The record ends on 2023-02-02 here (R/73/195)."); got != "The record ends on 2 February 2023 here (R/73/195)." {
		t.Error(got)
	}
	if got := knownWords("2026-11-23T15:05:51Z"); got != "23 November 2026" {
		t.Error(got)
	}
}

// What was only announced is headed so, each act stands once, and a vote has the words by which it was explained beside it.
func TestActHeadings(t *testing.T) {
	h := serve(t)
	for _, address := range []string{"/i/gcm/USA", "/i/gcm/BRA", "/i/gcm/AUT", "/i/gcm-process/USA"} {
		seen := map[string]bool{}
		for _, m := range anID.FindAllString(get(t, h, address), -1) {
			if seen[m] {
				t.Errorf("%s has %s twice", address, m)
			}
			seen[m] = true
		}
	}
	early := actView{What: "withdrawal"}
	day := stocktake.MustDate("2026-01-07")
	lo, _ := day.Bounds()
	q := &request{at: stocktake.At{On: lo}}
	early.days(q, &stocktake.ActRef{Phase: stocktake.PhaseAnnounced, Date: day}, nil, nil)
	if early.What != "announced: withdrawal" || early.When != "· said on 7 January 2026; the record holds no word that it was done" {
		t.Errorf("%s %s", early.What, early.When)
	}
	bound := actView{What: "acceptance"}
	bound.days(q, &stocktake.ActRef{Phase: stocktake.PhaseEffect, Date: stocktake.MustDate("2016-11-04")}, nil, nil)
	if bound.What != "acceptance" || bound.When != "in effect from 4 November 2016" {
		t.Errorf("%s %s", bound.What, bound.When)
	}
}

var anID = regexp.MustCompile(`\sid="[^"]+"`)

func TestDaysInProse(t *testing.T) {
	for edtf, want := range map[string][2]string{
		"2018-12-19":            {"on 19 December 2018", "since 19 December 2018"},
		"2018-12":               {"in December 2018", "since December 2018"},
		"2018-12-04/2018-12-07": {"some time from 4 to 7 December 2018", "since some day from 4 to 7 December 2018"},
		"../2021-03-21":         {"by 21 March 2021", "since 21 March 2021 or before"},
		"2018-12-04/..":         {"some time from 4 December 2018 on", "since some day from 4 December 2018 on"},
	} {
		d := stocktake.MustDate(edtf)
		if on, since := onDate(d), sinceWords(d); on != want[0] || since != want[1] {
			t.Errorf("%s is %q and %q, not %q", edtf, on, since, want)
		}
	}
}

// A statement's page tells the day of an act as the page of the standing does: where sources disagree, it gives no single day.
func TestDayThatSourcesDisagreeOn(t *testing.T) {
	l := small(t)
	q := asking(t, l, "/?on=2018-01-01")
	st, err := l.Record().Standing(q.ctx, q.at, "USA", "gcm-process")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for i := range st.Acts {
		if a := &st.Acts[i]; a.Kind == stocktake.Withdrawal {
			found = true
			if got, want := toldOn(&st, a), "on a day on which sources disagree (2 to 3 December 2017)"; got != want {
				t.Errorf("%q, not %q", got, want)
			}
		}
	}
	if !found {
		t.Error("the record has no such act")
	}
}
