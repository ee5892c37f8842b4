package stocktake

// TableID names one file of figures, such as "unhcr-population-2025-12-1". A newer edition has an id of its own.
type TableID string

// SeriesID names one series of figures, publisher and column: "unhcr/refugees".
type SeriesID string

// A FigureTable is a file of figures, filed once: whose archived copy it is, how its columns are read, and what its codes mean. Its rows are a
// projection of that file; they stand in no filing. Everything that is needed to read them stands here, so that every release reads the same.
type FigureTable struct {
	ID     TableID       `json:"id"`
	Title  string        `json:"title"`            // in our own words
	Source SourceID      `json:"source"`           // its archived copy is the file; its edition and day are the table's vintage
	Form   string        `json:"form"`             // csv, csv.gz
	Comma  string        `json:"comma,omitempty"`  // what parts the cells; empty: a comma
	Rows   int64         `json:"rows"`             // rows of the file, its heading not counted
	Codes  string        `json:"codes"`            // what its codes of places are: iso3, unhcr, m49, name, …
	Places []Place       `json:"places,omitempty"` // every code that stands in it, in the order of the codes
	Series []TableSeries `json:"series"`
	Faults []string      `json:"faults,omitempty"` // what is known to be wrong or missing in it, in our own words
}

// A Place is a code of a table and what it means. Party is empty where the record has no such party. Kind is state, territory, former,
// aggregate, unknown (the publisher does not know, or does not say), or other.
type Place struct {
	Code  string  `json:"code"`
	Name  string  `json:"name,omitempty"` // as the table prints it
	Kind  string  `json:"kind"`
	Party PartyID `json:"party,omitempty"`
}

// A TableSeries says how one series is read from a table. Columns are named by their headings. Party is the column of where people are, or
// whom the figure is about; Counterpart of where they came from, or the other side. Times says what a period means: year, year-end, mid-year,
// quarter, five-years (the period begins with the year that stands there), day.
type TableSeries struct {
	Series      SeriesID `json:"series"`
	Title       string   `json:"title"` // in our own words
	Unit        string   `json:"unit"`  // persons, decisions, usd, percent, …
	Value       string   `json:"value,omitempty"`
	Party       string   `json:"party,omitempty"`
	Counterpart string   `json:"counterpart,omitempty"`
	Period      string   `json:"period"`
	Times       string   `json:"times"`
	Adds        string   `json:"adds"`               // what may be added up: all, places (not over time), none (a rate or a price)
	Where       []Cell   `json:"where,omitempty"`    // only rows with these cells
	Missing     []string `json:"missing,omitempty"`  // cells that mean "not reported"; an empty cell always does
	Rounded     int      `json:"rounded,omitempty"`  // small figures are rounded to multiples of this
	Count       bool     `json:"count,omitempty"`    // each row is one event, and Value names no column: rows are counted
	Negative    bool     `json:"negative,omitempty"` // figures below zero have a meaning
	Note        string   `json:"note,omitempty"`
}

// A Cell is a column of a table and what stands in it.
type Cell struct {
	Column string `json:"column"`
	Is     string `json:"is"`
}

// TableForms are the forms in which a file of figures may lie.
func TableForms() []string { return []string{"csv", "csv.gz"} }

// PlaceKinds are what a code of a table may mean.
func PlaceKinds() []string {
	return []string{"state", "territory", "former", "aggregate", "unknown", "other"}
}

// SeriesTimes are what a period of a series may mean.
func SeriesTimes() []string {
	return []string{"year", "year-end", "mid-year", "quarter", "five-years", "day"}
}

// SeriesAdds are over what the figures of a series may be added up.
func SeriesAdds() []string { return []string{"all", "places", "none"} }
