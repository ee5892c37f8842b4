package verify

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

// byLibrary is what isCanonical must say.
func byLibrary(b []byte) bool {
	c, err := jcs.Transform(b)
	return err == nil && bytes.Equal(c, b)
}

// hard are texts at the edges of the canonical form.
var hard = []string{`{}`, `[]`, `{"a":1,"b":2}`, `{"b":1,"a":2}`, `{"a":1,"a":2}`, `{"a": 1}`, `{"a":01}`, `{"a":-0}`, `{"a":0}`, `{"a":-1}`, `{"a":1.0}`, `{"a":1e3}`, `{"a":9007199254740993}`, `{"a":999999999999999}`,
	`{"a":"\u0041"}`, `{"a":"\u0001"}`, `{"a":"\/"}`, `{"a":"\n\t\"\\\b\f\r"}`, `{"a":"é"}`, `{"é":1,"ü":2}`, `{"\ud83d\ude00":1}`, `{"😀":1,"דּ":2}`, "{\"a\":\"\xff\"}", "{\"a\":\"\x7f\"}", "{\"a\":\"\u2028<>&\"}",
	`{"a":true,"b":false,"c":null}`, `{"a":[1,"x",{}]}`, `{"a":[1,]}`, `{"a":1,}`, `{"a":1}x`, ` {"a":1}`, `{"a":tru}`, `{"a":"`, `{"a":"\`, `{"a\"b":1,"a":2}`, `{"A":1,"a":2,"a-b":3,"a_b":4,"ab":5}`, `[[[[]]]]`, `"x"`, `7`, ``}

func TestCanonicalIsWhatTheLibrarySays(t *testing.T) {
	for _, s := range hard {
		if got, want := isCanonical([]byte(s)), byLibrary([]byte(s)); got != want {
			t.Errorf("%s: %v, and the library says %v", s, got, want)
		}
		if sc := (scan{b: []byte(s)}); sc.value(0) && sc.at == len(s) && !byLibrary([]byte(s)) {
			t.Errorf("%s is seen as canonical, and is not", s)
		}
	}
	deep := bytes.Repeat([]byte("["), 5000)
	if isCanonical(deep) {
		t.Error("brackets that are not closed")
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.MapOf(rapid.String(), rapid.OneOf(rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Float64().AsAny())).Draw(t, "value")
		b, err := json.Marshal(v)
		if err != nil {
			t.Skip()
		}
		c, err := jcs.Transform(b)
		if err != nil {
			t.Skip()
		}
		if !isCanonical(c) {
			t.Errorf("%s is canonical", c)
		}
		at, with := rapid.IntRange(0, len(c)-1).Draw(t, "at"), rapid.Byte().Draw(t, "with")
		d := bytes.Clone(c)
		d[at] = with
		if got, want := isCanonical(d), byLibrary(d); got != want {
			t.Errorf("%q: %v, and the library says %v", d, got, want)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, s := range hard {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if sc := (scan{b: b}); sc.value(0) && sc.at == len(b) && !byLibrary(b) {
			t.Errorf("%q is seen as canonical, and is not", b)
		}
	})
}
