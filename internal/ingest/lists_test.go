package ingest

import (
	"strings"
	"testing"
)

// TestLists holds one made-up list for each shape that lists of signatories take; want are the entries, parted by " | ".
func TestLists(t *testing.T) {
	const text = "Crews ask for open quays\n\nThe crews of the ferries wait in the harbour, and it is winter. We call on the Port Authority to open the quays to all boats before the spring comes.\n\n"
	for _, tt := range []struct{ shape, in, want string }{
		{"lines under a heading", "Signatories:\nQuay Watch\nHarbour Workers’ Circle (HWC)\nUnion des bateliers du lac\n", "Quay Watch | Harbour Workers’ Circle (HWC) | Union des bateliers du lac"},
		{"lines with blank lines between", "Signed by:\n\nQuay Watch\n\nHarbour Circle\n\nFerry Friends International\n", "Quay Watch | Harbour Circle | Ferry Friends International"},
		{"bullets", "Endorsed by:\n• Quay Watch\n• Harbour Circle, Zenda\n• Ferry Friends\n", "Quay Watch | Harbour Circle, Zenda | Ferry Friends"},
		{"dashes", "Signatories\n- Quay Watch\n- Harbour Circle\n– Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"numbers", "List of signatories:\n1. Quay Watch\n2. Harbour Circle\n3. Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"numbers with a bracket", "Signatories:\n1) Quay Watch\n2) Harbour Circle\n3) Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"numbers with a gap", "Signatories:\n1. Quay Watch\n3. Harbour Circle\n7. Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"numbers on lines of their own", "Signatories:\n1.\nQuay Watch\n2.\nHarbour Circle\n", "Quay Watch | Harbour Circle"},
		{"columns by tabs", "Signatories:\nQuay Watch\tHarbour Circle\nFerry Friends\tPier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"columns by spaces", "Signatories:\nQuay Watch      Harbour Circle\nFerry Friends      Pier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"table with countries", "Signatories:\nQuay Watch\tKenya\nHarbour Circle\tMalta\nFerry Friends\tMexico\n", "Quay Watch Kenya | Harbour Circle Malta | Ferry Friends Mexico"},
		{"run on with commas", "Signed by: Quay Watch, Harbour Circle, Ferry Friends and Pier People.\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"run on with semicolons", "Signatories: Quay Watch, Zenda; Harbour Circle, Inc.; Ferry Friends; and Pier People, Kenya.\n", "Quay Watch, Zenda | Harbour Circle, Inc. | Ferry Friends | Pier People, Kenya"},
		{"run on beneath the heading", "Signatories:\n\nQuay Watch; Harbour Circle; Ferry Friends; Pier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"run on with commas beneath the heading", "Signatories\n\nQuay Watch, Harbour Circle, Ferry Friends, Pier People, Boat Union, Crew Union, Lake League, Shore Society\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People | Boat Union | Crew Union | Lake League | Shore Society"},
		{"several lists with headings", "Signatories:\n\nInternational organisations:\nQuay Watch\nHarbour Circle\n\nNational organisations:\nFerry Friends\nPier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"lists by country", "Signatories:\n\nKenya:\nQuay Watch\nHarbour Circle\n\nMalta:\nFerry Friends\nPier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"organisations and persons", "Organisations:\nQuay Watch\nHarbour Circle\n\nIndividuals:\nJane Doe, Example University, Kenya\nRichard Roe, Zenda\n", "Quay Watch | Harbour Circle | Jane Doe, Example University, Kenya | Richard Roe, Zenda"},
		{"persons with affiliation and country", "Signed:\n\nDr. Jane Doe, Professor of Law, Example University, Kenya\nRichard Roe, Director, Quay Watch, Malta\nJohn Stiles, Esq., Harbour Circle\n", "Dr. Jane Doe, Professor of Law, Example University, Kenya | Richard Roe, Director, Quay Watch, Malta | John Stiles, Esq., Harbour Circle"},
		{"persons on two lines", "Sincerely,\n\nJane Doe\nExecutive Director, Quay Watch\n\nRichard Roe\nPresident, Harbour Circle\n", "Jane Doe Executive Director, Quay Watch | Richard Roe President, Harbour Circle"},
		{"persons on three lines", "Sincerely,\n\nJane Doe\nExecutive Director\nQuay Watch\n\nRichard Roe\nPresident\nHarbour Circle\n", "Jane Doe Executive Director Quay Watch | Richard Roe President Harbour Circle"},
		{"heading with a count", "Signatories (3):\nQuay Watch\nHarbour Circle\nFerry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"count in words", "The following 3 organisations have signed this statement:\n\nQuay Watch\nHarbour Circle\nFerry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"sentence as a heading", "This statement is supported by the following organisations:\n\n• Quay Watch\n• Harbour Circle\n", "Quay Watch | Harbour Circle"},
		{"heading in capitals", "SIGNATORY ORGANISATIONS\n\nQuay Watch\nHarbour Circle\nFerry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"names in capitals", "SIGNED BY:\n\nQUAY WATCH\nHARBOUR CIRCLE\nFERRY FRIENDS\n", "QUAY WATCH | HARBOUR CIRCLE | FERRY FRIENDS"},
		{"without a heading", "Quay Watch\nHarbour Circle\nFerry Friends\nPier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"lead signatories, then others", "Lead signatories:\n- Quay Watch\n- Harbour Circle\n\nOther signatories:\n- Ferry Friends\n- Pier People\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"on behalf of", "On behalf of:\n\nQuay Watch\nHarbour Circle\nFerry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"on behalf of, in a sentence", "This statement is made on behalf of the following organisations: Quay Watch, Harbour Circle, Ferry Friends and the Pier People.\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"a note between", "Signatories:\n- Quay Watch\n- Harbour Circle*\n- Ferry Friends\n\n* in an observing role\n", "Quay Watch | Harbour Circle* | Ferry Friends"},
		{"contact after the list", "Signatories:\nQuay Watch\nHarbour Circle\nFerry Friends\n\nContact: Jane Doe, press@quay.example, +00 555 010 0199\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"the end mark and notes after the list", "Signatories:\nQuay Watch\nHarbour Circle\n\nENDS\n\nNotes to editors:\n1. The quays were closed in the spring of last year, and they have not been opened again since then.\n", "Quay Watch | Harbour Circle"},
		{"web addresses behind names", "Signatories:\nQuay Watch (www.quay.example)\nHarbour Circle – https://harbour.example\nFerry Friends\n", "Quay Watch (www.quay.example) | Harbour Circle – https://harbour.example | Ferry Friends"},
		{"lower-case names", "Signatories:\nquay.watch\nfor open quays e.V.\nthe Harbour Circle\n", "quay.watch | for open quays e.V. | the Harbour Circle"},
		{"Spanish", "Firman:\nRed de Muelles\nColectivo Puerto Abierto, A.C.\nUnión de Tripulantes\n", "Red de Muelles | Colectivo Puerto Abierto, A.C. | Unión de Tripulantes"},
		{"Spanish sentence", "Organizaciones que suscriben:\n- Red de Muelles (México)\n- Puerto Abierto\n", "Red de Muelles (México) | Puerto Abierto"},
		{"French", "Premiers signataires :\nLigue des quais\nCollectif du port\nSyndicat des bateliers\n", "Ligue des quais | Collectif du port | Syndicat des bateliers"},
		{"French in a line", "Signataires : Ligue des quais, Collectif du port, Syndicat des bateliers\n", "Ligue des quais | Collectif du port | Syndicat des bateliers"},
		{"Portuguese", "Assinam esta nota:\nRede dos Cais\nColetivo Porto Aberto\nSindicato dos Barqueiros\n", "Rede dos Cais | Coletivo Porto Aberto | Sindicato dos Barqueiros"},
		{"German", "Unterzeichnende Organisationen:\nBund der Fährleute e.V.\nHafenkreis Zenda\nNetzwerk Offene Kais\n", "Bund der Fährleute e.V. | Hafenkreis Zenda | Netzwerk Offene Kais"},
		{"Swedish", "Undertecknare:\nKajvakten\nHamnkretsen\nFärjans vänner\n", "Kajvakten | Hamnkretsen | Färjans vänner"},
		{"many in one run", "Signatories: A Bateau; B Quay Club; C Pier Union; D Lake League; E Shore Society; F Crew Circle; G Boat Watch; H Port Friends\n", "A Bateau | B Quay Club | C Pier Union | D Lake League | E Shore Society | F Crew Circle | G Boat Watch | H Port Friends"},
		{"names with and", "Signatories:\nCentre for Quays and Ports\nResearch and Action on Ferries\nWomen, Water and Work\n", "Centre for Quays and Ports | Research and Action on Ferries | Women, Water and Work"},
		{"letters before names", "Signatories:\na. Quay Watch\nb. Harbour Circle\nc. Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"signed in a sentence", "The letter was signed by Quay Watch, Harbour Circle, Ferry Friends and Pier People.\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People"},
		{"persons with their organisation in brackets", "Signatories:\nJane Doe (Quay Watch)\nRichard Roe (Harbour Circle, Kenya)\n", "Jane Doe (Quay Watch) | Richard Roe (Harbour Circle, Kenya)"},
		{"persons with a dash", "Signatories:\nJane Doe – Quay Watch\nRichard Roe – Harbour Circle, Malta\n", "Jane Doe – Quay Watch | Richard Roe – Harbour Circle, Malta"},
		{"persons with a bar", "Signatories:\nJane Doe | Quay Watch | Kenya\nRichard Roe | Harbour Circle | Malta\n", "Jane Doe | Quay Watch | Kenya | Richard Roe | Harbour Circle | Malta"},
		{"copies after the list", "Signatories:\nQuay Watch\nHarbour Circle\n\ncc: The Minister of Ports\n", "Quay Watch | Harbour Circle"},
		{"states in lines", "Signatories:\nKenya\nMalta\nMexico\nFrance\n", "Kenya | Malta | Mexico | France"},
		{"states run on", "Signatories: Kenya, Malta, Mexico, the United Kingdom and France.\n", "Kenya | Malta | Mexico | United Kingdom | France"},
		{"the organisations below", "We, the organisations below, sign this call:\n\n1. Quay Watch – Kenya\n2. Harbour Circle – Malta\n", "Quay Watch – Kenya | Harbour Circle – Malta"},
		{"endorsing sentence", "The following groups endorse this statement:\n\nQuay Watch\n\nHarbour Circle\n", "Quay Watch | Harbour Circle"},
		{"signed with commas at the ends", "Signed,\n\nQuay Watch,\nHarbour Circle,\nFerry Friends.\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"bold headings of Markdown", "**Signatories**\n\n* Quay Watch\n* Harbour Circle\n* Ferry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"heading behind a number of organisations", "62 organisations\n\nQuay Watch\nHarbour Circle\nFerry Friends\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"local groups beneath", "Signatories:\n\nQuay Watch\nHarbour Circle\n\nEurope\nFerry Friends\n\nAfrica\nPier People\nLake League\n", "Quay Watch | Harbour Circle | Ferry Friends | Pier People | Lake League"},
		{"a sentence after the list", "Signatories:\n\nQuay Watch\nHarbour Circle\nFerry Friends\n\nThis statement remains open for signature until the end of the month, and new names are added each week.\n", "Quay Watch | Harbour Circle | Ferry Friends"},
		{"names of two languages", "Signatories:\nQuay Watch / Veille des quais\nHarbour Circle - Cercle du port\n", "Quay Watch / Veille des quais | Harbour Circle - Cercle du port"},
		{"with networks", "Signatories:\n• Quay Watch, on behalf of its 40 members\n• Harbour Circle (member of the Lake League)\n", "Quay Watch, on behalf of its 40 members | Harbour Circle (member of the Lake League)"},
		{"unions with numbers", "Signatories:\nCrew Union Local 1199\n350 Harbour\nBoat Workers 32BJ\n", "Crew Union Local 1199 | 350 Harbour | Boat Workers 32BJ"},
		{"one name a paragraph with a place", "Endorsed by\n\nQuay Watch, Nairobi, Kenya\n\nHarbour Circle, Valletta, Malta\n", "Quay Watch, Nairobi, Kenya | Harbour Circle, Valletta, Malta"},
		{"endorsements with dates", "Endorsements as of 4 May 2031:\n\n- Quay Watch\n- Harbour Circle\n", "Quay Watch | Harbour Circle"},
	} {
		d := Read(text+tt.in, testNames)
		var got []string
		for _, s := range d.Signatories {
			got = append(got, strings.Join(strings.Fields(s.Text), " "))
		}
		if g := strings.Join(got, " | "); g != tt.want {
			t.Errorf("%s:\n got  %s\n want %s", tt.shape, g, tt.want)
		}
	}
}
