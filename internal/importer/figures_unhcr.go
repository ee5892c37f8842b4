package importer

import (
	"strings"

	"stocktake"
)

// unhcrFigures are the tables of UNHCR's Refugee Data Finder. Where the name of a column stands in one table only, a series is called by it;
// else the table's name goes before it, but for the table of populations.
var unhcrFigures = figureSet{
	name: "unhcr-refugee-statistics", about: "UNHCR: refugees, asylum-seekers, displaced and stateless persons, decisions and solutions, 1951 to 2025",
	left:  []string{"countries.csv is a list of codes and holds no figures; UNHCR's codes come with the program and were checked against the ISO codes and the names beside them."},
	files: unhcrFiles(),
}

func unhcrFiles() []figureFile {
	const rounding = "UNHCR says that it rounds figures below 5 to 0 or 5. Yet figures from 1 to 4 stand in this file too, so that a 0 or a 5 may also be exact."
	like := stocktake.TableSeries{Unit: "persons", Party: "coa", Counterpart: "coo", Period: "year", Times: "year", Adds: "all", Rounded: 5}
	stock, plainStock := like, like
	stock.Times, stock.Adds = "year-end", "places"
	plainStock.Rounded, plainStock.Times, plainStock.Adds = 0, "year-end", "places"
	beside := map[string]beside{"coa": {"coa_name", "coa_iso"}, "coo": {"coo_name", "coo_iso"}}
	file := func(name, title, sum string, series []stocktake.TableSeries, by []string, faults ...string) figureFile {
		set := "unhcr-" + dashes(name)
		return figureFile{
			figureSpec: figureSpec{beside: beside, by: by, places: unhcrPlaces(), table: stocktake.FigureTable{Title: title, Codes: "unhcr", Series: series, Faults: faults}},
			file:       name + ".csv", set: set, public: true,
			source: stocktake.Source{Kind: "dataset", Title: title, Publisher: "UNHCR", Lang: "en", Licence: "CC BY 4.0",
				Address: "https://github.com/PopulationStatistics/refugees at 0c16a6d0c2f37d8578f9b9e3d1e4459efe850398, data/" + name + ".rda", Note: "Made into a table in text, with no value changed; an empty cell was missing."},
			known: []edition{{id: stocktake.SourceID(set + "-2025-12-1"), name: "2025-12-1", published: "2026-06-25", sums: []string{sum}}},
		}
	}
	where := func(list []stocktake.TableSeries, column, is, unit string) []stocktake.TableSeries {
		for i := range list {
			list[i].Where, list[i].Unit = []stocktake.Cell{{Column: column, Is: is}}, unit
		}
		return list
	}
	const applied = "All levels of procedure together: an application and its appeal are two."
	const decided = "All levels of procedure together: a decision and the one on its appeal are two."
	decisions := func(suffix, words string) string {
		return `unhcr/dec-recognized` + suffix + ` | dec_recognized | Decisions that recognised a refugee` + words + ` | ` + decided + `
			unhcr/dec-other` + suffix + ` | dec_other | Decisions that gave another kind of protection` + words + ` | ` + decided + `
			unhcr/dec-rejected` + suffix + ` | dec_rejected | Decisions that rejected` + words + ` | ` + decided + `
			unhcr/dec-closed` + suffix + ` | dec_closed | Applications closed without a decision on their substance` + words + ` | ` + decided + `
			unhcr/dec-total` + suffix + ` | dec_total | Decisions and closures together` + words + ` | ` + decided
	}
	return []figureFile{
		file("population", "Refugees, asylum-seekers and others whom UNHCR counts, at the end of each year", "f8581228d92c3c8af7d8f9387c63edbaeeef9094ac727dc43edbddeb108ebcf5", population(stock, like, `
			unhcr/refugees | refugees | Refugees | Refugees whom UNRWA counts are not among them.
			unhcr/asylum-seekers | asylum_seekers | Asylum-seekers whose cases are pending | The first figure above 0 is of 1993.
			unhcr/returned-refugees | returned_refugees | Refugees who returned in the year, in the table of populations | The first figure above 0 is of 1965.
			unhcr/idps | idps | Internally displaced persons whom UNHCR counts | The first figure above 0 is of 1993.
			unhcr/returned-idps | returned_idps | Internally displaced persons who returned in the year, in the table of populations | The first figure above 0 is of 1997.
			unhcr/stateless | stateless | Stateless persons | The first figure above 0 is of 2004.
			unhcr/ooc | ooc | Others of concern to UNHCR | The first figure above 0 is of 1997.
			unhcr/oip | oip | Other people in need of international protection | The first figure is of 2018.
			unhcr/hst | hst | Host communities | The first figure above 0 is of 2019.`), nil,
			rounding, "Columns of groups that UNHCR did not count in a year hold 0 for it, not an empty cell: such a 0 does not say that there was nobody.", "Refugees whom UNRWA counts stand in a table of their own."),
		file("flows", "People who newly became refugees, asylum-seekers or others in need of protection, by year", "88c037690bab7790b6a7c3f08cbc69505f1639e5d91f89d9400ebe2153d74dcf", series(like, `
			unhcr/flows-refugees | refugees | New refugees in the year
			unhcr/flows-asylum-seekers | asylum_seekers | New asylum-seekers in the year
			unhcr/refugee-like | refugee_like | New people in refugee-like situations in the year
			unhcr/flows-oip | oip | Others newly in need of international protection in the year`), nil, rounding),
		file("asylum_applications", "Applications for asylum, by year", "c4c8fcae1ad5161fae18d121af3d47dd274a42a8caeb60a2485916128929d517",
			append(where(series(like, "unhcr/applied | applied | Persons who applied for asylum | "+applied), "app_pc", "P", "persons"),
				where(series(like, "unhcr/applied-cases | applied | Applications for asylum where only cases are counted, not persons | "+applied), "app_pc", "C", "cases")...),
			[]string{"procedure_type", "app_type", "dec_level", "app_pc"}, rounding, "Some states report cases, of which one may be of several persons; those are a series of their own."),
		file("asylum_decisions", "Decisions on applications for asylum, by year", "9ff631a80883755e8cdd26a814f28a02a729a3c74f2c58a5b743632b3bbd5d0a",
			append(where(series(like, decisions("", ", in persons")), "dec_pc", "P", "persons"), where(series(like, decisions("-cases", ", where only cases are counted")), "dec_pc", "C", "cases")...),
			[]string{"procedure_type", "dec_level", "dec_pc"}, rounding, "Some states report cases, of which one may be of several persons; those are series of their own."),
		file("demographics", "Those whom UNHCR counts, by sex and age, at the end of 2025", "92f5148206f9a461e496f74915253d5c00c142ed407d94dc5482f522663d47b3", demographics(stock),
			[]string{"pop_type", "location", "loc_type", "acc_type"}, rounding, "All groups of people together, host communities among them.", "Where no sex or age is known, the file holds 0 in every column but the total: such a 0 does not say that there was nobody."),
		file("solutions", "Refugees who returned, were resettled or naturalised, and displaced persons who returned, by year", "1f8312802314ccab45bb485bcb4bfb55e4c15017752a8e6c8e02a4db437975d0", series(like, `
			unhcr/solutions-returned-refugees | returned_refugees | Refugees who returned in the year
			unhcr/resettlement | resettlement | Refugees who arrived for resettlement in the year
			unhcr/naturalisation | naturalisation | Refugees who were naturalised in the year
			unhcr/solutions-returned-idps | returned_idps | Internally displaced persons who returned in the year`), nil, rounding),
		file("idmc", "Internally displaced persons as the Internal Displacement Monitoring Centre counts them, at the end of each year", "15fb8e3a447a744df37e6cceb8c0c539b3c558726e5cdf11d9350165d05ef8aa",
			series(plainStock, "unhcr/idmc-total | total | Internally displaced persons, as the Internal Displacement Monitoring Centre counts them"), nil, "Before states are told apart, the whole stands under the code for unknown."),
		file("unrwa", "Palestine refugees as UNRWA counts them, at the end of each year", "a350022aea9cf0b24d49b2c6770a51b446e63fe0fc3e655fef87ce3c5846a591",
			series(plainStock, "unhcr/unrwa-total | total | Palestine refugees, as UNRWA counts them"), nil),
	}
}

// population is the table of populations: people at the end of a year, but for two columns of those who returned in it.
func population(stock, flow stocktake.TableSeries, lines string) []stocktake.TableSeries {
	list := series(stock, lines)
	for i := range list {
		if strings.HasPrefix(list[i].Value, "returned_") {
			list[i].Times, list[i].Adds = flow.Times, flow.Adds
		}
	}
	return list
}

// demographics are the columns of sex and age.
func demographics(like stocktake.TableSeries) []stocktake.TableSeries {
	ages := []struct{ column, words string }{{"0_4", "aged 0 to 4"}, {"5_11", "aged 5 to 11"}, {"12_17", "aged 12 to 17"}, {"18_59", "aged 18 to 59"}, {"60", "aged 60 and above"}, {"other", "of an age not known"}, {"total", "of all ages"}}
	lines := ""
	for _, sex := range []struct{ column, words string }{{"f", "Women and girls"}, {"m", "Men and boys"}} {
		for _, a := range ages {
			lines += "unhcr/demographics-" + sex.column + "-" + dashes(a.column) + " | " + sex.column + "_" + a.column + " | " + sex.words + " " + a.words + ", of all whom UNHCR counts\n"
		}
	}
	return series(like, lines+"unhcr/demographics-total | total | All whom UNHCR counts, host communities among them")
}
