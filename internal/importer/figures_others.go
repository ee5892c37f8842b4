package importer

import "stocktake"

// missingMigrants are incidents in which people died or went missing. Each row is one incident.
var missingMigrants = figureSet{
	name: "missing-migrants", about: "IOM: people who died or went missing on the way, in and around Europe 2014 to 2026, and in the world in 2026",
	files: []figureFile{
		{
			figureSpec: figureSpec{by: []string{"Incident ID"}, several: ",", places: deathPlaces(),
				table: stocktake.FigureTable{Title: "Deaths and disappearances recorded in and around Europe, 2014 to May 2026", Codes: "name",
					Series: append(series(deathLike("Country of Incident", "Incident year", "NA"), `
						iom/europe-dead | No. dead | People who were found dead, in and around Europe
						iom/europe-missing | No. missing | People who went missing and are presumed dead, in and around Europe | Four figures are below zero: they take back what an earlier row counted.
						iom/europe-dead-and-missing | No. dead/missing | People who died or went missing, in and around Europe
						iom/europe-survivors | No. survivors | People who survived an incident in which others died or went missing, in and around Europe | Two figures are below zero: they take back what an earlier row counted.
						iom/europe-females | No. Female | Women and girls among those who died or went missing, in and around Europe
						iom/europe-males | No. Male | Men and boys among those who died or went missing, in and around Europe
						iom/europe-minors | No. minors | Children among those who died or went missing, in and around Europe`),
						deathCount("iom/europe-incidents", "Incidents in which people died or went missing, in and around Europe", deathLike("Country of Incident", "Incident year", "NA"))),
					Faults: append([]string{"Incidents were selected for Europe, its seas and the ways to it by those who made the file.", "The country is the one named in the description of the place, also for incidents at sea; of a few the file has a piece of a sentence or a coordinate instead."}, deathFaults...)}},
			file: "iom_mmp_europe_2014-2026.csv", set: "iom-missing-migrants-europe", public: true,
			source: deathSource("Missing Migrants Project: incidents in and around Europe", "data/raw/iom_europe.csv"),
			known:  []edition{{id: "iom-missing-migrants-europe-2026-06-08", name: "2026-06-08", published: "2026-06-08", sums: []string{"dcbdb1e27ff6c350af914bd9706c98fae510771cafe72d861833cb4be9eecc5e"}}},
		},
		{
			figureSpec: figureSpec{by: []string{"Incident ID"}, several: ",", places: deathPlaces(),
				table: stocktake.FigureTable{Title: "Deaths and disappearances recorded in the world, January to May 2026", Codes: "name",
					Series: append(series(deathLike("", "Year", ""), `
						iom/dead | Number Dead | People who were found dead
						iom/missing | Minimum Estimated Number of Missing | People who went missing and are presumed dead, a low estimate
						iom/survivors | Number of Survivors | People who survived an incident in which others died or went missing
						iom/females | Number of Females | Women and girls among those who died or went missing
						iom/males | Number of Males | Men and boys among those who died or went missing
						iom/children | Number of Children | Children among those who died or went missing`),
						deathCount("iom/incidents", "Incidents in which people died or went missing", deathLike("", "Year", ""))),
					Faults: append([]string{"It ends in the first days of May 2026: it is no whole year.", "It has no column for the country of an incident, only for regions and routes; figures are about those who came from a country."}, deathFaults...)}},
			file: "MissingMigrants-Global-2026-05-06.csv", set: "iom-missing-migrants", public: true,
			source: deathSource("Missing Migrants Project: incidents of 2026 in all regions", "data/raw/MissingMigrants-Global-2026-05-06--19_42_11.csv"),
			known:  []edition{{id: "iom-missing-migrants-2026-05-06", name: "2026-05-06", published: "2026-05-06", sums: []string{"af839761129f18c2fd1e9f64dd3e748a6863d5432fc06cc63cd4b9d8a38a0d40"}}},
		},
	},
}

var deathFaults = []string{"Figures are the least that is known: many deaths are never recorded.", "Where a death was recorded says nothing of who answers for it.", "Where people came from is unknown for most, and several countries may stand in one cell; such a cell is a place of its own here."}

func deathLike(party, year, missing string) stocktake.TableSeries {
	s := stocktake.TableSeries{Unit: "persons", Party: party, Counterpart: "Country of Origin", Period: year, Times: "year", Adds: "all", Negative: true}
	if missing != "" {
		s.Missing = []string{missing}
	}
	return s
}

func deathCount(id stocktake.SeriesID, title string, s stocktake.TableSeries) stocktake.TableSeries {
	s.Series, s.Title, s.Unit, s.Count, s.Negative, s.Missing = id, title, "incidents", true, false, nil
	s.Note = "Each row is one incident, and rows are counted. An incident that is split by where people came from is several rows."
	return s
}

func deathSource(title, file string) stocktake.Source {
	return stocktake.Source{Kind: "dataset", Title: title, Publisher: "IOM Missing Migrants Project", Lang: "en", Licence: "CC BY 4.0",
		Address: "https://github.com/giocopp/Missing-Migrants-Count at 42be4fe374181b1b35a79347cb3b6ecea3707bc4, " + file}
}

// deathPlaces says what stands in the columns of countries that is no country.
func deathPlaces() map[string]stocktake.Place {
	unknown, other := stocktake.Place{Kind: "unknown"}, stocktake.Place{Kind: "other"}
	return map[string]stocktake.Place{
		"Unknown": unknown, "NA": unknown, "012 52E": unknown, "": unknown, "Mixed": other, "Mixed/Unknown": other,
		"Libya - departed from the Western shores of Tobruk on 16-17 April": {Kind: "state", Party: "LBY"},
		"Libya - presumed departure on 12-14 April":                         {Kind: "state", Party: "LBY"},
		"Morocco (en route to Ceuta)":                                       {Kind: "state", Party: "MAR"},
	}
}

// remittances are what it costs to send money along a corridor, and what is paid out of a country.
var remittances = figureSet{
	name: "remittances", about: "World Bank: cost of sending remittances by corridor, 2011 to 2020; remittances paid by country, 1970 to 2020",
	files: []figureFile{
		{
			figureSpec: figureSpec{beside: map[string]beside{"sending_iso3": {name: "sending_name"}, "receiving_iso3": {name: "receiving_name"}}, places: map[string]stocktake.Place{"PSE": {Name: "West Bank/Gaza Strip", Kind: "state", Party: "PSE"}},
				table: stocktake.FigureTable{Title: "Average total cost of sending remittances, by corridor and quarter", Codes: "iso3",
					Series: []stocktake.TableSeries{{Series: "worldbank/remittance-cost", Title: "Average cost of sending remittances, as a part of the sum that is sent", Unit: "percent", Value: "avg_total_cost_pct", Party: "sending_iso3", Counterpart: "receiving_iso3",
						Period: "quarter", Times: "quarter", Adds: "none", Negative: true, Note: "Party is where money is sent from, counterpart where it is received. Five figures are below zero in the file, and are kept. The target is 3 percent (SDG 10.c, Global Compact for Migration, objective 20)."}},
					Faults: []string{"Cells that were empty or held \"..\" were left out by those who made the file."}}},
			file: "rpw_corridor_cost.csv", set: "worldbank-remittance-prices", source: bankSource("Remittance Prices Worldwide: cost by corridor", "https://github.com/natesheehan/sdg_10C at 3365194021a149cc7971af2fb1b3a0ac63fabf1d, data", "none stated"),
			known: []edition{{id: "worldbank-remittance-prices-2020-12", name: "2020-12", published: "2020-12", sums: []string{"ff22ed9294b09209fe2a324030f1c0dd9eb063cc6dca4f11f66e9f382a3ad261"}}},
		},
		bankFile("wdi_remittances_paid.csv", "worldbank-remittances-paid", "iso3_or_aggregate", "name",
			stocktake.TableSeries{Series: "worldbank/remittances-paid", Title: "Personal remittances paid, in current US dollars", Unit: "usd", Value: "usd", Period: "year", Times: "year", Adds: "all"},
			"Personal remittances paid, by country and year", bankSource("World Development Indicators: personal remittances, paid", "https://github.com/natesheehan/sdg_10C at 3365194021a149cc7971af2fb1b3a0ac63fabf1d, data/API_BM.TRF.PWKR.CD.DT_DS2_en_csv_v2_3012027.csv", "none stated"), false,
			edition{name: "2021-09-15", published: "2021-09-15", sums: []string{"eae756fb1700956c70997e4cb76279533dafcfd321743d3ef4b0b5cc15ff1de7"}}),
	},
}

// gdpPopulation are the denominators of shares.
var gdpPopulation = figureSet{
	name: "gdp-population", about: "World Bank: gross domestic product and population, 1960 to 2024",
	files: []figureFile{
		bankFile("gdp.csv", "worldbank-gdp", "Country Code", "Country Name", stocktake.TableSeries{Series: "worldbank/gdp", Title: "Gross domestic product, in current US dollars", Unit: "usd", Value: "Value", Period: "Year", Times: "year", Adds: "places"},
			"Gross domestic product, by country and year", bankSource("World Development Indicators: gross domestic product", "https://github.com/datasets/gdp at 822019c80142c162e4ca4eb1a63699ae36075078, data/gdp.csv", "PDDL 1.0"), true,
			edition{name: "2026-03-20", published: "2026-03-20", sums: []string{"05aa7ca721e12f37f8b230d84d83602380d937f115e07ed02d373e21fbd37eed"}}),
		bankFile("population.csv", "worldbank-population", "Country Code", "Country Name", stocktake.TableSeries{Series: "worldbank/population", Title: "Population, at mid-year", Unit: "persons", Value: "Value", Period: "Year", Times: "mid-year", Adds: "places"},
			"Population, by country and year", bankSource("World Development Indicators: population", "https://github.com/datasets/population at 425fc447a53a26c767a15a7de60c4cc2478a0595, data/population.csv", "PDDL 1.0"), true,
			edition{name: "2026-03-06", published: "2026-03-06", sums: []string{"42ac61c6c4e8bc3fc8955fc2e61e15c997588118ec134fcddee9c159c05e2f81"}}),
	},
}

func bankSource(title, address, licence string) stocktake.Source {
	return stocktake.Source{Kind: "dataset", Title: title, Publisher: "World Bank", Lang: "en", Address: address, Licence: licence}
}

// bankFile is a table of the World Bank with one figure a country and year, and groups of countries among the countries.
func bankFile(file, set, code, name string, s stocktake.TableSeries, title string, src stocktake.Source, public bool, e edition) figureFile {
	e.id = stocktake.SourceID(set + "-" + e.name)
	s.Party = code
	return figureFile{
		figureSpec: figureSpec{beside: map[string]beside{code: {name: name}}, places: worldBankPlaces(),
			table: stocktake.FigureTable{Title: title, Codes: "worldbank", Series: []stocktake.TableSeries{s}, Faults: []string{"Groups of countries stand among the countries, by region, income and lending, and the world; they are in no sum unless one is asked for.", "Empty cells are not in the file: where there is no row, nothing was reported."}}},
		file: file, set: set, source: src, public: public, known: []edition{e},
	}
}
