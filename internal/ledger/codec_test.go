package ledger

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"stocktake"
)

var odd = []string{"", "MEX", "a-res-73-195", "Brasil, à mão", "quote \" and \\", "tab\tnew\nline\r\f\b", "\x00\x1f\x7f", "<b>&amp;", "\u2028\u2029\ufeff", "😀 \U000e0001", "no \xff UTF-8 \xe2\x82", `{"acts":[{"id":""}]`, `"acts":`}

// invented fills a value with texts, numbers and dates; entries of lists are few.
func invented(r *rand.Rand, v reflect.Value, depth int) {
	switch x := v.Addr().Interface().(type) {
	case *stocktake.Date:
		*x = stocktake.MustDate([]string{"2018-12-19", "2018", "2018-12", "1999~", "2001-01-01/2001-02-03"}[r.IntN(5)])
		if r.IntN(2) == 0 {
			*x = stocktake.Date{}
		}
		return
	case *stocktake.ActKind:
		*x = stocktake.ActKinds()[r.IntN(len(stocktake.ActKinds()))]
		return
	case *stocktake.Sheeted:
		if r.IntN(2) == 0 {
			x.Commitment = Hash([]byte(odd[r.IntN(len(odd))]))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(odd[r.IntN(len(odd))])
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.IntN(100)))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && (r.IntN(3) > 0 || depth == 0) {
				invented(r, v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if depth > 3 || r.IntN(3) == 0 {
			return
		}
		n := 1 + r.IntN(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			invented(r, v.Index(i), depth+1)
		}
	}
}

// TestEncode compares the quick encoder with the general one, and the quick decoder with encoding/json.
func TestEncode(t *testing.T) {
	quick := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		f := stocktake.Filing{Format: stocktake.Format, Key: "k", Title: odd[r.IntN(len(odd))], Note: odd[r.IntN(len(odd))]}
		invented(r, reflect.ValueOf(&f.Acts).Elem(), 1)
		invented(r, reflect.ValueOf(&f.RollCalls).Elem(), 1)
		if r.IntN(2) == 0 {
			invented(r, reflect.ValueOf(&f.Sources).Elem(), 1)
			invented(r, reflect.ValueOf(&f.Coverage).Elem(), 1)
		}
		want, err := Canonical(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := encode(&f)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
		}
		quick += sameDecoded(t, want)
	}
	if quick < 500 {
		t.Errorf("only %d of 2000 were read the quick way", quick)
	}
}

// sameDecoded checks that what the quick decoder reads is what encoding/json reads, and reports 1 where it read anything.
func sameDecoded(t testing.TB, b []byte) int {
	got, ok := new(decoder).quick(b)
	if !ok {
		return 0
	}
	var want stocktake.Filing
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatalf("%s\nis read, but encoding/json says: %v", b, err)
	}
	if !reflect.DeepEqual(*got, want) {
		t.Fatalf("%s\nis read as %+v\nwant %+v", b, *got, want)
	}
	return 1
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"acts":[{"id":"a","instrument":"gcm","kind":"vote-yes","party":"MEX","source":"s"},{"done":"2018","id":"b","instrument":"gcm","kind":"vote-yes","party":"MEX","source":"s"}],"format":"f","key":"k","title":"t"}`,
		`{"format":"f","key":"k","note":"x \" y","roll_calls":[{"date":"2018-12-19","id":"1","instrument":"a","issues":["hr"],"session":73,"source":"s","yes":"MEX USA"}],"title":"t"}`,
		`{"acts":[{"id":"a","kind":"","party":"M","quotes":[{"exact":"x"}],"source":"s"}],"key":"k"}`, `{"acts":[],"key":"k"}`, `{"acts":[{}],"acts":[{}]}`, `{"Acts":[{}],"acts":[{"id":"x"}]}`, `{"acts":[{"id":"a","id":"b"}]}`, `{"acts":[{"ID":"a"}]}`,
		`{"roll_calls":[{"session":1e2,"issues":null}]}`, `{"acts":[{"id":"a"}]} `, `{"acts":null}`, `{"mends":[],"acts":[{"id":"a"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { sameDecoded(t, b) })
}
