package importer

import (
	"strings"

	"stocktake"
)

// Coded is what a record may offer besides [Record]: the party with a code in a list, such as "m49".
type Coded interface {
	FindCode(list, code string) (stocktake.PartyID, bool)
}

// CodeLists are the lists of codes of places that tables may use. Codes of "name" are names.
func CodeLists() []string { return []string{"iso3", "unhcr", "m49", "name"} }

// place finds what a code means, and checks it against what stands beside it.
func (c *figureCheck) place(at int, code, name, iso string) {
	seen := code + "\x00" + name + "\x00" + iso
	if c.told[seen] {
		return
	}
	c.told[seen] = true
	p := c.found[code]
	if p == nil {
		p = c.means(code)
		if p == nil {
			if len(code) == 3 && iso != "" && iso != code && c.table.Codes == "iso3" {
				c.reject(at, code, "no code of the list %s, and beside it stands %q", c.table.Codes, iso)
				return
			}
			c.reject(at, code, "no place of the list %q that the record knows; say what it means under places, with its kind", c.table.Codes)
			return
		}
		p.Code = code
		if c.table.Codes != "name" && p.Name == "" {
			p.Name = name
		}
		c.found[code] = p
	}
	if _, said := c.places[code]; said { // by hand, with the file at hand
		return
	}
	if other, ok := c.party(iso); ok && other != p.Party {
		c.reject(at, code, "in the list %q this is %s, and the ISO code beside it, %s, is another; the same letters mean other states in other lists", c.table.Codes, orNone(p.Party), iso)
		return
	}
	if name == "" {
		return
	}
	if other, ok := c.rec.FindParty(name); ok && other != p.Party {
		c.reject(at, code, "in the list %q this is %s, and the name beside it, %q, is %s; the same letters mean other states in other lists", c.table.Codes, orNone(p.Party), clip(name), other)
	}
}

func orNone(p stocktake.PartyID) string {
	if p == "" {
		return "no party of the record"
	}
	return string(p)
}

// means finds a code in the spec, else in its list. Nil where nothing is known of it.
func (c *figureCheck) means(code string) *stocktake.Place {
	if p, ok := c.places[code]; ok {
		return &p
	}
	var party stocktake.PartyID
	ok := false
	switch c.table.Codes {
	case "iso3", "worldbank":
		party, ok = c.party(code)
	case "unhcr":
		if iso, known := unhcrCodes()[code]; known {
			party, ok = c.party(iso)
		}
	case "name":
		party, ok = c.rec.FindParty(code)
		if !ok && c.several != "" && strings.Contains(code, c.several) {
			for _, part := range strings.Split(code, c.several) {
				part = strings.TrimSpace(part)
				if _, known := c.places[part]; known {
					continue
				}
				if _, known := c.rec.FindParty(part); !known {
					return nil
				}
			}
			return &stocktake.Place{Kind: "other"}
		}
	default:
		if by, can := c.rec.(Coded); can {
			party, ok = by.FindCode(c.table.Codes, code)
		}
	}
	if !ok {
		return nil
	}
	return &stocktake.Place{Kind: placeKind(party), Party: party}
}

// party finds a state or territory by its three letters of ISO 3166-1, or by the letters that tables use for a few others.
func (c *figureCheck) party(iso string) (stocktake.PartyID, bool) {
	if len(iso) != 3 || strings.ToUpper(iso) != iso {
		return "", false
	}
	if other, ok := otherLetters[iso]; ok {
		iso = other
	}
	id, ok := c.rec.FindParty(iso)
	if !ok || len(id) != 3 || strings.ToUpper(string(id)) != string(id) {
		return "", false // a word of three letters, and no code
	}
	return id, true
}

// otherLetters are three letters that tables of the World Bank and others use, where ISO 3166-1 has other ones or none.
var otherLetters = map[string]string{"KSV": "XKX", "ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "ADO": "AND", "WBG": "PSE"}

var (
	territories = wordSet(`ABW AIA ALA ASM ATA ATF BES BLM BMU BVT CCK CUW CXR CYM ESH FLK FRO GGY GIB GLP GRL GUF GUM HKG HMD IMN IOT JEY MAC MAF MNP
		MSR MTQ MYT NCL NFK PCN PRI PYF REU SGS SHN SJM SPM SXM TCA TKL TWN UMI VGB VIR WLF XKX`)
	formers = wordSet("ANT CSK DDR SCG SUN YMD YUG")
)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// placeKind is what a party is in a table of figures.
func placeKind(id stocktake.PartyID) string {
	switch s := string(id); {
	case territories[s]:
		return "territory"
	case formers[s]:
		return "former"
	case s == "EUU" || strings.ToUpper(s) != s || len(s) != 3:
		return "other"
	}
	return "state"
}

// worldBankGroups are the codes of the World Bank's tables that are no states: regions, groups by income and lending, the world.
const worldBankGroups = `AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU FCS HIC HPC IBD IBT IDA IDB IDX LAC LCN LDC LIC LMC LMY LTE MEA MIC MNA NAC OED
	OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD`

// worldBankPlaces says what the codes of the World Bank mean that are none of ISO 3166-1.
func worldBankPlaces() map[string]stocktake.Place {
	m := map[string]stocktake.Place{"CHI": {Name: "Channel Islands", Kind: "territory"}, "EUU": {Name: "European Union", Kind: "aggregate", Party: "EUU"}}
	for _, code := range strings.Fields(worldBankGroups) {
		m[code] = stocktake.Place{Kind: "aggregate"}
	}
	return m
}

// unhcrCodes gives ISO 3166-1 alpha-3 by UNHCR's code. The lists differ, and the same letters mean other states: AUS is Austria, CHI China,
// ARE Egypt, ANT Antigua and Barbuda. Source: countries of the package PopulationStatistics/refugees, version 2025.12.1 (UNHCR, CC BY 4.0).
func unhcrCodes() map[string]string {
	m := make(map[string]string, 240)
	for _, w := range strings.Fields(unhcrList) {
		code, iso, other := strings.Cut(w, "=")
		if !other {
			iso = code
		}
		m[code] = iso
	}
	return m
}

const unhcrList = `ABW AFG AIA ALB ALG=DZA AND ANG=AGO ANT=ATG ARE=EGY ARG ARM AUL=AUS AUS=AUT AZE BAH=BHR BAR=BRB BDI BEL BEN BER=BMU BES BGD BHS
	BHU=BTN BKF=BFA BLR BOL BOT=BWA BRA BRU=BRN BSN=BIH BUL=BGR BVI=VGB BVT BZE=BLZ CAM=KHM CAN CAR=CAF CAY=CYM CHD=TCD CHI=CHN CHL CMR COB=COG
	COD COI=COM COK COL COS=CRI CUB CUW CVI=CPV CYP CZE DEN=DNK DJB=DJI DMA DOM ECU EGU=GNQ ERT=ERI EST ETH FGU=GUF FIJ=FJI FIN FNC=NCL FPO=PYF
	FRA FRO FSM GAB GAM=GMB GAZ=PSE GBR GEO GFR=DEU GHA GIB GLP GNB GRE=GRC GRL GRN=GRD GUA=GTM GUI=GIN GUM GUY HAI=HTI HKG HON=HND HRV HUN
	ICE=ISL ICO=CIV IND INS=IDN IRE=IRL IRN IRQ ISR ITA JAM JOR JPN KAZ KEN KGZ KIR KOR KRN=PRK KUW=KWT LAO LBR LBY LCA LEB=LBN LES=LSO LIE LKA
	LTU LUX LVA MAC MAD=MDG MAF MAR=MTQ MAU=MRT MCD=MKD MCO MDA MDV MEX MHL MLI MLS=MYS MLW=MWI MNE MNG MNP MOR=MAR MOZ MSR MTA=MLT MTS=MUS
	MYA=MMR NAM NEP=NPL NET=NLD NGR=NER NIC NIG=NGA NIU NOR NRU NZL OMN PAK PAN PAR=PRY PER PHI=PHL PLW PNG POL POR=PRT PUE=PRI QAT REU ROM=ROU
	RSA=ZAF RUS RWA SAL=SLV SAU SEN SEY=SYC SGS SIN=SGP SJM SLE SMA=SMR SOL=SLB SOM SPA=ESP SPM SRB SRV=VNM SSD STK=KNA STP SUD=SDN SUR SVK SVN
	SWA=SWZ SWE SWI=CHE SXM SYR TAN=TZA TCI=TCA THA TJK TKM TMP=TLS TOG=TGO TON TRT=TTO TUN TUR TUV UAE=ARE UGA UKR URU=URY USA UZB VAN=VUT VAT
	VCT VEN WES=WSM WSH=ESH YEM ZAM=ZMB ZIM=ZWE`

// unhcrPlaces says what the codes of UNHCR mean that are no states or territories.
func unhcrPlaces() map[string]stocktake.Place {
	return map[string]stocktake.Place{
		"UKN": {Name: "Unknown", Kind: "unknown"}, "XXA": {Name: "Stateless", Kind: "other"}, "STA": {Name: "Stateless", Kind: "other"}, "TIB": {Name: "Tibetan", Kind: "other"},
		"AB9": {Name: "Abyei Area", Kind: "other"}, "CRB": {Name: "CRB", Kind: "other"}, "CUR": {Name: "CUR", Kind: "other"},
	}
}
