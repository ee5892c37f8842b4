package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A pack is one package under test.
type pack struct {
	began time.Time
	said  []string // output that belongs to no test
	tests map[string]*test
	order []*test // as they began
}

// A test is a test, an example, a fuzz target or a subtest of these.
type test struct {
	name    string
	began   time.Time
	seconds float64
	said    []string
	logged  string // what a test that passed logged, on one line
	result  string // pass, fail, skip; empty while it runs, and where it does not count
	parent  bool   // it has subtests
}

// A failure is what is shown of a test that failed; without a name it is the package that did.
type failure struct {
	test string
	said []string
}

func newPack(e event) *pack { return &pack{began: e.Time, tests: map[string]*test{}} }

func (p *pack) event(e event) {
	t := p.tests[e.Test]
	if t == nil {
		t = &test{name: e.Test, began: e.Time}
		p.tests[e.Test] = t
		p.order = append(p.order, t)
		if up := p.above(t); up != nil {
			up.parent = true
		}
	}
	switch e.Action {
	case "cont":
		t.began = e.Time // after a pause, waiting is not counted
	case "output":
		t.said = append(t.said, e.Output)
	case "pass", "fail", "skip":
		t.result, t.seconds = e.Action, e.Elapsed
		if t.result == "pass" {
			t.logged, t.said = logged(t.said), nil
		}
	}
}

// above is the test of which t is a subtest. The name of a subtest may hold slashes of its own.
func (p *pack) above(t *test) *test {
	for name := t.name; ; {
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return nil
		}
		name = name[:i]
		if up := p.tests[name]; up != nil {
			return up
		}
	}
}

// settle decides at the package's end about tests that did not get to theirs, and about those that failed with a subtest only.
func (p *pack) settle() {
	for _, t := range p.order {
		if t.result == "" {
			t.result = "fail"
			t.said = append(t.said, "did not come to an end\n")
		}
	}
	blamed := map[*test]bool{}
	for _, t := range p.order {
		if t.result == "fail" {
			for up := p.above(t); up != nil; up = p.above(up) {
				blamed[up] = true
			}
		}
	}
	for t := range blamed {
		if t.result == "fail" {
			t.result = ""
		}
	}
}

// told is what t said, and before it what the tests around it said, where the failure is theirs to tell: a panic in a subtest
// is told by the outermost one.
func (p *pack) told(t *test) (said []string) {
	for up := p.above(t); up != nil; up = p.above(up) {
		said = append(slices.Clone(up.said), said...)
	}
	return append(said, t.said...)
}

// running is the test that began last among those that have not ended; nil where none is running.
func (p *pack) running() (last *test) {
	for _, t := range p.order {
		if t.result == "" && (last == nil || !t.began.Before(last.began)) {
			last = t
		}
	}
	return last
}

// finished reports whether the test binary came to the end of its tests, as it does not after a panic.
func (p *pack) finished() bool {
	return slices.Contains(p.said, "PASS\n") || slices.Contains(p.said, "FAIL\n")
}

// shuffle is the seed of the order of the tests, for go test -shuffle.
func (p *pack) shuffle() string {
	for _, s := range p.said {
		if seed, ok := strings.CutPrefix(s, "-test.shuffle "); ok {
			return strings.TrimSpace(seed)
		}
	}
	return ""
}

// chatter reports whether a line of output only repeats what the events say.
func chatter(line string) bool {
	s := strings.TrimLeft(line, " ")
	for _, prefix := range []string{"=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME ", "--- PASS: ", "--- FAIL: ", "--- SKIP: ", "-test.shuffle ", "FAIL\t", "ok  \t", "?   \t"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return s == "PASS\n" || s == "FAIL\n"
}

// clean joins the pieces of output to lines, without chatter.
func clean(said []string) (lines []string) {
	for _, l := range strings.SplitAfter(strings.Join(said, ""), "\n") {
		if l != "" && !chatter(l) {
			lines = append(lines, strings.TrimRight(l, "\n"))
		}
	}
	return lines
}

// shorten leaves out the middle of what would fill the screen many times over, such as the stacks of a thousand goroutines.
func shorten(lines []string) []string {
	const head, tail = 150, 50
	if len(lines) <= head+tail {
		return lines
	}
	short := append([]string{}, lines[:head]...)
	short = append(short, fmt.Sprintf("[%d lines left out]", len(lines)-head-tail))
	return append(short, lines[len(lines)-tail:]...)
}

// reason is what a skipped test said, on one line.
func reason(said []string) string {
	var words []string
	for _, l := range clean(said) {
		words = append(words, strings.TrimSpace(l))
	}
	if len(words) == 0 {
		return "no reason given"
	}
	return strings.Join(words, " ")
}
