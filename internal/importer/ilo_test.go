package importer

import "testing"

func TestILO(t *testing.T) {
	list, rep := wellFormed(t, iloC189{}, shared(t, "ilo-c189-ratifications-2020"), record(t), Options{})
	if len(list) != 1 || rep.Acts != 30 || len(rep.Rejects) != 0 {
		t.Fatalf("%d filings, %+v", len(list), rep)
	}
	for _, a := range list[0].Acts {
		if noted := a.Note != ""; noted != (a.Party == "DEU" || a.Party == "MDG") {
			t.Errorf("%s done %s, effect %s: note %q", a.Party, a.Done, a.Effect, a.Note)
		}
		if a.Party == "PHL" && (a.ID != "ilo-c189/PHL/consent/1" || a.Done.String() != "2012-09-05" || a.Effect.String() != "2013-09-05") {
			t.Errorf("%+v", a)
		}
	}
}
