package web

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkKept serves a page that did not change: the bytes are kept, and only the key is made anew. bench/ compares it with nginx.
func BenchmarkKept(b *testing.B) {
	h := serve(b)
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080/i/gcm?on=2018-12-20", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	h.ServeHTTP(httptest.NewRecorder(), r)
	for b.Loop() {
		w := httptest.NewRecorder()
		w.Body = nil
		h.ServeHTTP(w, r)
	}
}

// BenchmarkRows makes a page of some 193 rows from the record each time.
func BenchmarkRows(b *testing.B) {
	l := small(b)
	s := &site{l: l, rec: l.Record(), opt: Options{Now: nil}, looks: theLooks(), kept: newCache(1 << 20)}
	s.opt.Now = l.Now
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080/i/a-res-73-195?on=2018-12-20", nil)
	q, err := s.read(r)
	if err != nil {
		b.Fatal(err)
	}
	in, _ := s.rec.Instrument("a-res-73-195", q.at.Head)
	for b.Loop() {
		w, err := q.where(in)
		if err != nil {
			b.Fatal(err)
		}
		q.standingRows(w)
	}
}
