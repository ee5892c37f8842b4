package signon

import (
	"time"

	"stocktake"
)

// A Day is a civil day in UTC, as "2026-12-04". Days are compared as texts. The empty Day is none.
type Day string

// DayOf returns the day of a moment.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Date returns d as a date of the record; an empty or wrong day is the zero date.
func (d Day) Date() stocktake.Date {
	date, err := stocktake.ParseDate(string(d))
	if err != nil {
		return stocktake.Date{}
	}
	return date
}

// Add returns the day n days later. An empty or wrong day stays as it is.
func (d Day) Add(n int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return DayOf(t.AddDate(0, 0, n))
}

// start is the first moment of the day.
func (d Day) start() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}
