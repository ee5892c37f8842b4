package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
)

// folder writes files into a new folder; those whose names end in .gz are packed.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		data := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(data)
			z.Close()
			data = b.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var smallVotes = map[string]string{
	"un_roll_calls.csv.gz": "rcid,session,importantvote,date,unres,amend,para,short,descr\n" +
		"1,73,0,2018-12-19,R/73/1,,,A,B\n1,73,0,2018-12-20,R/73/2,,,A,B\n2,x,0,2018-12-20,R/73/2,,,A,B\n3,73,0,soon,R/73/2,,,A,B\n4,73,0,,R/73/4,,,A,B\n5,40,0,1985-12-03,R/40/5B,1,1,A,B\n6,short row\n",
	"un_roll_call_issues.csv.gz": "rcid,short_name,issue\n1,hr,Human rights\n1,xx,What\n9,hr,Human rights\n",
	"un_votes.csv": "rcid,country,country_code,vote\n" +
		"1,\"Namibia\",\"NA\",\"yes\"\n1,\"Namibia\",\"NA\",\"no\"\n1,\"Yugoslavia\",\"YU\",\"no\"\n5,\"Yugoslavia\",\"YU\",\"abstain\"\n1,\"Northland\",\"XN\",\"yes\"\n1,\"Jamiaca\",\"JM\",\"yes\"\n1,\"Jamaica\",\"JM\",\"perhaps\"\n9,\"Jamaica\",\"JM\",\"yes\"\n",
}

// TestGAVotesRejects: what cannot be taken is listed with its place, and the rest comes in.
func TestGAVotesRejects(t *testing.T) {
	list, rep := wellFormed(t, gaVotes{}, folder(t, smallVotes), demo, Options{Edition: "2030-01", Published: "2030-01-05", Read: stocktake.MustDate("2030-02-01")})
	want := `1 a-res-73-1 2018-12-19 yes=NAM x-north no=SRB abstain= absent= not-voting=
4 a-res-73-4 ../2030-01-05 yes= no= abstain= absent= not-voting=
5 a-res-40-5b 1985-12 yes= no= abstain=YUG absent= not-voting=
! 3:1 "1" the roll-call is listed twice; the first row is kept
! 4:2 "x" no number of a session
! 5:4 "soon" no day such as 2018-12-19
! 8:0 "6,short row" the row has 2 columns, the header 9
! 3:2 "xx" no code of a subject: co, di, ec, hr, me, nu
! 4:1 "9" no such roll-call in the list of roll-calls
! 3:2 "Namibia" a second vote in roll-call 1; the first is kept
! 7:2 "Jamiaca" no party has this name; the nearest are "Jamaica"
! 8:4 "perhaps" no vote that this form has
! 9:1 "9" no such roll-call in the list of roll-calls
`
	if got := facts(list, rep); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	s := list[0].Sources[0]
	if s.ID != "un-ga-votes-2030-01" || s.Series != "un-ga-votes" || s.Published.String() != "2030-01-05" || s.Read.String() != "2030-02-01" || s.Copy.Name != "un-ga-votes/un_votes.csv" {
		t.Errorf("source %+v", s)
	}
	if r := list[3].RollCalls[0]; r.Part != "amendment to a paragraph" {
		t.Errorf("part %q", r.Part)
	}
}

// TestFolderFaults: what makes a whole folder unusable is one fault that says where and what to do.
func TestFolderFaults(t *testing.T) {
	with := func(name, text string) map[string]string {
		m := map[string]string{}
		for k, v := range smallVotes {
			m[k] = v
		}
		if text == "" {
			delete(m, name)
		} else {
			m[name] = text
		}
		return m
	}
	opt := Options{Edition: "2030-01", Read: stocktake.MustDate("2030-02-01")}
	for _, c := range []struct {
		files map[string]string
		opt   Options
		want  string
	}{
		{map[string]string{}, opt, "there is no file un_votes.csv.gz in the folder (give the folder that holds it)"},
		{with("un_roll_calls.csv.gz", ""), opt, "there is no file un_roll_calls.csv.gz in the folder"},
		{with("un_votes.csv", "rcid,land,country_code,vote\n"), opt, `un_votes.csv line 1: there is no column "country" (the nearest columns are "country_code")`},
		{smallVotes, Options{}, "these files are of no edition that is known by its hash (name the edition, or give the day on which they were published or read)"},
		{smallVotes, Options{Edition: "January 2030"}, `"January 2030" cannot name an edition (use small letters, digits and hyphens, such as "january-2030")`},
		{smallVotes, Options{Edition: "2030-01", Published: "5.1.2030"}, "the day of publication"},
	} {
		_, err := gaVotes{}.Import(context.Background(), folder(t, c.files), demo, c.opt, func(stocktake.Filing) error { return nil })
		var f *stocktake.Fault
		if !errors.As(err, &f) || !strings.Contains(f.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	for _, im := range all { // every importer says what is missing in an empty folder, and none takes a file that is cut off
		if _, err := im.Import(context.Background(), t.TempDir(), demo, opt, func(stocktake.Filing) error { return nil }); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("%s in an empty folder: %v", im.Name(), err)
		}
	}
	dir := folder(t, smallVotes)
	path := filepath.Join(dir, "un_roll_calls.csv.gz")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)-12], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = gaVotes{}.Import(context.Background(), dir, demo, opt, func(stocktake.Filing) error {
		t.Error("a filing was made of a file that is cut off")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a file that is cut off: %v", err)
	}
}
