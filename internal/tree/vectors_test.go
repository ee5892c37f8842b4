package tree

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// TestVectors checks the test vectors of docs/formats.md.
func TestVectors(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	slots, _, _ := sealVector(t)
	root := slots.Root()
	leaves := []Leaf{
		{Kind: KindFiling, Number: 1, Filed: at, SHA256: strings.Repeat("11", 32)},
		{Kind: KindRemoval, Number: 2, Filed: at.Add(time.Microsecond), SHA256: strings.Repeat("22", 32)},
		{Kind: KindKey, Filed: at.Add(time.Second), Origin: "example.org/record", VKey: "example.org/record+12345678+AQ=="},
		{Kind: KindSeal, Filed: at.Add(time.Hour), Seal: hex.EncodeToString(root[:])},
	}
	f, _ := NewFrontier(0, nil)
	for i, l := range leaves {
		f.Append(nil, l.Encode())
		want := fmt.Sprintf("    leaf %d  %s\n    hash    %s\n    root    %s\n", i, l.Encode(), tlog.RecordHash(l.Encode()), f.Root())
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/formats.md lacks\n%s", want)
		}
	}
}
