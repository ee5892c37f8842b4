package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"stocktake/internal/store"
)

// killEnv tells a test binary that it is the child that will be killed, and which database it writes to.
const killEnv = "STOCKTAKE_KILL_CHILD"

// Killed reports whether this process is such a child.
func Killed() bool { return os.Getenv(killEnv) != "" }

// Kill starts the running test anew as another process that files for ever, kills it at some moment, and looks what is left; so many
// times. What was acknowledged must be there, what was not must be there whole or not at all. open opens the database at, and check, which
// may be nil, looks at it in the backend's own way.
func Kill(t *testing.T, kills int, at string, open func(t testing.TB, at string) store.Store, check func(t testing.TB, s store.Store)) {
	if child := os.Getenv(killEnv); child != "" {
		fileForEver(t, open(t, child))
		return
	}
	acknowledged, filed := int64(0), 0
	for n := range kills {
		last := killOne(t, at, n)
		if last > acknowledged {
			acknowledged = last
			filed++
		}
		s := open(t, at)
		// Once this process has had the turn to write, nothing of the dead one is under way, on a server either.
		must(t, s.Write(t.Context(), func(store.Writer) error { return nil }))
		if left := checkKilled(t, s); left < acknowledged {
			t.Fatalf("kill %d: filing %d was acknowledged, and the record ends at %d", n, acknowledged, left)
		}
		if check != nil {
			check(t, s)
		}
		must(t, s.Close())
		if t.Failed() {
			t.Fatalf("after kill %d", n)
		}
	}
	if filed < kills/2 {
		t.Errorf("only %d of %d processes filed anything before they were killed: this tests little", filed, kills)
	}
	t.Logf("%d kills, %d filings acknowledged", kills, acknowledged)
}

// fileForEver files, prints the number of each filing once it is acknowledged, and now and then takes a sheet away.
func fileForEver(t *testing.T, s store.Store) {
	ctx := t.Context()
	for round := 0; ; round++ {
		var last int64
		err := s.Write(ctx, func(w store.Writer) error {
			h, err := w.Head(ctx)
			if err != nil {
				return err
			}
			rows := Rows(h.Number+1, h.Number+1+rand.Int64N(5))
			for _, r := range rows { // one by one, so that a transaction has many steps
				if err := errors.Join(w.Append(ctx, []store.Row{r}), w.PutSheets(ctx, SheetsOf(r, 1)), AppendLog(ctx, w, r)); err != nil {
					return err
				}
			}
			last = rows[len(rows)-1].Number
			if round%8 == 7 {
				if err := takeOne(t, w); err != nil {
					return err
				}
			}
			return errors.Join(w.SetMeta(ctx, "last", strconv.FormatInt(last, 10)), w.PutCheckpoint(ctx, checkpointOf("killed", last, "")))
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\nfiled %d\n", last)
	}
}

// takeOne removes the first sheet and counts that it did.
func takeOne(t *testing.T, w store.Writer) error {
	ctx := t.Context()
	var first store.Sheet
	stop := errors.New("enough")
	if err := w.Sheets(ctx, nil, func(s store.Sheet) error { first = s; return stop }); !errors.Is(err, stop) {
		return fmt.Errorf("no sheet to remove: %w", err)
	}
	was, err := w.Meta(ctx, "removed")
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(was)
	return errors.Join(w.RemoveSheet(ctx, first.Filing, first.Commitment), w.SetMeta(ctx, "removed", strconv.Itoa(n+1)))
}

// killOne runs one such process, kills it, and returns the last number that it printed.
func killOne(t *testing.T, at string, n int) (last int64) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.timeout=1m")
	cmd.Env = append(os.Environ(), killEnv+"="+at, "TMPDIR="+t.TempDir()) // what a killed process leaves behind goes with this one
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	moment := time.Duration(rand.Int64N(int64(60 * time.Millisecond)))
	kill := func() { time.AfterFunc(moment, func() { cmd.Process.Kill() }) }
	if n%8 == 7 {
		kill() // while it opens, perhaps
	}
	var other []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if number, ok := strings.CutPrefix(lines.Text(), "filed "); ok {
			if last == 0 && n%8 != 7 {
				kill()
			}
			last, err = strconv.ParseInt(number, 10, 64)
			must(t, err)
		} else if lines.Text() != "" {
			other = append(other, lines.Text())
		}
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the process ended by itself: %v\n%s\n%s", err, strings.Join(other, "\n"), problems.String())
	}
	return last
}

// checkKilled reads everything and returns the newest number.
func checkKilled(t *testing.T, s store.Store) int64 {
	t.Helper()
	ctx := t.Context()
	st := Read(t, s)
	n := st.Head.Number
	want(t, s, Rows(1, n), st.Sheets)
	wantLog(t, s, Rows(1, n)) // a leaf for each, with every hash and none too many
	if n > 0 {
		wantCheckpoint(t, s, "", checkpointOf("killed", n, ""))
	}
	last, err := s.Meta(ctx, "last")
	must(t, err)
	removed, err := s.Meta(ctx, "removed")
	must(t, err)
	gone, _ := strconv.ParseInt(removed, 10, 64)
	if n > 0 && last != strconv.FormatInt(n, 10) {
		t.Errorf("the newest filing is %d, and what was written with it says %s: half a transaction is left", n, last)
	}
	if int64(len(st.Sheets)) != n-gone {
		t.Errorf("%d filings, %d sheets removed, and %d are there: half a transaction is left", n, gone, len(st.Sheets))
	}
	return n
}
