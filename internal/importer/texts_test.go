package importer

import (
	"strings"
	"testing"

	"stocktake"
)

func TestTexts(t *testing.T) {
	rec := record(t)
	for _, id := range []string{"cat", "crc", "udhr", "refugee-convention-1951"} {
		rec.instruments[id] = stocktake.InstrumentID(id)
	}
	list, rep := wellFormed(t, texts{}, shared(t, "instrument-texts"), rec, Options{})
	if len(list) != 29 || len(rep.Rejects) != 12 || rep.Rows != 1914+190 {
		t.Errorf("%d filings, %d rows, rejects %+v", len(list), rep.Rows, rep.Rejects)
	}
	for _, j := range rep.Rejects {
		if !strings.Contains(j.Reason, "objective 20") {
			t.Errorf("%+v", j)
		}
	}
	words, titles, n := map[string]string{}, map[stocktake.ProvisionID]stocktake.Provision{}, 0
	for _, f := range list {
		have := map[stocktake.ProvisionID]bool{}
		for _, p := range f.Provisions {
			if have[p.ID] {
				t.Errorf("%s is there twice", p.ID)
			}
			have[p.ID], titles[p.ID] = true, p
			if p.Parent != "" && !have[p.Parent] {
				t.Errorf("%s has a parent that comes later", p.ID)
			}
		}
		for _, x := range f.Texts {
			n++
			if !have[x.Provision] || x.Text == "" {
				t.Errorf("text of %s", x.Provision)
			}
			words[string(x.Provision)+" "+x.Lang] = x.Text
		}
		if id := f.Provisions[0].Instrument; (id == "crc") != (len(f.Instruments) == 0 && id == "crc") {
			t.Errorf("crc is described anew")
		}
	}
	if n != 2*1914+178+22 {
		t.Errorf("%d texts", n)
	}
	for id, want := range map[string]string{
		"crc/art-37 en": "States Parties shall ensure that:", "crc/art-37 zh": "締約國應確保", "refugee-convention-1951/art-33 en": "1. No Contracting State shall expel",
		"gcm/obj-13 en": "Use Migration Detention Only", "gcm/obj-13/a en": "Use existing relevant human rights mechanisms", "rome-statute/art-8-bis en": "1. For the purpose of this Statute, \"crime of aggression\"",
		"untc-21-6/art-320 en": "", "udhr/art-30 zh": "",
	} {
		if got, ok := words[id]; !ok || !strings.HasPrefix(got, want) {
			t.Errorf("%s begins %.80q, want %q", id, got, want)
		}
	}
	if p := titles["refugee-convention-1951/art-33"]; p.Number != "art. 33" || !strings.HasPrefix(p.Title, "Prohibition of expulsion") {
		t.Errorf("%+v", p)
	}
	if p := titles["crc/art-37"]; p.Title != "Article 37" {
		t.Errorf("%+v", p)
	}
	if _, ok := titles["gcm/obj-20"]; ok {
		t.Error("objective 20 of the file is a copy of objective 2")
	}
}

func TestChineseArticle(t *testing.T) {
	for s, want := range map[string]string{"一": "1", "十": "10", "十一": "11", "二十": "20", "三十二": "32", "一百": "100", "一百零一": "101", "一百一十": "110", "一百四十二": "142",
		"三二〇": "320", "一〇一": "101", "八之二": "8 bis", "十五之三": "15 ter"} {
		if got, err := chineseArticle(s); err != nil || got != want {
			t.Errorf("chineseArticle(%s) = %q, %v; want %s", s, got, err, want)
		}
	}
	for _, bad := range []string{"", "12", "第一", "八之", "八之九", "〇"} {
		if got, err := chineseArticle(bad); err == nil {
			t.Errorf("chineseArticle(%q) = %s", bad, got)
		}
	}
}
