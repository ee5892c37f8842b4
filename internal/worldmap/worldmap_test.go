package worldmap

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The 193 members of the United Nations, by ISO 3166-1 alpha-3 code.
const members = `AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN BWA
CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FJI FRA FSM
GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR
KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ MRT MUS MWI MYS
NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY QAT ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR
SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT
WSM YEM ZAF ZMB ZWE`

func byID(t *testing.T) map[string]Shape {
	t.Helper()
	m := map[string]Shape{}
	for _, s := range Shapes() {
		if _, twice := m[s.ID]; twice {
			t.Errorf("%s is there twice", s.ID)
		}
		m[s.ID] = s
	}
	return m
}

func TestEveryStateIsThereOnce(t *testing.T) {
	shapes := byID(t)
	want := append(strings.Fields(members), "VAT", "PSE", "COK", "NIU")
	if len(want) != 197 {
		t.Fatalf("the list has %d states, want 197", len(want))
	}
	for _, id := range want {
		s, ok := shapes[id]
		if !ok || s.Class != State {
			t.Errorf("%s: class %q, want a state", id, s.Class)
		}
		if s.Path == "" && !s.Point {
			t.Errorf("%s has neither a path nor a point", id)
		}
	}
	states := 0
	for _, s := range shapes {
		if s.Class == State {
			states++
		}
	}
	if states != len(want) {
		t.Errorf("there are %d states, want %d", states, len(want))
	}
}

func TestMembersOfTheSharedListAreThere(t *testing.T) {
	dir := shared(t)
	// Names that changed after the list of March 2015, or that the code table spells otherwise.
	codes := map[string]string{
		"Czech Republic": "CZE", "The former Yugoslav Republic of Macedonia": "MKD", "Swaziland": "SWZ", "Turkey": "TUR",
		"Netherlands": "NLD", "Côte d'Ivoire": "CIV", "Libyan Arab Jamahiriya": "LBY",
		"St. Kitts and Nevis": "KNA", "St. Vincent and the Grenadines": "VCT",
	}
	plain := strings.NewReplacer("’", "'", " (the)", "")
	table := readCSV(t, filepath.Join(dir, "country-codes.csv"))
	for _, row := range table {
		for _, column := range []string{"official_name_en", "CLDR display name", "UNTERM English Short", "UNTERM English Formal"} {
			if name := strings.TrimSpace(plain.Replace(row[column])); name != "" && codes[name] == "" {
				codes[name] = row["ISO3166-1-Alpha-3"]
			}
		}
	}
	shapes := byID(t)
	list := readCSV(t, filepath.Join(dir, "un_membership_dates_untc_2015.csv"))
	if len(list) != 193 {
		t.Fatalf("the list has %d members, want 193", len(list))
	}
	seen := map[string]string{}
	for _, row := range list {
		name := plain.Replace(row["participant"])
		id := codes[name]
		if id == "" {
			t.Errorf("no code for %q: add it to this test", name)
			continue
		}
		if other := seen[id]; other != "" {
			t.Errorf("%q and %q have the same code %s", name, other, id)
		}
		seen[id] = name
		if shapes[id].Class != State {
			t.Errorf("%s (%s) is not a state on the map", name, id)
		}
	}
}

// shared finds the folder of country tables beside the module.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above this test")
	}
	data := filepath.Join(dir, "..", "shared", "data", "country-reference")
	if _, err := os.Stat(data); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the shared data is absent: %v", err)
		}
		t.Skipf("the shared data is absent: %v", err)
	}
	return data
}

func readCSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, column := range rows[0] {
			m[column] = row[i]
		}
		list = append(list, m)
	}
	return list
}

func TestPlacesLieWhereTheyShould(t *testing.T) {
	shapes := byID(t)
	for _, c := range []struct {
		place    string
		lon, lat float64
		in       string
		not      string
	}{
		{"Simferopol", 34.1, 45.0, "XCR", "RUS UKR"},
		{"Kerch peninsula", 35.7, 45.25, "XCR", "RUS UKR"},
		{"Yalta hinterland", 34.1, 44.7, "XCR", "RUS UKR"},
		{"Kherson", 33.0, 46.7, "UKR", "RUS XCR"},
		{"Donetsk", 37.8, 48.0, "UKR", "RUS"},
		{"Krasnodar", 39.0, 45.0, "RUS", "UKR XCR"},
		{"Laayoune", -13.0, 27.1, "ESH", "MAR"},
		{"Dakhla hinterland", -15.0, 23.7, "ESH", "MAR MRT"},
		{"Tindouf", -8.1, 27.7, "DZA", "ESH MAR"},
		{"Marrakesh", -8.0, 31.6, "MAR", "ESH"},
		{"Hargeisa", 44.1, 9.6, "SOM", "ETH"},
		{"Garowe", 48.5, 8.4, "SOM", ""},
		{"Pristina", 21.1, 42.6, "XKX", "SRB ALB"},
		{"Belgrade", 20.5, 44.8, "SRB", "XKX"},
		{"Kyrenia range", 33.4, 35.28, "XNC", "CYP"},
		{"Larnaca hinterland", 33.3, 34.95, "CYP", "XNC"},
		{"Abyei", 28.43, 9.7, "XAB", "SDN SSD"},
		{"Khartoum", 32.5, 15.6, "SDN", "XAB"},
		{"Quneitra", 35.8, 33.1, "XGO", "ISR SYR"},
		{"Damascus", 36.3, 33.5, "SYR", "XGO"},
		{"Nazareth", 35.3, 32.7, "ISR", "PSE XGO"},
		{"Ramallah", 35.2, 31.95, "PSE", "ISR"},
		{"Taichung", 120.8, 24.1, "TWN", "CHN"},
		{"East Falkland", -58.8, -51.8, "FLK", "ARG GBR"},
		{"Cayenne hinterland", -53.0, 4.0, "GUF", "FRA"},
		{"Paris", 2.35, 48.85, "FRA", ""},
		{"Nuuk ice", -45, 70, "GRL", "DNK"},
		{"Spitsbergen", 16, 78.6, "SJM", "NOR"},
		{"Anadyr, beyond 180°", -175, 66.5, "RUS", ""},
		{"Maseru, a hole in South Africa", 28.2, -29.5, "LSO", "ZAF"},
	} {
		x, y := Project(c.lon, c.lat)
		if !inside(t, shapes[c.in].Path, x, y) {
			t.Errorf("%s (%.1f,%.1f) does not lie in %s", c.place, x, y, c.in)
		}
		for _, id := range strings.Fields(c.not) {
			if inside(t, shapes[id].Path, x, y) {
				t.Errorf("%s lies in %s", c.place, id)
			}
		}
	}
}

func TestCirclesStandNearTheirStates(t *testing.T) {
	shapes := byID(t)
	for id, at := range map[string][2]float64{
		"TUV": {179.2, -8.5}, "MLT": {14.4, 35.9}, "MDV": {73.5, 4.2}, "MCO": {7.4, 43.7}, "NRU": {166.9, -0.5},
		"SGP": {103.8, 1.35}, "VAT": {12.45, 41.9}, "SMR": {12.4, 43.9}, "NIU": {-169.9, -19}, "COK": {-159.8, -21.2},
		"KNA": {-62.7, 17.3}, "GRD": {-61.7, 12.1}, "KIR": {173, 1.3}, "LUX": {6.1, 49.8},
	} {
		s := shapes[id]
		x, y := Project(at[0], at[1])
		if dx, dy := s.X-x, s.Y-y; !s.Point || dx*dx+dy*dy > 5*5 {
			t.Errorf("%s: circle %v at (%.1f,%.1f), want it within 5 of (%.1f,%.1f)", id, s.Point, s.X, s.Y, x, y)
		}
	}
	w, h := ViewBox()
	for _, a := range shapes {
		if !a.Point {
			continue
		}
		if a.X < 4 || a.Y < 4 || a.X > w-4 || a.Y > h-4 {
			t.Errorf("the circle of %s leaves the picture", a.ID)
		}
		for _, b := range shapes {
			if dx, dy := a.X-b.X, a.Y-b.Y; b.Point && a.ID < b.ID && dx*dx+dy*dy < 6*6 {
				t.Errorf("the circles of %s and %s lie on one another", a.ID, b.ID)
			}
		}
	}
}

func TestProjectKnowsTheEquatorAndTheEdges(t *testing.T) {
	w, h := ViewBox()
	x, y := Project(11.5, 0)
	if x != w/2 || y < h/2 || y > h*0.6 {
		t.Errorf("the middle is at (%g,%g) in %g×%g", x, y, w, h)
	}
	west, _ := Project(-168.4, 0)
	east, _ := Project(-168.6, 0)
	if west > 5 || east < w-5 {
		t.Errorf("the edges are at %g and %g, want them at Bering Strait", west, east)
	}
	if _, south := Project(0, -60); south > h || south < h-5 {
		t.Errorf("60° south is at %g, want it just above %g", south, h)
	}
}

func TestAreasAndDisputedShapesAgree(t *testing.T) {
	shapes := byID(t)
	noted := map[string]bool{}
	last := ""
	for _, a := range Areas() {
		if noted[a.ID] || a.Name == "" || !strings.HasSuffix(a.Note, ".") || a.Name < last {
			t.Errorf("%+v: twice, out of order, or without its words", a)
		}
		noted[a.ID], last = true, a.Name
		s, drawn := shapes[a.ID]
		if drawn && (s.Class != Disputed || s.Name != a.Name || s.Path == "") {
			t.Errorf("%s is drawn as %s %q, want disputed %q", a.ID, s.Class, s.Name, a.Name)
		}
		if own := regexp.MustCompile(`^X[A-X][A-Z]$`); !drawn && !own.MatchString(a.ID) {
			t.Errorf("%s has no shape and no id of its own", a.ID)
		}
	}
	for _, s := range shapes {
		if s.Class == Disputed && !noted[s.ID] {
			t.Errorf("%s is drawn as disputed without a note", s.ID)
		}
	}
	if len(Note()) < 300 {
		t.Errorf("the note is short: %q", Note())
	}
}

func TestShapesBelongToTheCaller(t *testing.T) {
	Shapes()[0].ID, Areas()[0].ID = "spoilt", "spoilt"
	if Shapes()[0].ID == "spoilt" || Areas()[0].ID == "spoilt" {
		t.Error("a caller's change reached the map")
	}
}

// inside tells by the even-odd rule whether a point lies in a path of the kind tools/worldmap writes.
func inside(t *testing.T, d string, x, y float64) bool {
	t.Helper()
	odd := false
	for _, r := range rings(t, d) {
		for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
			a, b := r[i], r[j]
			if a[1] > y != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
				odd = !odd
			}
		}
	}
	return odd
}

var number = regexp.MustCompile(`-?(\d+(\.\d)?|\.\d)`)

func rings(t *testing.T, d string) (all [][][2]float64) {
	t.Helper()
	for _, ring := range strings.SplitAfter(d, "z") {
		if ring == "" {
			continue
		}
		if !regexp.MustCompile(`^M[\d.]+,[\d.]+l[-\d., ]+z$`).MatchString(ring) {
			t.Fatalf("a ring of another kind: %.80s", ring)
		}
		n := number.FindAllString(ring, -1)
		if len(n)%2 != 0 || len(n) < 6 {
			t.Fatalf("a ring with %d numbers: %.80s", len(n), ring)
		}
		var r [][2]float64
		var x, y float64
		for i := 0; i < len(n); i += 2 {
			dx, _ := strconv.ParseFloat(n[i], 64)
			dy, _ := strconv.ParseFloat(n[i+1], 64)
			x, y = x+dx, y+dy
			r = append(r, [2]float64{x, y})
		}
		all = append(all, r)
	}
	return all
}

func TestEveryPathStaysInThePicture(t *testing.T) {
	w, h := ViewBox()
	for _, s := range Shapes() {
		for _, r := range rings(t, s.Path) {
			for _, p := range r {
				if p[0] < 0 || p[1] < 0 || p[0] > w || p[1] > h {
					t.Fatalf("%s reaches (%g,%g), outside %g×%g", s.ID, p[0], p[1], w, h)
				}
			}
		}
	}
	if n := len(shapesJSON); n > 190_000 {
		t.Errorf("shapes.json has %d bytes: raise the detail in tools/worldmap", n)
	}
}
