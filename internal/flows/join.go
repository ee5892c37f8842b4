package flows

// A Join is places that were one state in periods that begin in Last or before, though a table has them apart at all times.
type Join struct {
	As     string
	Places []string
	Last   int
	Why    string
}

// Joins are those of the stocks of 2020 against the states of each period.
func Joins() []Join {
	return []Join{
		{"SCG", []string{"SRB", "MNE"}, 2005, "Serbia and Montenegro were one state until June 2006."},
		{"SUD", []string{"SUD", "SDN", "SSD"}, 2005, "South Sudan became independent in July 2011."},
	}
}

// Joined returns cells as the states were in the period that begins in year: figures of places that were one are added up, and what lay between them
// is left out, as nobody moved from one state to another there. cells stay as they are.
func Joined(cells []Cell, year int, joins []Join) []Cell {
	as := map[string]string{}
	for _, j := range joins {
		if year <= j.Last {
			for _, p := range j.Places {
				as[p] = j.As
			}
		}
	}
	name := func(p string) string {
		if n := as[p]; n != "" {
			return n
		}
		return p
	}
	type key struct {
		from, to string
		year     int
	}
	at := map[key]int{}
	out := make([]Cell, 0, len(cells))
	for _, c := range cells {
		from, to := name(c.From), name(c.To)
		if from == to && c.From != c.To {
			continue
		}
		k := key{from, to, c.Year}
		if i, ok := at[k]; ok {
			out[i].Value += c.Value
			continue
		}
		at[k] = len(out)
		out = append(out, Cell{from, to, c.Year, c.Value})
	}
	return out
}
