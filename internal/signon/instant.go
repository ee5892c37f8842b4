package signon

import (
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on every machine

	"stocktake"
)

// An Instant is a moment and the zone in which people speak of it: an hour without a zone is none. The zero Instant is none.
type Instant struct {
	At   time.Time `json:"at"`   // UTC
	Zone string    `json:"zone"` // IANA name such as Europe/Zurich, or UTC
}

// IsZero reports whether there is no instant, for the omitzero tag.
func (i Instant) IsZero() bool { return i.At.IsZero() }

const instantHint = "write the hour and a zone, such as 2026-12-04T00:01 America/Mexico_City or 2026-12-04T06:01Z"

// ParseInstant reads "2026-12-04T00:01 America/Mexico_City", "2026-12-04T00:01-06:00 America/Mexico_City" or "2026-12-04T06:01Z". A day without
// an hour, an hour without a zone, an hour that the clocks of the zone skip, and one that they show twice (without an offset) are Invalid faults.
func ParseInstant(s string) (Instant, error) {
	s = strings.TrimSpace(s)
	moment, zone, named := strings.Cut(s, " ")
	zone = strings.TrimSpace(zone)
	if named {
		loc, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" || zone == "" {
			return Instant{}, stocktake.Invalidf("%q is not the name of a time zone", zone).Hinted(instantHint)
		}
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
			t, err := time.ParseInLocation(layout, moment, loc)
			if err != nil {
				continue
			}
			if t.Format(layout) != moment {
				return Instant{}, stocktake.Invalidf("the clocks of %s skip %s", zone, moment).Hinted("take an hour that there is")
			}
			for _, d := range []time.Duration{-2 * time.Hour, -time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
				if u := t.Add(d); u.Format(layout) == moment {
					return Instant{}, stocktake.Invalidf("the clocks of %s show %s twice", zone, moment).Hinted("add the offset, such as %s", t.Format("2006-01-02T15:04-07:00")+" "+zone)
				}
			}
			return Instant{At: t.UTC(), Zone: zone}, nil
		}
		if t, ok := withOffset(moment); ok {
			if t.In(loc).Format("-07:00") != t.Format("-07:00") {
				return Instant{}, stocktake.Invalidf("%s has not the offset %s at that moment, but %s", zone, t.Format("-07:00"), t.In(loc).Format("-07:00")).Hinted("leave the offset out")
			}
			return Instant{At: t.UTC(), Zone: zone}, nil
		}
		return Instant{}, stocktake.Invalidf("%q is not a day and an hour", moment).Hinted(instantHint)
	}
	if t, ok := withOffset(s); ok {
		zone = "UTC"
		if t.Format("-07:00") != "+00:00" {
			return Instant{}, stocktake.Invalidf("%q has an offset and no zone: people read the hour of a place", s).Hinted(instantHint)
		}
		return Instant{At: t.UTC(), Zone: zone}, nil
	}
	return Instant{}, stocktake.Invalidf("%q is not a day and an hour with a zone", s).Hinted(instantHint)
}

func withOffset(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Check reports whether an instant that was read from JSON is whole (Invalid fault).
func (i Instant) Check(what string) error {
	if i.IsZero() {
		return stocktake.Invalidf("%s is missing", what).Hinted(instantHint)
	}
	if _, err := time.LoadLocation(i.Zone); err != nil || i.Zone == "" || i.Zone == "Local" {
		return stocktake.Invalidf("%s has no time zone", what).Hinted(instantHint)
	}
	return nil
}

// String returns the instant as people of its zone read it, with the name of the zone: "2026-12-04 00:01 America/Mexico_City (UTC-06:00)".
func (i Instant) String() string {
	if i.IsZero() {
		return ""
	}
	loc, err := time.LoadLocation(i.Zone)
	if err != nil || i.Zone == "UTC" {
		return i.At.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return i.At.In(loc).Format("2006-01-02 15:04 ") + i.Zone + i.At.In(loc).Format(" (UTC-07:00)")
}

// Passed reports whether it is this instant or later. No instant has not passed.
func (i Instant) Passed(now time.Time) bool { return !i.IsZero() && !now.Before(i.At) }
