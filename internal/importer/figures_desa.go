package importer

import "stocktake"

// migrantStock are two editions of the table of migrants by origin and destination, two vintages of one series. The days on which they
// came out are given by year, as their publisher cites them.
var migrantStock = figureSet{
	name: "migrant-stock-undesa", about: "UN DESA: international migrants by origin and destination, editions of 2019 and 2020",
	left: []string{
		"stock_totals_2020.csv, pop_totals_2020.csv and hdi_2020.csv were left out: they are other people's extracts, without a licence, and the second has rows twice.",
		"The files leave out zeros and what was not reported, so that no row says either.",
	},
	files: []figureFile{
		{
			figureSpec: figureSpec{
				places: map[string]stocktake.Place{
					"Channel Islands": {Kind: "territory"}, "Micronesia (Fed. States of)": {Kind: "state", Party: "FSM"}, "Caribbean": {Kind: "aggregate"}, "Melanesia": {Kind: "aggregate"}, "Micronesia": {Kind: "aggregate"}, "Polynesia": {Kind: "aggregate"}, "South America": {Kind: "aggregate"},
				},
				table: stocktake.FigureTable{Title: "International migrant stock by origin and destination, 1990 to 2019", Codes: "name", Faults: []string{stockZeros, "No codes stand in it: places were found by their names. Some totals of regions stand among the destinations; they are in no sum."},
					Series: series(stockLike("destination_name", "origin_name"), "desa/migrant-stock | stock | "+stockTitle)},
			},
			file: "undesa2019_stock_by_origin.csv", set: "desa-migrant-stock", source: stockSource("https://github.com/guyabel/stepladderChapter at 4a81585e8ca3566aed8fd48c2870d316fe06f53f, archive/UN_MigrantStockByOriginAndDestination_2019_clean.csv", "none stated"),
			known: []edition{{id: "desa-migrant-stock-2019", name: "2019", published: "2019", sums: []string{"30f141020a8e6a9eec55b8bdc93ffde8d6d4cc9ae2b30ebb307727f6107fe9dc"}}},
		},
		stock2020("undesa2020_stock.csv", "desa-migrant-stock", "desa/migrant-stock", stockTitle, "855eb69fa9df31b6882cb412a0ed85db83b7f24d3b2447d866eb8dd15343c14d"),
		stock2020("undesa2020_stock_female.csv", "desa-migrant-stock-female", "desa/migrant-stock-female", "Women and girls among international migrants, at mid-year", "ad9f16b5170464bc03d222c655879d7c93883dae69d6a6ff232b59d63be133a9"),
		stock2020("undesa2020_stock_male.csv", "desa-migrant-stock-male", "desa/migrant-stock-male", "Men and boys among international migrants, at mid-year", "75fcbd8f5f24f6b5c169fae43ade5b4a41683df52e47eed7177d3e485396ad9f"),
	},
}

const (
	stockTitle = "International migrants, at mid-year"
	stockZeros = "Zeros, and cells that were not reported, were left out by those who made the file: where there is no row, it does not say which."
)

func stockLike(destination, origin string) stocktake.TableSeries {
	return stocktake.TableSeries{Unit: "persons", Party: destination, Counterpart: origin, Period: "year", Times: "mid-year", Adds: "places"}
}

func stockSource(address, licence string) stocktake.Source {
	return stocktake.Source{Kind: "dataset", Title: "International migrant stock", Publisher: "UN DESA Population Division", Lang: "en", Address: address, Licence: licence,
		Note: "Known by the year by which its publisher cites the edition."}
}

// stock2020 is one of the three matrices of the edition of 2020. Its letters are those of ISO 3166-1, but for Chile and Sudan.
func stock2020(file, set string, id, title, sum string) figureFile {
	beside := map[string]beside{"destination_iso3": {name: "destination_name"}, "origin_iso3": {name: "origin_name"}}
	return figureFile{
		figureSpec: figureSpec{
			beside: beside,
			places: map[string]stocktake.Place{"CHI": {Name: "Chile", Kind: "state", Party: "CHL"}, "SUD": {Name: "Sudan", Kind: "state", Party: "SDN"}, "JEY": {Name: "Channel Islands", Kind: "territory"}},
			table: stocktake.FigureTable{Title: title + ", 1990 to 2020", Codes: "iso3", Series: series(stockLike("destination_iso3", "origin_iso3"), id+" | stock | "+title), Faults: []string{
				stockZeros, "Migrants of unknown origin are left out: the world adds up to 267.9 million in 2020, where the publisher's total is about 281 million.",
				"Chile stands under CHI and Sudan under SUD, which are no codes of ISO 3166-1. JEY is the Channel Islands, and not Jersey alone.",
			}},
		},
		file: file, set: set,
		source: stockSource("https://github.com/X80110/migration-visualization at cb840bd0b4a94cb70dcbb98c59290bb640182d2c, json", "CC BY-NC 3.0 as its page says; the publisher's own data: CC BY 3.0 IGO"),
		known:  []edition{{id: stocktake.SourceID(set + "-2020"), name: "2020", published: "2020", sums: []string{sum}}},
	}
}
