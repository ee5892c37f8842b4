package builtin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"stocktake/internal/builtin"
)

// The record that is carried is what the filings written by hand and the public data give, to the byte.
func TestRecordIsBuiltFromItsSources(t *testing.T) {
	data := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") != "" {
			t.Fatalf("the public data sets are needed beside the repository: %v", err)
		}
		t.Skipf("left out, because the public data sets are not here: %v", err)
	}
	cmd := exec.Command("go", "run", "./build", "-data", data, "-root", ".", "-check")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestRecordIsSmallEnoughToCarry(t *testing.T) {
	if n := builtin.Size(); n > 16<<20 {
		t.Errorf("the built-in record is %d bytes; 16 MiB is the limit", n)
	}
}
