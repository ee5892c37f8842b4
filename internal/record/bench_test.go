package record_test

import (
	"testing"

	"stocktake/internal/record"
)

func BenchmarkQuestions(b *testing.B) {
	s := newShelf()
	s.hand(b, "law")
	s.hand(b, "parties")
	s.load(b, "un-ga-votes", "un-ga-votes/vintage-2016-07")
	s.load(b, "un-ga-votes", "un-ga-votes")
	at := s.at("2018-12-20")
	b.Run("instrument", func(b *testing.B) {
		for b.Loop() {
			s.States(at, "a-res-73-195")
		}
	})
	b.Run("party", func(b *testing.B) {
		for b.Loop() {
			s.OfParty(at, "USA")
		}
	})
	b.Run("changes", func(b *testing.B) {
		for b.Loop() {
			s.Changes(at, at.On-30, record.Filter{})
		}
	})
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			n := 0
			s.Everything(at, func(*record.PartyState) { n++ })
		}
	})
}
