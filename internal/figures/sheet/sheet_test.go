package sheet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"stocktake"
)

func TestRowsComeWithTheirLines(t *testing.T) {
	r, err := Open("csv", ";", strings.NewReader("\ufeffcode;\"two\nlines\";n\nA;\"x\ny\";1\nB;z;2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Heading(), "|"); got != "code|two\nlines|n" {
		t.Errorf("heading %q", got)
	}
	var got []string
	for {
		row, err := r.Row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row[0]+":"+itoa(r.Line()))
	}
	if s := strings.Join(got, " "); s != "A:3 B:5" || r.Rows() != 2 {
		t.Errorf("got %s and %d rows", s, r.Rows())
	}
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestWhatIsNoTableIsSaidWithItsLine(t *testing.T) {
	packed := func(s string, cut int) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, s)
		z.Close()
		return b.String()[:b.Len()-cut]
	}
	for _, c := range []struct{ form, text, want string }{
		{"csv", "", "the file is empty"},
		{"csv", "a,b\n1\n", "line 2: this is no row"},
		{"csv", "a,b\n1,\"2\n", "line 2: this is no row"},
		{"csv", "a,b\n1,\xff\n", "line 2 column 2: the cell is not valid UTF-8"},
		{"csv", "a,\xff\n", "line 1: the heading is not valid UTF-8"},
		{"csv.gz", "year,refugees\n2015,1\n", "the compressed data are damaged"},
		{"csv.gz", packed("a,b\n1,2\n", 6), "the file is cut off"},
	} {
		r, err := Open(c.form, "", strings.NewReader(c.text))
		for err == nil {
			_, err = r.Row()
		}
		if !strings.Contains(err.Error(), c.want) || stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestAPeriodIsOnlyWhatItsSeriesMeans(t *testing.T) {
	for _, c := range []struct {
		times, cell string
		ok          bool
		ends        string
	}{
		{"year", "2015", true, "2015-12-31"}, {"year-end", " 2015 ", true, "2015-12-31"}, {"mid-year", "2015", true, "2015-07-01"}, {"five-years", "2015", true, "2019-12-31"},
		{"quarter", "2016Q2", true, "2016-06-30"}, {"quarter", "2016Q4", true, "2016-12-31"}, {"day", "2016-02-29", true, "2016-02-29"},
		{"year", "20222", false, ""}, {"year", "202", false, ""}, {"year", "1066", false, ""}, {"year", "2015.0", false, ""}, {"year", "", false, ""}, {"year", "+201", false, ""},
		{"quarter", "2016Q5", false, ""}, {"quarter", "2016", false, ""}, {"day", "2015-02-29", false, ""}, {"day", "2015-02", false, ""}, {"day", "2015-02-2?", false, ""},
	} {
		p, ok := Period(c.times, c.cell)
		if ok != c.ok {
			t.Errorf("%s %q: %v", c.times, c.cell, ok)
		} else if ok {
			if got := stocktake.DateOf(Ends(c.times, p)).String(); got != c.ends {
				t.Errorf("%s %q ends on %s, want %s", c.times, c.cell, got, c.ends)
			}
		}
	}
}

func TestANumberIsOnlyDigits(t *testing.T) {
	for cell, want := range map[string]float64{"0": 0, " 12 ": 12, "-3": -3, "1.5": 1.5, "1e3": 1000} {
		if got, ok := Number(cell); !ok || got != want {
			t.Errorf("%q: %v %v", cell, got, ok)
		}
	}
	for _, cell := range []string{"", "1,000", "1 000", "12%", "NaN", "Inf", "0x10", "1_0", "$5", "..", "1e999"} {
		if got, ok := Number(cell); ok {
			t.Errorf("%q is read as %v", cell, got)
		}
	}
}
