package worldmap

import "slices"

// An Area is a part of the world whose status or limits are disputed, with one neutral line about it.
type Area struct {
	ID   string // the ID of its Shape, or of the kind XAA..XXZ where it has no shape of its own
	Name string // English
	Note string // one or two plain sentences, in English: how it is drawn, and what UN bodies say
}

// Note returns the words that belong beside every map, in English plain text.
func Note() string {
	return "This map shows where governments stand. It is no statement about land. The boundaries and names shown, and the way " +
		"areas are drawn, do not imply that anyone who made or publishes this map holds any opinion on the legal status of a " +
		"country, territory, city or area, or on where its limits run. Names and status follow the usage of United Nations " +
		"bodies. Areas in dispute are grey with slanted lines, which nothing else on the map has, and take no state’s colour; " +
		"dashed lines are boundaries that are not agreed; the list of such areas is not complete. Outlines are coarse, and " +
		"states too small to be seen are circles, some moved " +
		"a little so that neighbours stay apart. Antarctica is left out. Equal Earth projection: areas keep their proportion. " +
		"Geometry: Natural Earth, public domain, with changes."
}

// Areas returns the disputed areas by Name. Those with a shape have its ID and Name. The list is not complete.
// The caller owns the slice.
func Areas() []Area { return slices.Clone(areas) }

// Resolutions are cited where they are what UN bodies refer to; the lines are ours.
var areas = []Area{
	{"XAB", "Abyei", "Claimed by Sudan and South Sudan; its final status is not determined. Drawn apart, within the limits of the award of the Permanent Court of Arbitration of 22 July 2009."},
	{"XAC", "Aksai Chin and other parts of the boundary between China and India", "Not agreed between the two states. Drawn along the lines of control, dashed."},
	{"IOT", "Chagos Archipelago", "Administered by the United Kingdom as the British Indian Ocean Territory and claimed by Mauritius. General Assembly resolution 73/295 (2019) affirms that it is part of Mauritius. Drawn apart."},
	{"XCR", "Crimea", "Occupied by the Russian Federation since 2014. General Assembly resolution 68/262 (2014) affirms the territorial integrity of Ukraine within its internationally recognized borders. Drawn apart, with Sevastopol."},
	{"FLK", "Falkland Islands (Malvinas)", "Administered by the United Kingdom and claimed by Argentina; on the United Nations list of Non-Self-Governing Territories. Drawn apart."},
	{"XGO", "Golan", "Occupied by Israel since 1967. Security Council resolution 497 (1981) refers to it as the occupied Syrian Golan. Drawn apart."},
	{"XJM", "Jammu and Kashmir", "The parties have not agreed on its final status. Drawn with the side that holds each part; the dashed line is about where the Line of Control runs."},
	{"XKX", "Kosovo", "References to Kosovo are to be understood in the context of Security Council resolution 1244 (1999). Drawn apart."},
	{"MYT", "Mayotte", "Administered by France and claimed by the Comoros; General Assembly resolution 49/18 (1994) refers to it as the Comorian island of Mayotte. Drawn apart."},
	{"XNC", "Northern part of Cyprus", "Outside the control of the Government of Cyprus since 1974. Security Council resolutions 541 (1983) and 550 (1984) call on states to respect the territorial integrity of the Republic of Cyprus. Drawn apart."},
	{"XJK", "Siachen Glacier", "Claimed by India and Pakistan; part of the question of Jammu and Kashmir. Drawn apart."},
	{"XSL", "Somaliland", "Declared its separation from Somalia in 1991. United Nations bodies treat it as part of Somalia. Drawn as part of Somalia."},
	{"SGS", "South Georgia and the South Sandwich Islands", "Administered by the United Kingdom and claimed by Argentina. Drawn apart."},
	{"XPS", "State of Palestine: limits and Jerusalem", "An observer State. Drawn as the West Bank with East Jerusalem and the Gaza Strip, along the armistice lines of 1949; final limits, and the status of Jerusalem, are not agreed."},
	{"XSS", "Sudan and South Sudan: boundary", "The final boundary is not determined. Drawn as a dashed line."},
	{"TWN", "Taiwan", "Called Taiwan, Province of China, in United Nations documents; see General Assembly resolution 2758 (XXVI) of 1971. Governed from Taipei. Drawn apart."},
	{"ESH", "Western Sahara", "On the United Nations list of Non-Self-Governing Territories; claimed by Morocco and by the Frente Polisario. Drawn apart, up to 27°40′ north."},
}
