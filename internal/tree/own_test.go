package tree

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestReachable asks which quorums can be met without some witnesses, and who is the keeper's own.
func TestReachable(t *testing.T) {
	k, err := NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	lines := "log " + k.VKey + "\n"
	for i, name := range []string{"a", "b", "c"} {
		c, err := NewCosigner(name+".example.net", append(make([]byte, 31), byte(i)), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		lines += fmt.Sprintf("witness %s %s\n", name, c)
	}
	lines += "group sub any c\ngroup own any b sub\ngroup two 2 a own\ngroup all all a b c\n"
	for _, c := range []struct {
		quorum, without string
		want            bool
	}{{"none", "abc", true}, {"a", "bc", true}, {"a", "a", false}, {"two", "b", true}, {"two", "bc", false}, {"two", "a", false}, {"all", "", true}, {"all", "c", false}, {"own", "a", true}, {"own", "bc", false}} {
		p, err := ParsePolicy(lines + "quorum " + c.quorum + "\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Reachable(func(w Witness) bool { return strings.Contains(c.without, w.Name) }); got != c.want {
			t.Errorf("%s without %q: %v", c.quorum, c.without, got)
		}
		for _, w := range p.Witnesses {
			if p.Own(w) != (w.Name != "a") {
				t.Errorf("%s: own is %v", w.Name, p.Own(w))
			}
		}
	}
}
