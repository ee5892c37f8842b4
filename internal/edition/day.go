package edition

import (
	"time"

	"stocktake"
)

// dayOf is the UTC day of an instant.
func dayOf(t time.Time) stocktake.Date {
	y, m, d := t.UTC().Date()
	return stocktake.DateOf(stocktake.DayOf(y, int(m), d))
}
