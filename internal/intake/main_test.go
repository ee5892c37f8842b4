package intake

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == ChildArg {
		os.Exit(Child(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// read reads a file in a child, and fails the test where that fails.
func read(t testing.TB, name, content string) Text {
	t.Helper()
	got, err := Read(context.Background(), name, "", strings.NewReader(content), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
