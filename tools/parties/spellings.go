package main

import (
	"slices"
	"strings"
)

// A spelling is a name as a public table writes it, and the code that stands beside it, if any.
type spelling struct{ file, name, iso3, iso2 string }

// spellings returns every spelling of a country in the tables that the record is filled from, each once a file. Rows of aggregates (the
// world, income groups) come along; nobody has their codes.
func spellings(data string) ([]spelling, error) {
	var list []spelling
	seen := map[spelling]bool{}
	for _, t := range []struct{ file, name, iso3, iso2 string }{
		{"un-ga-votes/un_votes.csv.gz", "country", "", "country_code"},
		{"untc-treaty-status-2015/participant_actions.csv.gz", "participant", "", ""},
		{"untc-treaty-status-2015/declarations.csv.gz", "participant", "", ""},
		{membersFile, "participant", "", ""},
		{"hr-treaty-status-2022/hr_status_cat.csv", "member", "", "iso2"},
		{"hr-treaty-status-2022/hr_status_op_crc_ic.csv", "member", "", "iso2"},
		{"paris-agreement-status/paris-agreement-entry-into-force.csv", "Name", "Code", ""},
		{"ndc-registry/ndcs.csv", "party", "code", ""},
		{"ilo-c189-ratifications-2020/c189.csv", "state_name_de", "iso3", ""},
		{"country-reference/un_regional_groups_from_upr.csv", "state_name_as_in_upr", "", ""},
		{"country-reference/un_m49_regions_3dl.csv", "Country", "ISO-alpha3 code", ""},
		{"unhcr-refugee-statistics/countries.csv.gz", "name", "iso_code", ""},
		{"migrant-stock-undesa/undesa2020_stock.csv.gz", "origin_name", "origin_iso3", ""},
		{"migration-flows-abel-cohen/total_da_pb_closed.csv.gz", "origin_name", "origin_iso3", ""},
		{"remittances/rpw_corridor_cost.csv.gz", "sending_name", "sending_iso3", ""},
		{"remittances/rpw_corridor_cost.csv.gz", "receiving_name", "receiving_iso3", ""},
		{"gdp-population/gdp.csv.gz", "Country Name", "Country Code", ""},
		{"gdp-population/population.csv.gz", "Country Name", "Country Code", ""},
	} {
		cols := slices.DeleteFunc([]string{t.name, t.iso3, t.iso2}, func(s string) bool { return s == "" })
		err := each(data, t.file, cols, func(c []string) error {
			s := spelling{file: t.file, name: c[0]}
			switch {
			case t.iso3 != "":
				s.iso3 = c[1]
			case t.iso2 != "":
				s.iso2 = c[1]
			}
			if s.name != "" && !seen[s] {
				s.name, s.iso3, s.iso2 = strings.Clone(s.name), strings.Clone(s.iso3), strings.Clone(s.iso2)
				seen[s] = true
				list = append(list, s)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
