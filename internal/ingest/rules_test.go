package ingest

import (
	"slices"
	"strings"
	"testing"

	"stocktake"
)

const bodyText = "The ferries of the lake stop at noon on every holiday, and nobody was told of it.\n"

// read reads text as the body of a statement that has a title.
func read(t testing.TB, text string) Draft {
	t.Helper()
	d := Read("Ferries at rest\n\n"+text, testNames)
	checkDraft(t, d)
	return d
}

func TestNormalise(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"BOM", "\uFEFFTitle\n\nBody", "Title\n\nBody"},
		{"CRLF", "Title\r\n\r\nBody\r\n", "Title\n\nBody\n"},
		{"lone CR stays", "Title\rBody", "Title\rBody"},
		{"NFC", "Me\u0301xico", "México"},
		{"spaces, quotes and dashes stay", "a\u00a0 b “c” – d’e ", "a\u00a0 b “c” – d’e "},
		{"not UTF-8", "Caf\xe9", "Caf\uFFFD"},
		{"empty", "", ""},
	} {
		d := Read(tt.in, nil)
		checkDraft(t, d)
		if d.Text != tt.want {
			t.Errorf("%s: text = %q, want %q", tt.name, d.Text, tt.want)
		}
		again := Read(d.Text, nil)
		if again.SHA256 != d.SHA256 {
			t.Errorf("%s: normalising again changes the hash", tt.name)
		}
	}
	if d := Read("Caf\xe9", nil); len(d.Flags) == 0 || d.Flags[0].Code != FlagNotUTF8 {
		t.Errorf("bytes that are no UTF-8: flags = %+v, want %s", d.Flags, FlagNotUTF8)
	}
}

func TestOffsetsCountCodePoints(t *testing.T) {
	d := Read("Ça va 😀\n\nGenève, 4 December 2017 – « É » We call on Côte d’Ivoire to sign.\n", testNames)
	checkDraft(t, d)
	if len(d.Calls) != 1 || d.Calls[0].Start != 44 || deref(d.Calls[0].AddresseeID) != "CIV" {
		t.Errorf("calls = %+v, want one at 44 on CIV", d.Calls)
	}
}

func TestSymbols(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"see A/RES/71/1.", []string{"A/RES/71/1"}},
		{"(A/HRC/RES/35/17)", []string{"A/HRC/RES/35/17"}},
		{"A/CONF.231/3, and A/CONF.231/PC/1;", []string{"A/CONF.231/3", "A/CONF.231/PC/1"}},
		{"in E/CN.4/2000/82 and CMW/C/GC/2", []string{"E/CN.4/2000/82", "CMW/C/GC/2"}},
		{"the joint CMW/C/GC/4-CRC/C/GC/23 of 2017", []string{"CMW/C/GC/4-CRC/C/GC/23"}},
		{"S/RES/2240 (2015) renewed", []string{"S/RES/2240 (2015)"}},
		{"A/RES/217 A (III) and A/RES/217(III)", []string{"A/RES/217 A (III)", "A/RES/217(III)"}},
		{"A/72/L.1/Rev.1 but A/RES/71/1 twice: A/RES/71/1", []string{"A/72/L.1/Rev.1", "A/RES/71/1"}},
		{"HRI/GEN/1/Rev.9 (Vol. I)", []string{"HRI/GEN/1/Rev.9 (Vol. I)"}},
		{"https://undocs.org/A/RES/71/1", []string{"A/RES/71/1"}},
		{"S/RES/2334 (2016), E/C.12/GC/24, A/HRC/RES/S-21/1 and CCPR/C/21/Rev.1/Add.13", []string{"S/RES/2334 (2016)", "E/C.12/GC/24", "A/HRC/RES/S-21/1", "CCPR/C/21/Rev.1/Add.13"}},
		{"大会第A/RES/71/1号决议和（A/RES/73/195）", []string{"A/RES/71/1", "A/RES/73/195"}},
		{"قرار الجمعية العامة A/RES/73/195 وA/HRC/RES/35/17", []string{"A/RES/73/195", "A/HRC/RES/35/17"}},
		{"Резолюция A/RES/73/195 ясна", []string{"A/RES/73/195"}},
		{"and/or 24/7 A/B n/a 4/12/2017 TCP/IP/4 S/he km/h USA/RES/1/2", nil},
	} {
		d := read(t, "The text is "+tt.in+"\n")
		var got []string
		for _, s := range d.Symbols {
			got = append(got, s.Text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: symbols = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestStates(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"The US and the United States are one, and so is the U.S. and the USA.", "US=USA United States=USA U.S.=USA USA=USA"},
		{"Mexican crews sailed, and Americans too.", ""},
		{"They met in Mexico. Mexico was glad.", "Mexico=MEX"},
		{"A boat from New Mexico reached Mexico City.", ""},
		{"They ate turkey in Turkey.", "Turkey=TUR"},
		{"JOIN US AT THE PIER", "US=USA(low)"},
		{"They thanked Michael Jordan for it.", "Jordan=JOR(low)"},
		{"They thanked Jordan for it.", "Jordan=JOR"},
		{"Boats of Côte d’Ivoire and of Côte\u00a0d'Ivoire", "Côte d’Ivoire=CIV"},
		{"Boats of Congo sailed.", "Congo="},
		{"They cite the Istanbul Convention and the Treaty between Mexico and Malta.", ""},
		{"They cite the Istanbul Convention and a treaty that Mexico and Malta made.", "Mexico=MEX Malta=MLT"},
		{"usa and us are no names, Usage neither", ""},
	} {
		d := read(t, tt.in+"\n\n"+bodyText)
		var got []string
		for _, s := range d.States {
			e := s.Text + "=" + deref(s.ID)
			if s.Confidence == Low {
				e += "(low)"
			}
			got = append(got, e)
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("%q: states = %q, want %q", tt.in, g, tt.want)
		}
	}
}

func TestStatesNotInSignatories(t *testing.T) {
	d := read(t, bodyText+"\nSigned by:\nFriends of Mexico\nMalta Ferry Club\nKenya Crew Union (Kenya)\n")
	if len(d.Signatories) != 3 || len(d.States) != 0 {
		t.Errorf("%d signatories, states %+v; want 3 and none", len(d.Signatories), d.States)
	}
	if s := d.Signatories[2]; s.Abbreviation != "" {
		t.Errorf("a state in brackets was read as the abbreviation %q", s.Abbreviation)
	}
}

func TestInstruments(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // fullest=id[mentions]
		{"the Global Compact for Safe, Orderly and Regular Migration (GCM). The GCM is new. The Compact process goes on.",
			"Global Compact for Safe, Orderly and Regular Migration (GCM)=gcm[GCM, Compact process]"},
		{"a Global Compact which helps, says the Global Compact for Migration.", "Global Compact for Migration=gcm[Global Compact]"},
		{"the New York Declaration for Refugees and Migrants and the 2030 Agenda for Sustainable Development", "New York Declaration for Refugees and Migrants=ny-declaration[] 2030 Agenda for Sustainable Development=2030-agenda[]"},
		{"the Global Compact on Refugees and the Global Compact for Migration: the first Compact", "Global Compact on Refugees=gcr[] Global Compact for Migration=gcm[Compact]"},
		{"the UN Convention on the Rights of the Child", "UN Convention on the Rights of the Child=crc[]"},
		{"the Optional Protocol to the Convention on the Rights of the Child on Pier Life", "Optional Protocol to the Convention on the Rights of the Child on Pier Life=[]"},
		{"the Zenda Declaration on the Rights of Crews (“the Zenda Text”). The Zenda Text says so, and the Declaration binds.", "Zenda Declaration on the Rights of Crews (“the Zenda Text”)=[Zenda Text, Declaration]"},
		{"the Los Puertos Declaration of 1999 and ILO Crews Convention 243", "Los Puertos Declaration of 1999=[] ILO Crews Convention 243=[]"},
		{"in this Declaration we say so", ""},
		{"at the Lake Convention Centre", ""},
		{"the declaration of love and the agenda of the day", ""},
		{"the Council of Europe Convention on Preventing and Combating Violence Against Women and Domestic Violence", "Council of Europe Convention on Preventing and Combating Violence Against Women and Domestic Violence=istanbul[]"},
		{"the Convention on Quays and the Protocol to Mend, Paint and Light Quays, and Mexico", "Convention on Quays=[] Protocol to Mend, Paint and Light Quays=[]"},
		{"negotiating process on the Global Compact for Migration", "Global Compact for Migration=gcm[]"},
	} {
		d := read(t, "We know "+tt.in+".\n\n"+bodyText)
		var got []string
		for _, in := range d.Instruments {
			var m []string
			for _, s := range in.Mentions {
				m = append(m, s.Text)
			}
			got = append(got, in.Text+"="+deref(in.ID)+"["+strings.Join(m, ", ")+"]")
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, g, tt.want)
		}
	}
}

func TestActs(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // party kind instrument: text
		{"The decision by the US government to withdraw from the negotiating process on the Global Compact for Migration hurts.",
			"USA withdrawal gcm-process: decision by the US government to withdraw from the negotiating process on the Global Compact for Migration"},
		{"The US decision to withdraw from the Global Compact for Migration process hurts.", "USA withdrawal gcm-process: US decision to withdraw from the Global Compact for Migration process"},
		{"The United States has announced that it will withdraw from the Istanbul Convention.", "USA withdrawal istanbul: United States has announced that it will withdraw from the Istanbul Convention"},
		{"Turkey’s sudden withdrawal from the Istanbul Convention hurts.", "TUR withdrawal istanbul: Turkey’s sudden withdrawal from the Istanbul Convention"},
		{"The withdrawal by Hungary from the Istanbul Convention hurts.", "HUN withdrawal istanbul: withdrawal by Hungary from the Istanbul Convention"},
		{"Malta has withdrawn from the talks on the Istanbul Convention.", "MLT withdrawal : Malta has withdrawn from the talks on the Istanbul Convention"},
		{"Malta ratified the Istanbul Convention.", "MLT ratification istanbul: Malta ratified the Istanbul Convention"},
		{"Malta voted against the Global Compact on Refugees.", "MLT vote-no gcr: Malta voted against the Global Compact on Refugees"},
		{"Malta abstained on the Global Compact on Refugees.", "MLT vote-abstain gcr: Malta abstained on the Global Compact on Refugees"},
		{"Malta has not ratified the Istanbul Convention.", ""},
		{"Malta should ratify the Istanbul Convention.", ""},
		{"Malta refused to sign the Istanbul Convention.", ""},
		{"If Malta withdrew from the Istanbul Convention, crews would go.", ""},
		{"The withdrawal of boats from Malta hurts.", ""},
		{"We call on Malta to ratify the Istanbul Convention.", ""},
		{"Malta signed a lease. The Istanbul Convention stands.", ""},
	} {
		d := read(t, tt.in+"\n\n"+bodyText)
		var got []string
		for _, a := range d.Acts {
			got = append(got, deref(a.Party)+" "+a.Kind+" "+deref(a.Instrument)+": "+a.Text)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, g, tt.want)
		}
		if unknown := strings.Contains(tt.want, "withdrawal :"); (flagged(d, FlagTalks) == 1) != unknown {
			t.Errorf("%q: flags = %+v", tt.in, d.Flags)
		}
	}
}

// Every kind that the reader gives is one that an act can have.
func TestActKindsAreTheRecords(t *testing.T) {
	for _, v := range actVerbs {
		if _, err := stocktake.ParseActKind(v.kind); err != nil {
			t.Errorf("kind %q: %v", v.kind, err)
		}
	}
}

func TestTalksInTheListOfNames(t *testing.T) {
	names := NewNames([]Name{
		{KindParty, "USA", []string{"US"}},
		{KindInstrument, "gcm", []string{"Global Compact for Safe, Orderly and Regular Migration"}},
		{KindInstrument, "talks-on-gcm", []string{"negotiating process on the Global Compact for Safe, Orderly and Regular Migration"}},
		{KindInstrument, "zenda-process", []string{"Zenda Process"}},
	})
	d := Read("Title\n\nThe decision by the US to withdraw from the negotiating process on the Global Compact for Safe, Orderly, and Regular Migration hurts. The Zenda Process goes on.", names)
	checkDraft(t, d)
	if len(d.Acts) != 1 || deref(d.Acts[0].Instrument) != "talks-on-gcm" {
		t.Errorf("acts = %+v, want one about talks-on-gcm", d.Acts)
	}
	if len(d.Instruments) != 2 || deref(d.Instruments[0].ID) != "gcm" || deref(d.Instruments[1].ID) != "zenda-process" {
		t.Errorf("instruments = %+v, want gcm, named inside its talks, and zenda-process", d.Instruments)
	}
}

// A list may be generous: forms with "the" and "government", and an instrument with the name of a common word.
func TestGenerousNames(t *testing.T) {
	names := NewNames([]Name{
		{KindParty, "USA", []string{"US", "the US", "US government", "United States", "the United States"}},
		{KindInstrument, "gcm", []string{"Global Compact for Migration", "Asylum"}},
		{KindInstrument, "gcm-process", []string{"Global Compact for Migration process"}},
	})
	d := Read("US government withdrawal from Global Compact for Migration process hurts\n\nThe decision by the US government to withdraw from the negotiating process on the Global Compact for Migration "+
		"hurts. The United States gave asylum. We call on the United States to give asylum.", names)
	checkDraft(t, d)
	var got []string
	for _, s := range d.States {
		got = append(got, s.Text)
	}
	if !slices.Equal(got, []string{"US", "United States"}) {
		t.Errorf("states = %q, want US and United States", got)
	}
	if len(d.Instruments) != 1 || len(d.Acts) != 1 || deref(d.Acts[0].Party) != "USA" || d.Acts[0].Start < 70 {
		t.Errorf("instruments %+v, acts %+v; want the compact, and the one act of the body", d.Instruments, d.Acts)
	}
	if len(d.Calls) != 1 || deref(d.Calls[0].AddresseeID) != "USA" {
		t.Errorf("calls = %+v", d.Calls)
	}
}

func TestCalls(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // verb → addressee (id): text
		{"We call on the United States to recommit to the talks.", "call on → the United States (USA): call on the United States to recommit to the talks"},
		{"In light of this, we urge the international community to reaffirm its word.", "urge → the international community (): urge the international community to reaffirm its word"},
		{"We therefore strongly urge the Government of Mexico to act.", "urge → the Government of Mexico (MEX): urge the Government of Mexico to act"},
		{"We urge Mexico and Malta to act.", "urge → Mexico and Malta (): urge Mexico and Malta to act"},
		{"We urge Mexico to act and call upon all parties to the Convention to help.", "urge → Mexico (MEX): urge Mexico to act; call upon → all parties to the Convention (): call upon all parties to the Convention to help"},
		{"We call for an end to the raids.", "call for →  (): call for an end to the raids"},
		{"We demand full accountability from Malta.", "demand → Malta (MLT): demand full accountability from Malta"},
		{"We demand that Congress act now.", "demand → Congress (): demand that Congress act now"},
		{"We reiterate our call on Malta to act.", "call on → Malta (MLT): call on Malta to act"},
		{"Civil society organizations call on Malta to act.", "call on → Malta (MLT): call on Malta to act"},
		{"“We urge Malta to act,” said the clerk of the pier.", "urge → Malta (MLT): urge Malta to act"},
		{"We call on Malta to act in the U.S.", "call on → Malta (MLT): call on Malta to act in the U.S."},
		{"We will urge our own government to act.", ""},
		{"The Convention urges states to act.", ""},
		{"The committee received a request to act.", ""},
		{"Do we urge Malta to act?", ""},
		{"We ask ourselves why.", ""},
	} {
		d := read(t, tt.in+"\n\n"+bodyText)
		var got []string
		for _, c := range d.Calls {
			got = append(got, c.Verb+" → "+deref(c.Addressee)+" ("+deref(c.AddresseeID)+"): "+c.Text)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, g, tt.want)
		}
	}
}

func TestUndertakings(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"As crews of the lake, we will continue to work with others and to help bring voices here.", "will continue to work with others and to help bring voices here"},
		{"We will also urge our own government to take a better road.", "will also urge our own government to take a better road"},
		{"We are committed to counting every boat.", "are committed to counting every boat"},
		{"We’ll count the boats each morning.", "We’ll count the boats each morning"},
		{"We will count the boats, and we call on Malta to help.", "will count the boats"},
		{"Will we count the boats?", ""},
		{"They will count the boats.", ""},
	} {
		d := read(t, tt.in+"\n\n"+bodyText)
		var got []string
		for _, u := range d.Undertakings {
			got = append(got, u.Text)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, g, tt.want)
		}
	}
}

func TestClaims(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		flagged  bool
	}{
		{"While the office sleeps, the vast majority of the crews work by night.", "the vast majority of the crews work by night", true},
		{"Indeed, the lake is one of the most crowded waters on earth.", "the lake is one of the most crowded waters on earth", true},
		{"Crews have helped build the town and go on to feed it.", "Crews have helped build the town and go on to feed it", true},
		{"Fog is a common sight on the lake.", "Fog is a common sight on the lake", true},
		{"The town is not immune from the weather.", "The town is not immune from the weather", true},
		{"Some 4,000 boats sank in ten years.", "Some 4,000 boats sank in ten years", true},
		{"Some 4,000 boats sank in ten years, according to the harbour office.", "Some 4,000 boats sank in ten years, according to the harbour office", false},
		{"Some 4,000 boats sank in ten years [3].", "Some 4,000 boats sank in ten years [3]", false},
		{"This is deeply disappointing to us.", "", false},
		{"The office has chosen to bow to the loud.", "", false},
		{"Rights are universal, and as such a common road is essential.", "", false},
		{"The Compact is a much-needed opportunity.", "", false},
		{"States must keep the piers open.", "", false},
		{"Are the piers open at night?", "", false},
		{"“The piers are a maze,” said the clerk.", "", false},
		{"Section 203 of the code matters to crews.", "", false},
	} {
		d := read(t, tt.in+"\n")
		var got []string
		for _, c := range d.Claims {
			got = append(got, c.Text)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, g, tt.want)
		}
		if n := flagged(d, FlagNoSource); (n == 1) != tt.flagged {
			t.Errorf("%q: %d flags for want of a source, want %v", tt.in, n, tt.flagged)
		}
	}
}

func TestSignatories(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"no heading", bodyText + "\n\nPier Watch\n\nLeague of Clerks, Inc.\n\nCrews’ Union – North (CUN)\n", []string{"Pier Watch", "League of Clerks, Inc.", "Crews’ Union – North (CUN)"}},
		{"marks of lists", bodyText + "\nSignatories:\n• Pier Watch\n- League of Clerks;\n3. Crews’ Union, and\n(4) A. Ferry Trust\n[ ] Lamp Fund\n", []string{"Pier Watch", "League of Clerks", "Crews’ Union", "A. Ferry Trust", "Lamp Fund"}},
		{"small letters", bodyText + "\nEndorsed by\npier watch international\nles amis du lac\n", []string{"pier watch international", "les amis du lac"}},
		{"parted by places", bodyText + "\nSigned by:\nMalta:\nPier Watch\nKenya:\nLamp Fund\n", []string{"Pier Watch", "Lamp Fund"}},
		{"one line, semicolons", bodyText + "\nSigned by: Pier Watch; Lamp Fund, Inc.; League of Clerks.\n", []string{"Pier Watch", "Lamp Fund, Inc.", "League of Clerks"}},
		{"one line, commas", bodyText + "\nSigned by: Pier Watch, Lamp Fund and League of Clerks\n", []string{"Pier Watch", "Lamp Fund", "League of Clerks"}},
		{"notes behind", bodyText + "\nPier Watch\nLamp Fund\nLeague of Clerks\n\nENDS\n\n" + bodyText, []string{"Pier Watch", "Lamp Fund", "League of Clerks"}},
		{"a programme is no list of signers", bodyText + "\nSPEAKERS:\nA. Clerk, Pier Watch\nB. Mate, Lamp Fund\nC. Master\n", nil},
		{"one line alone", bodyText + "\nPier Watch\n", nil},
		{"none", bodyText, nil},
	} {
		d := read(t, tt.in)
		var got []string
		for _, s := range d.Signatories {
			got = append(got, s.Text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: signatories = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAbbreviations(t *testing.T) {
	for _, tt := range []struct{ in, name, abbr string }{
		{"National Network for Immigrant and Refugee Rights (NNIRR)", "National Network for Immigrant and Refugee Rights", "NNIRR"},
		{"Lake Workers (LW-N)", "Lake Workers", "LW-N"},
		{"Friends & Crews (F&C)", "Friends & Crews", "F&C"},
		{"Amigos del Lago (FRLK)", "Amigos del Lago", "FRLK"},
		{"Pier Watch (Kenya)", "Pier Watch (Kenya)", ""},
		{"Pier Watch (USA)", "Pier Watch (USA)", ""},
		{"Pier Watch (NY)", "Pier Watch (NY)", ""},
		{"Lamp Fund (of counsel)", "Lamp Fund (of counsel)", ""},
	} {
		d := read(t, bodyText+"\nSigned by:\n"+tt.in+"\n")
		if len(d.Signatories) != 1 || d.Signatories[0].Name != tt.name || d.Signatories[0].Abbreviation != tt.abbr || d.Signatories[0].Text != tt.in {
			t.Errorf("%q: got %+v, want name %q and abbreviation %q", tt.in, d.Signatories, tt.name, tt.abbr)
		}
	}
}

func TestContacts(t *testing.T) {
	for _, tt := range []struct {
		in      string
		want    []string
		missing int
	}{
		{"For further information in Zenda:", nil, 1},
		{"Media contact:\n\n\n", nil, 1},
		{"Contact: A. Clerk, clerk@pier.example", []string{"A. Clerk, clerk@pier.example"}, 0},
		{"For further information, please contact:\nA. Clerk\nPress desk\nclerk@pier.example\n+00 555 0100", []string{"A. Clerk\nPress desk\nclerk@pier.example\n+00 555 0100"}, 0},
		{"Contacts:\nA. Clerk, clerk@pier.example\nB. Mate, mate@pier.example", []string{"A. Clerk, clerk@pier.example", "B. Mate, mate@pier.example"}, 0},
		{"For more information, contact A. Clerk at clerk@pier.example.", []string{"A. Clerk at clerk@pier.example"}, 0},
		{"Contact lenses are sold at the pier, as everybody on the lake knows well.", nil, 0},
	} {
		d := read(t, bodyText+"\n"+tt.in+"\n")
		var got []string
		for _, c := range d.Contacts {
			got = append(got, c.Text)
			if c.Email == nil {
				t.Errorf("%q: contact %q has no address", tt.in, c.Text)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: contacts = %q, want %q", tt.in, got, tt.want)
		}
		if n := flagged(d, FlagContact); n != tt.missing {
			t.Errorf("%q: %d flags for a missing contact, want %d", tt.in, n, tt.missing)
		}
	}
}

func TestIssuers(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"As US civil society organizations gathered here, we call on Malta to act.", "US civil society organizations"},
		{"As representatives from civil society in the United States, we will count boats.", "representatives from civil society in the United States"},
		{"We, the undersigned organisations, mourn.", "undersigned organisations"},
		{"The undersigned networks and unions mourn the boats.", "undersigned networks and unions"},
		{"We, Malta, Italy, and the United Kingdom, mourn.", "Malta; Italy; United Kingdom"},
		{"As everybody knows, we mourn.", ""},
	} {
		d := read(t, tt.in+"\n\n"+bodyText)
		var got []string
		for _, s := range d.Issuers {
			got = append(got, s.Text)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%q: issuers = %q, want %q", tt.in, g, tt.want)
		}
	}
}
