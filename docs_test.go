package stocktake_test

import (
	"os"
	"strings"
	"testing"

	"stocktake"
)

func TestTermsExplainEveryKindOfAct(t *testing.T) {
	b, err := os.ReadFile("docs/terms.md")
	if err != nil {
		t.Fatal(err)
	}
	terms := string(b)
	for _, k := range stocktake.ActKinds() {
		if !strings.Contains(terms, "\n### "+k.String()+"\n") {
			t.Errorf("docs/terms.md does not explain %s", k)
		}
	}
	if n := strings.Count(terms, "\n### "); n != len(stocktake.ActKinds()) {
		t.Errorf("docs/terms.md explains %d kinds of act; there are %d", n, len(stocktake.ActKinds()))
	}
}
