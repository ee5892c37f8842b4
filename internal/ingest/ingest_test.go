package ingest

// testNames is a short list of names; the full one comes from the record.
var testNames = NewNames([]Name{
	{KindParty, "USA", []string{"United States", "United States of America", "US", "U.S.", "USA"}},
	{KindParty, "MEX", []string{"Mexico", "United Mexican States"}},
	{KindParty, "TUR", []string{"Turkey", "Türkiye"}},
	{KindParty, "NOR", []string{"Norway"}},
	{KindParty, "ITA", []string{"Italy"}},
	{KindParty, "MLT", []string{"Malta"}},
	{KindParty, "FRA", []string{"France", "French Republic"}},
	{KindParty, "GBR", []string{"United Kingdom", "UK"}},
	{KindParty, "HUN", []string{"Hungary"}},
	{KindParty, "JOR", []string{"Jordan"}},
	{KindParty, "KEN", []string{"Kenya"}},
	{KindParty, "CIV", []string{"Côte d'Ivoire"}},
	{KindParty, "COD", []string{"Congo"}},
	{KindParty, "COG", []string{"Congo"}},
	{KindInstrument, "gcm", []string{"Global Compact for Safe, Orderly and Regular Migration", "Global Compact for Migration", "GCM"}},
	{KindInstrument, "gcm-process", []string{"Global Compact for Migration process"}},
	{KindInstrument, "gcr", []string{"Global Compact on Refugees"}},
	{KindInstrument, "ny-declaration", []string{"New York Declaration for Refugees and Migrants", "New York Declaration"}},
	{KindInstrument, "2030-agenda", []string{"2030 Agenda for Sustainable Development", "2030 Agenda", "Agenda 2030"}},
	{KindInstrument, "icrmw", []string{"International Convention on the Protection of the Rights of All Migrant Workers and Members of Their Families"}},
	{KindInstrument, "istanbul", []string{"Istanbul Convention", "Council of Europe Convention on preventing and combating violence against women and domestic violence"}},
	{KindInstrument, "crc", []string{"Convention on the Rights of the Child"}},
})
