package signon

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
)

// 72,000 confirmed fake signatures cost 22 pounds and three hours. Here whoever tries has ten places to send from, six domains of their own on which
// every mailbox is theirs, free mail without end, and confirms every letter.
func TestFakeSignaturesAtScaleDoNotGetThrough(t *testing.T) {
	b := fresh(t)
	b.Book.gate = NewGate(GateOptions{Bits: 1, MostBits: 4, Calm: 20}, b.clock)
	a := b.open()
	for i := range 3 {
		x := b.invited(a, fmt.Sprintf("Harbour Union %d", i), "MEX", fmt.Sprintf("office@union%d.example", i))
		if _, err := b.Answer(t.Context(), x.Token, yes("", "")); err != nil {
			t.Fatal(err)
		}
	}
	key, err := b.key(t.Context())
	must(t, err)
	const tries = 72_000
	through, hardest, refused := 0, 0, map[stocktake.FaultKind]int{}
	for i := range tries {
		ticket := b.gate.ticket(key, a.ID)
		if i%100 == 0 {
			hardest = max(hardest, ticket.Bits)
		}
		b.pass(3 * time.Hour / tries)
		var from string
		switch {
		case i%2 == 0:
			from = fmt.Sprintf("friend%05d@gmail.com", i)
		default:
			from = fmt.Sprintf("u%05d@mail%d.farm%d.example", i, i%7, i%6)
		}
		b.mu.Lock()
		b.now = b.now.Add(5 * time.Second) // the age that a form needs; many are open at once
		b.mu.Unlock()
		err := b.gate.pass(key, a.ID, ticket.Token, Work(ticket), fmt.Sprintf("198.51.100.%d", i%10))
		b.pass(-5 * time.Second)
		if err != nil {
			refused[stocktake.KindOf(err)]++
			continue
		}
		through++
		s := yes([]string{"Friends of the Tide", "Harbour Union 1", fmt.Sprintf("Invented League %d", i)}[i%3], from)
		if _, err := b.admit(t.Context(), a.ID, s); err != nil {
			t.Fatal(err)
		}
		for _, m := range b.to(from) {
			if m.Kind == MailConfirm {
				b.use(m.Token, Confirm)
			}
		}
	}
	if through > 400 || through < 100 {
		t.Errorf("%d of %d came through the gate, and %v were refused", through, tries, refused)
	}
	if hardest < 4 {
		t.Errorf("the work stayed at %d bits", hardest)
	}
	wantNames(t, b.listed(a), "Harbour Union 0", "Harbour Union 1", "Harbour Union 2")
	board, err := b.Board(t.Context(), ana, a.ID)
	must(t, err)
	if board.Count[OnList] != 3 {
		t.Errorf("the board counts %v", board.Count)
	}
	// What is left is one invalidation, counted beforehand, and it can be undone.
	c := Conditions{Unknown: true, Roads: []stocktake.Road{stocktake.RoadLink}}
	n, first, err := b.Preview(t.Context(), ana, a.ID, c)
	must(t, err)
	if n == 0 || n > 300 || len(first) == 0 {
		t.Fatalf("%d wait for a convenor", n)
	}
	_, err = b.Invalidate(t.Context(), ana, a.ID, c, "no such organisation", n-1)
	wantFault(t, err, stocktake.Conflict)
	x, err := b.Invalidate(t.Context(), ana, a.ID, c, "no such organisation", n)
	must(t, err)
	if x.Summary != "came by link; organisation known to nobody here" {
		t.Errorf("the summary is %q", x.Summary)
	}
	if left, _, err := b.Preview(t.Context(), ana, a.ID, c); err != nil || left != 0 {
		t.Errorf("%d are left, %v", left, err)
	}
	wantNames(t, b.listed(a), "Harbour Union 0", "Harbour Union 1", "Harbour Union 2")
	back, err := b.Undo(t.Context(), ana, x.ID)
	must(t, err)
	if again, err := b.Undo(t.Context(), ana, x.ID); err != nil || again != 0 || back != n {
		t.Errorf("undone %d of %d, and then %d more, %v", back, n, again, err)
	}
	if e := b.state(first[0].ID); e.State != first[0].State || e.Invalidated != "" {
		t.Errorf("after undoing it is %s, and was %s", e.State, first[0].State)
	}
}

// In any interleaving of 200 signers, of whom some are the same organisation, some press twice and some take it back, none is lost and none is doubled.
func TestSignersAtOnceAreNeitherLostNorDoubled(t *testing.T) {
	rounds := 0
	rapid.Check(t, func(r *rapid.T) {
		if rounds++; rounds > 2 {
			return // two schedules a run are enough of the machine's time
		}
		b := fresh(t)
		b.at("2026-11-24T10:00")
		a := b.open()
		const orgs, signers = 40, 200
		var who []Invitee
		for i := range orgs {
			who = append(who, Invitee{Organisation: Organisation{Names: []Name{{Text: fmt.Sprintf("Quay Group %03d", i)}}, Country: "MEX", Domain: fmt.Sprintf("group%03d.example", i)}})
		}
		links, err := b.Invite(t.Context(), ana, a.ID, who)
		must(t, err)
		pick := rapid.SliceOfN(rapid.IntRange(0, orgs-1), signers, signers).Draw(r, "organisation")
		leave := rapid.SliceOfN(rapid.IntRange(0, 9), signers, signers).Draw(r, "leaves")
		said := make([]bool, orgs)
		var wg sync.WaitGroup
		slots := make(chan struct{}, 32)
		for i := range signers {
			org := pick[i]
			said[org] = true
			wg.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				box := fmt.Sprintf("officer%03d@group%03d.example", i, org)
				for range 2 { // pressed twice
					if _, err := b.Answer(t.Context(), links[org].Token, yes("", box)); err != nil {
						t.Errorf("signer %d: %v", i, err)
						return
					}
				}
				for _, m := range b.to(box) {
					if m.Kind != MailConfirm {
						continue
					}
					for range 2 {
						if _, err := b.Use(t.Context(), m.Token, Confirm); err != nil {
							t.Errorf("signer %d: %v", i, err)
						}
					}
				}
				if leave[i] == 0 {
					if _, err := b.TakeBackAnswer(t.Context(), links[org].Token); err != nil {
						t.Errorf("signer %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
		list, _, err := b.Endorsements(t.Context(), a.ID)
		must(t, err)
		places, yeses := map[string]int{}, map[string]int{}
		for _, e := range list {
			places[e.Org]++
			add := func(box string) {
				if box != "" {
					yeses[box]++
				}
			}
			add(e.Signer.Mailbox)
			for _, s := range e.Seconds {
				add(s.Signer.Mailbox)
			}
			for n := 1; n < len(e.History); n++ {
				if May(e.History[n-1].To, e.History[n].To, false, e.History[n].By.Actor) != nil {
					t.Errorf("a step that is not in the table: %+v after %+v", e.History[n], e.History[n-1])
				}
			}
		}
		if len(list) != orgs || len(places) != orgs {
			t.Errorf("%d places of %d organisations, want %d of each", len(list), len(places), orgs)
		}
		left := map[int]bool{}
		for i := range signers {
			left[pick[i]] = left[pick[i]] || leave[i] == 0
		}
		for i := range signers {
			box := fmt.Sprintf("officer%03d@group%03d.example", i, pick[i])
			if n := yeses[box]; n > 1 || (n == 0 && !left[pick[i]]) {
				t.Errorf("the yes of %s is there %d times", box, n)
			}
		}
		want := []string{}
		for i := range orgs {
			if said[i] && !left[i] {
				want = append(want, fmt.Sprintf("Quay Group %03d", i))
			}
		}
		got := b.listed(a)
		for _, name := range want {
			if !slices.Contains(got, name) {
				t.Errorf("%s said yes and is lost", name)
			}
		}
		if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("doubled: %q", got)
		}
	})
}

// many puts n endorsements into a book, as an import does.
func many(b *bench, a Asking, n int) {
	head := []string{"Organisation", "Country", "Email"}
	x := Import{Sheet: Sheet{Head: head}, Columns: GuessColumns(head)}
	for i := range n {
		x.Sheet.Rows = append(x.Sheet.Rows, SheetRow{Line: i + 2, Cells: []string{fmt.Sprintf("%c Quay Group %05d", 'A'+rune(i*7%26), i), "MEX", fmt.Sprintf("office@group%05d.example", i)}})
	}
	p, err := b.DryRun(b.Context(), ana, a.ID, x)
	must(b, err)
	if p.Count[WillList] != n {
		b.Fatalf("the dry run says %v", p.Count)
	}
	_, err = b.Import(b.Context(), ana, a.ID, x, p.Digest)
	must(b, err)
}

func BenchmarkFiveThousand(bb *testing.B) {
	b := fresh(bb)
	a := b.open()
	many(b, a, 5000)
	bb.Run("board", func(bb *testing.B) {
		for bb.Loop() {
			if x, err := b.Board(bb.Context(), ana, a.ID); err != nil || x.Count[OnList] != 5000 {
				bb.Fatal(x.Count, err)
			}
		}
	})
	board, err := b.Board(bb.Context(), ana, a.ID)
	must(bb, err)
	bb.Run("search", func(bb *testing.B) {
		for bb.Loop() {
			if len(board.Search("quay 04")) == 0 {
				bb.Fatal("nothing found")
			}
		}
	})
	bb.Run("list", func(bb *testing.B) {
		for bb.Loop() {
			if f, err := b.Fix(bb.Context(), a.Statement); err != nil || len(f.Endorsed) != 5000 {
				bb.Fatal(err)
			}
		}
	})
	bb.Run("export", func(bb *testing.B) {
		for bb.Loop() {
			var csv, xlsx strings.Builder
			must(bb, board.Table().WriteCSV(&csv))
			must(bb, board.Table().WriteXLSX(&xlsx))
		}
	})
	bb.Run("remind", func(bb *testing.B) {
		b.at("2026-12-01T10:00")
		for bb.Loop() {
			if _, err := b.Remind(bb.Context(), a.ID); err != nil {
				bb.Fatal(err)
			}
		}
	})
}
