//go:build linux

package cli

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/record"
)

// eachRow calls f with every row of a CSV file, compressed or not, its columns by name.
func eachRow(t testing.TB, path string, f func(map[string]string)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	head = slices.Clone(head)
	row := make(map[string]string, len(head))
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for i, name := range head {
			row[name] = cells[i]
		}
		f(row)
	}
}

var registerDate = regexp.MustCompile(`^\[?\s*(\d{1,2} [A-Z][a-z]{2}) +(\d{4})\s*([A-Za-z]*)\s*\]?$`)

// consents counts, from the register's file alone and by a rule of its own, who had consented to what on which day: a date counts unless its
// column is about signing, applying or notifying, or about the treaty itself, or its letter says provisional application.
func consents(t testing.TB) (first map[string]map[string]time.Time) {
	t.Helper()
	other := regexp.MustCompile(`^(Signature|Application|Notification|Provisional|Undertaking of provisional|Date of Adoption|Registration|Resolution|UNTS)`)
	first = map[string]map[string]time.Time{}
	eachRow(t, filepath.Join(shared(t, "data", "untc-treaty-status-2015"), "participant_actions.csv.gz"), func(row map[string]string) {
		treaty := row["chapter_no"] + "-" + strings.ReplaceAll(row["treaty_no"], ".", "-")
		if first[treaty] == nil {
			first[treaty] = map[string]time.Time{}
		}
		m := registerDate.FindStringSubmatch(row["value"])
		if m == nil || other.MatchString(row["column"]) || m[3] == "n" {
			return
		}
		day, err := time.Parse("2 Jan 2006", m[1]+" "+m[2])
		if err != nil {
			t.Fatalf("treaty %s, %s: %v", treaty, row["participant"], err)
		}
		if had, ok := first[treaty][row["participant"]]; !ok || day.Before(had) {
			first[treaty][row["participant"]] = day
		}
	})
	return first
}

// tableYears reads the years of consent of the table of 2022 alone: instrument as the table's file is called, then name. unclear are the
// rows that say of one state that it is a party and that it did nothing, or only signed.
func tableYears(t testing.TB) (years, unclear map[string]map[string]string) {
	t.Helper()
	years, unclear = map[string]map[string]string{}, map[string]map[string]string{}
	files, err := filepath.Glob(filepath.Join(shared(t, "data", "hr-treaty-status-2022"), "hr_status_*.csv"))
	if err != nil || len(files) != 18 {
		t.Fatalf("%d files of the table of 2022, want 18: %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "hr_status_"), ".csv")
		years[name], unclear[name] = map[string]string{}, map[string]string{}
		eachRow(t, path, func(row map[string]string) {
			y := row["year ratification or accession"]
			switch {
			case y != "" && (row["no action"] == "1" || row["signatory"] == "1"):
				unclear[name][row["member"]] = y
			case y != "":
				years[name][row["member"]] = y
			}
		})
	}
	return years, unclear
}

// tableFiles says which treaty of the register each file of the table of 2022 is about.
var tableFiles = map[string]string{"cat": "4-9", "cedaw": "4-8", "cped": "4-16", "crc": "4-11", "crpd": "4-15", "iccpr": "4-4", "iccpr_op1": "4-5", "iccpr_op2": "4-12",
	"icerd": "4-2", "icescr": "4-3", "icescr_op": "4-3-a", "icmw": "4-13", "op_cedaw": "4-8-b", "op_crc_ac": "4-11-b", "op_crc_ic": "4-11-d", "op_crc_sc": "4-11-c",
	"op_crpd": "4-15-a", "opcat": "4-9-b"}

// fiveDays are the days on which the parties to each treaty are counted.
var fiveDays = []string{"1950-01-01", "1975-06-30", "1992-01-01", "2003-09-30", "2015-03-14"}

func isState(rec *record.Record, id stocktake.PartyID) bool {
	p, ok := rec.Party(id, rec.Head())
	return ok && (p.Kind == "state" || p.Kind == "observer")
}

// left are the states that the register of 2015 still shows and that had left by then, as the built-in record knows from elsewhere.
var left = map[string]string{"JAM untc/4-5": "1998-01-23", "TTO untc/4-5": "2000-06-27"}

// TestBoundByTreaties counts the parties to each of the 323 treaties on five days, and compares with a count made from the register's file
// alone. Once with the register alone in the record, and once with the built-in record, which knows more: there the differences must be
// those that are known, and no others.
func TestBoundByTreaties(t *testing.T) {
	first := consents(t)
	if len(first) != 323 {
		t.Fatalf("%d treaties have actions, want 323", len(first))
	}
	table := map[string]map[string]string{}
	clear, unclear := tableYears(t)
	for file, years := range clear {
		table[tableFiles[file]] = years
		maps.Copy(years, unclear[file])
	}
	register := shared(t, "data", "untc-treaty-status-2015")
	alone := once(t, "register", func(dir string) error {
		return errors.Join(os.CopyFS(dir, os.DirFS(pristine(handRecord(t)))), runIn(dir, "import", "--as", "untc-treaty-status-2015", register))
	})
	for _, which := range []struct {
		name, dir string
		more      bool
	}{{"register alone", alone, false}, {"built-in record", fullRecord(t), true}} {
		t.Run(which.name, func(t *testing.T) {
			rec := openRecord(t, which.dir).Record()
			party := func(name string) stocktake.PartyID {
				id, ok := rec.FindParty(name, rec.Head())
				if !ok {
					t.Errorf("no party %q", name)
				}
				return id
			}
			bound, unsure := 0, map[string]bool{}
			gone := map[string]bool{}
			for _, on := range fiveDays {
				day, _ := stocktake.MustDate(on).First()
				at := stocktake.At{On: day, Known: stocktake.EndOfDay(stocktake.DayOf(2100, 1, 1)), Head: rec.Head()}
				limit, _ := time.Parse(time.DateOnly, on)
				for treaty, of := range first {
					name := "untc/" + treaty
					in, ok := rec.FindInstrument(name, rec.Head())
					if !ok {
						t.Errorf("no instrument %s", name)
						continue
					}
					want := map[stocktake.PartyID]bool{}
					for participant, from := range of {
						id := party(participant)
						if want[id] = want[id] || !from.After(limit); from.After(limit) && !want[id] {
							delete(want, id)
						}
					}
					maybe := map[stocktake.PartyID]bool{}
					for member, year := range table[treaty] {
						maybe[party(member)] = maybe[party(member)] || year <= on[:4]
					}
					for _, s := range rec.States(at, in) {
						key := string(s.Party) + " " + name
						switch {
						case s.Word == stocktake.NotStateThen:
							if want[s.Party] {
								t.Errorf("%s: %s is not a state then, and the file has a consent", on, key)
							}
						case s.Bound == 1:
							if bound++; !want[s.Party] {
								t.Errorf("%s: %s is bound (%s), and the file has no consent", on, key, s.Word)
							}
						case s.Bound == -1 && !want[s.Party] && !isState(rec, s.Party):
							// of others than states, no list says that they are not bound
						case s.Bound == -1: // not known whether bound
							unsure[key] = true
							if want[s.Party] || !which.more || !s.Unsure || !maybe[s.Party] {
								t.Errorf("%s: whether %s is bound is not known (%s); consent in the file: %v, only in the table of 2022: %v", on, key, s.Word, want[s.Party], maybe[s.Party])
							}
						case want[s.Party]:
							if gone[key] = true; !which.more || left[key] == "" || on < left[key] {
								t.Errorf("%s: %s is not bound (%s), and the file has a consent", on, key, s.Word)
							}
						}
						delete(want, s.Party)
					}
					if len(want) > 0 {
						t.Errorf("%s: %s does not list %v", on, name, want)
					}
				}
			}
			t.Logf("%d times bound, as in the file; %d pairs not known, %d left", bound, len(unsure), len(gone))
			if bound < 30000 {
				t.Errorf("only %d times bound", bound)
			}
			if which.more && (len(unsure) == 0 || len(gone) != len(left)) {
				t.Errorf("%d pairs are not known and %d left, want some and %d", len(unsure), len(gone), len(left))
			}
		})
	}
}

// TestTableAgainstRegister finds, from the two files alone, where the table of 2022 and the register of 2015 say different things of one
// consent, and wants each as a conflict that names both; and no conflict between them besides.
func TestTableAgainstRegister(t *testing.T) {
	const register, table = "untc-2015-03", "hr-treaty-status-2022"
	const end = "2015-03-14" // of the register
	o := openRecord(t, fullRecord(t))
	rec := o.Record()
	first := consents(t)
	party := func(name string) string {
		id, ok := rec.FindParty(name, rec.Head())
		if !ok {
			t.Errorf("no party %q", name)
		}
		return string(id)
	}
	members := map[string]bool{}
	eachRow(t, filepath.Join(shared(t, "data", "hr-treaty-status-2022"), "hr_status_cat.csv"), func(row map[string]string) { members[party(row["member"])] = true })
	want := map[string]string{}
	clear, unclear := tableYears(t)
	either := map[string]bool{} // what an unclear row means may be read either way
	for file, years := range clear {
		in, ok := rec.FindInstrument("untc/"+tableFiles[file], rec.Head())
		if !ok {
			t.Fatalf("no instrument untc/%s", tableFiles[file])
		}
		for member := range unclear[file] {
			either[party(member)+" "+string(in)] = true
		}
		inTable := map[string]string{}
		for member, year := range years {
			inTable[party(member)] = year
		}
		inRegister := map[string]time.Time{}
		for participant, day := range first[tableFiles[file]] {
			inRegister[party(participant)] = day
		}
		for p, year := range inTable {
			key := p + " " + string(in)
			switch day, ok := inRegister[p]; {
			case ok && day.Format("2006") != year:
				want[key] = "years: " + day.Format(time.DateOnly) + " and " + year
			case !ok && year < end[:4]:
				want[key] = "only the table has it, of " + year
			}
		}
		for p := range inRegister {
			if members[p] && inTable[p] == "" {
				want[p+" "+string(in)] = "only the register has it"
			}
		}
	}
	got := map[string]string{}
	for file := range clear {
		for _, s := range index(t, o, "2026-11-01", nil, []string{"untc/" + tableFiles[file]}) {
			for _, c := range s.Conflicts {
				from := map[stocktake.SourceID]string{}
				for _, x := range c.Says {
					from[x.Source] = x.Value
				}
				if from[register] != "" && from[table] != "" {
					got[string(s.Party)+" "+string(s.Instrument)] = fmt.Sprintf("%s: %s says %s, %s says %s", c.About, register, from[register], table, from[table])
				}
			}
		}
	}
	for k, why := range want {
		if got[k] == "" && !either[k] {
			t.Errorf("%s: the files differ (%s), and no conflict shows it", k, why)
		}
	}
	for k, c := range got {
		if want[k] == "" && !either[k] {
			t.Errorf("%s: a conflict (%s), and the files do not differ", k, c)
		}
	}
	years := 0
	for _, why := range want {
		if strings.HasPrefix(why, "years") {
			years++
		}
	}
	t.Logf("%d disagreements, %d of them years that differ", len(want), years)
	if len(either) != 3 {
		t.Errorf("%d rows contradict themselves, 3 are known of", len(either))
	}
	if years < 24 {
		t.Errorf("%d years differ, 24 are known of", years)
	}
}
