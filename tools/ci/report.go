package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An event is one line of go test -json; see go doc test2json and, for the two of builds, go help buildjson.
type event struct {
	Time        time.Time
	Action      string
	Package     string
	Test        string
	Elapsed     float64 // seconds
	Output      string
	ImportPath  string // of build-output and build-fail
	FailedBuild string // the ImportPath whose build failed, in a package's fail
}

// A report follows the events and counts. A test with subtests counts by its subtests; by itself only where it failed, or was
// skipped, of its own. A package that failed without a failing test, such as one that does not compile, counts as one failure.
type report struct {
	out      io.Writer
	noskip   bool
	verbose  bool
	budget   time.Duration
	began    time.Time
	packages map[string]*pack // those that are not at their end
	builds   map[string][]string
	passed   int
	failed   []string // one line each
	skipped  []string
	slow     []timing
	told     []string // a line of the page for each test
}

type timing struct {
	name    string
	seconds float64
}

func newReport(out io.Writer) *report {
	return &report{out: out, began: time.Now(), packages: map[string]*pack{}, builds: map[string][]string{}}
}

// check counts a failure that no test reported.
func (r *report) check(name string) { r.failed = append(r.failed, name) }

// line takes one line of input, and reports whether that made it write. What is no event is shown as it is.
func (r *report) line(line []byte) (wrote bool) {
	var e event
	if !bytes.HasPrefix(line, []byte("{")) || json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(r.out, "%s\n", bytes.TrimRight(line, "\n"))
		return true
	}
	switch e.Action {
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
		return false
	case "build-fail":
		return false
	}
	p := r.packages[e.Package]
	if p == nil {
		p = newPack(e)
		r.packages[e.Package] = p
	}
	if e.Test != "" {
		p.event(e)
		if r.verbose && e.Action == "output" && !chatter(e.Output) {
			fmt.Fprint(r.out, e.Output)
			return true
		}
		return false
	}
	switch e.Action {
	case "output":
		p.said = append(p.said, e.Output)
	case "pass", "fail", "skip":
		delete(r.packages, e.Package)
		r.close(p, e)
		return true
	}
	return false
}

// close counts a package and writes its line, and its failures.
func (r *report) close(p *pack, e event) {
	p.settle()
	var failures []failure
	passed, skipped := 0, 0
	for _, t := range p.order {
		switch {
		case t.result == "fail":
			failures = append(failures, failure{t.name, p.told(t)})
		case t.result == "skip":
			skipped++
			r.skipped = append(r.skipped, e.Package+" "+t.name+": "+reason(t.said))
		case t.result == "pass" && !t.parent:
			passed++
		}
		if !strings.Contains(t.name, "/") {
			r.told = append(r.told, fmt.Sprintf("| %s %s | %s | %s | %s |", e.Package, t.name, t.result, spell(time.Duration(t.seconds*float64(time.Second))), t.logged))
		}
		if !t.parent && t.seconds >= 1 {
			r.slow = append(r.slow, timing{e.Package + " " + t.name, t.seconds})
		}
	}
	if e.Action == "fail" && len(failures) == 0 {
		f := failure{"", p.said}
		if e.FailedBuild != "" {
			f = failure{"(does not build)", r.builds[e.FailedBuild]}
		}
		if len(clean(f.said)) == 0 {
			f.said = []string{"no test failed and nothing more was said: the test binary ended with an error, as by os.Exit\n"}
		}
		failures = append(failures, f)
	}
	r.passed += passed
	word, count := "ok", fmt.Sprintf("%d passed", passed)
	if len(failures) > 0 {
		word, count = "FAIL", fmt.Sprintf("%d failed, %s", len(failures), count)
	}
	if skipped > 0 {
		count += fmt.Sprintf(", %d skipped", skipped)
	}
	if len(p.order) == 0 && e.Action != "fail" {
		word, count = "-", "no tests"
	}
	if word == "-" && r.verbose {
		return // in a run of a few chosen tests, most packages have none
	}
	fmt.Fprintf(r.out, "%-4s  %-40s  %-32s  %6.1f s\n", word, e.Package, count, e.Elapsed)
	for _, f := range failures {
		title := strings.TrimSpace(e.Package + " " + f.test)
		r.failed = append(r.failed, title)
		fmt.Fprintf(r.out, "\n      FAILED: %s\n", title)
		for _, l := range shorten(clean(f.said)) {
			fmt.Fprintln(r.out, strings.TrimRight("      "+l, " "))
		}
	}
	if len(failures) > 0 {
		if len(p.order) > 0 && !p.finished() {
			fmt.Fprintln(r.out, "      (the package stopped there: tests that had not begun did not run)")
		}
		if s := p.shuffle(); s != "" {
			fmt.Fprintf(r.out, "      (the order of the tests was -shuffle=%s)\n", s)
		}
		fmt.Fprintln(r.out)
	}
}

// heartbeat tells who is running and for how long.
func (r *report) heartbeat(now time.Time) {
	var running []string
	for name, p := range r.packages {
		s := fmt.Sprintf("%s (%.0f s)", name, now.Sub(p.began).Seconds())
		if t := p.running(); t != nil {
			s = fmt.Sprintf("%s %s (%.0f s)", name, t.name, now.Sub(t.began).Seconds())
		}
		running = append(running, s)
	}
	slices.Sort(running)
	if len(running) == 0 {
		running = []string{"building"}
	}
	fmt.Fprintf(r.out, "...   after %s: %s\n", spell(now.Sub(r.began)), strings.Join(running, "; "))
}

// end closes the report and returns its last line, and whether all is well.
func (r *report) end(now time.Time) (line string, ok bool) {
	var open []string
	for name := range r.packages {
		open = append(open, name)
	}
	slices.Sort(open)
	for _, name := range open {
		// go test itself was ended: what its packages had to say is still worth reading.
		fmt.Fprintf(r.out, "\n%s did not come to an end\n", name)
		r.close(r.packages[name], event{Package: name, Action: "fail", Elapsed: now.Sub(r.packages[name].began).Seconds()})
	}
	slices.SortStableFunc(r.slow, func(a, b timing) int { return int(1000 * (b.seconds - a.seconds)) })
	if len(r.slow) > 0 {
		fmt.Fprintf(r.out, "\nSlowest tests:\n")
		for _, t := range r.slow[:min(5, len(r.slow))] {
			fmt.Fprintf(r.out, "  %6.1f s  %s\n", t.seconds, t.name)
		}
	}
	took := now.Sub(r.began)
	fmt.Fprintf(r.out, "\nIt took %s.\n", spell(took))
	if r.budget > 0 && took > r.budget {
		fmt.Fprintf(r.out, "That is more than %s: make the slowest tests quicker.\n", spell(r.budget))
	}
	if len(r.skipped) > 0 {
		word := "Skipped"
		if r.noskip {
			word = "Skipped, which counts as a failure here"
		}
		list(r.out, word, r.skipped)
	}
	if len(r.failed) > 0 {
		list(r.out, "Failed", r.failed)
	}
	if r.passed+len(r.failed)+len(r.skipped) == 0 {
		fmt.Fprintln(r.out, "No test ran, which counts as a failure.")
	}
	line = fmt.Sprintf("%d passed, %d failed, %d skipped", r.passed, len(r.failed), len(r.skipped))
	return line, len(r.failed) == 0 && r.passed > 0 && !(r.noskip && len(r.skipped) > 0)
}

func list(out io.Writer, title string, lines []string) {
	fmt.Fprintf(out, "%s:\n", title)
	for _, l := range lines {
		fmt.Fprintf(out, "  %s\n", l)
	}
}

// spell is a duration as people say it: 45 s, 3 min 7 s.
func spell(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min %d s", s/60, s%60)
}
