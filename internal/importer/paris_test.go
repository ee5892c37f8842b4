package importer

import (
	"strings"
	"testing"
)

func TestParis(t *testing.T) {
	list, rep := wellFormed(t, parisStatus{}, shared(t, "paris-agreement-status"), record(t), Options{})
	if len(rep.Rejects) != 0 {
		for _, j := range rep.Rejects {
			t.Errorf("reject %+v", j)
		}
	}
	claims := map[string][]string{}
	for _, f := range list {
		s := f.Sources[0]
		if !strings.HasSuffix(s.Known, "Z") || s.Known[:10] != s.Published.String() {
			t.Errorf("source %s is known from %s, published %s", s.ID, s.Known, s.Published)
		}
		for _, a := range f.Acts {
			claims[string(a.ID)] = append(claims[string(a.ID)], strings.Join([]string{s.Known, a.Kind.String(), a.Done.String(), a.Effect.String()}, " "))
		}
	}
	for id, want := range map[string]string{
		"paris/USA/signature/1": "2016-07-12T13:27:48Z signature 2016-04-22 ",
		"paris/USA/consent/1":   "2016-09-05T12:29:00Z consent 2016-09-03 |2016-09-05T12:35:31Z acceptance 2016-09-03 |2016-11-15T14:06:22Z acceptance 2016-09-03 2016-11-04",
		"paris/USA/consent/2":   "2021-01-21T15:37:30Z acceptance 2021-01-20 2021-02-19",
		"paris/TUR/consent/1":   "2021-11-04T21:33:25Z ratification 2021-10-11 2021-11-10",
		"paris/NIC/consent/1":   "2017-10-25T07:36:09Z ratification 2017-10-23 2017-11-22|2017-11-17T17:20:47Z accession 2017-10-23 2017-11-22",
		"paris/VAT/consent/1":   "2022-10-14T05:48:48Z accession 2022-09-04 2022-10-04",
		"paris/VAT/signature/1": "",
		"paris/EUU/consent/1":   "2016-10-06T07:01:13Z ratification 2016-10-05 |2016-11-15T14:06:22Z ratification 2016-10-05 2016-11-04",
	} {
		if got := strings.Join(claims[id], "|"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", id, got, want)
		}
	}
	n := 0
	for id := range claims {
		if strings.Contains(id, "/consent/2") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d second consents, want that of the United States only", n)
	}
	// What the last version says of each party is what the last table says.
	last := map[string]string{}
	for id, c := range claims {
		if strings.Contains(id, "/consent/") {
			party := strings.Split(id, "/")[1]
			if f := strings.SplitN(c[len(c)-1], " ", 3); f[2] > last[party] {
				last[party] = f[2]
			}
		}
	}
	if len(last) != 195 {
		t.Errorf("%d parties consented, the last table has 195", len(last))
	}
}
