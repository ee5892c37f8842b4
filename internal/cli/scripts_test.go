//go:build linux

package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the scripts' expected output anew")

// TestScripts runs every command as a user does. In a script, $SMALL is a record that may be read only, and `record small DIR` makes a copy
// that may be written; $VOTES holds the files of two editions of four roll-calls.
func TestScripts(t *testing.T) {
	small := smallRecord(t)
	fixture, err := filepath.Abs(filepath.Join("testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SMALL", small)
			e.Setenv("FIXTURE", fixture)
			e.Setenv("VOTES", filepath.Join(scratch, "votes"))
			e.Setenv("STOCKTAKE_QUIET", "1")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"record": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 || args[0] != "small" {
					ts.Fatalf("usage: record small DIR")
				}
				ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(pristine(small))))
			},
			// cut copies all but the last 64 bytes of a file.
			"cut": func(ts *testscript.TestScript, neg bool, args []string) {
				b := ts.ReadFile(args[0])
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b[:len(b)-64]), 0o644))
			},
			// sheet looks up a sheet of a filing and sets $FILING and $COMMITMENT: sheet DIR NUMBER PATH
			"sheet": func(ts *testscript.TestScript, neg bool, args []string) {
				filing, commitment, err := sheetOf(ts.MkAbs(args[0]), args[1], args[2])
				ts.Check(err)
				ts.Setenv("FILING", filing)
				ts.Setenv("COMMITMENT", commitment)
			},
			// proposal sets a variable to the id of the proposal that the last output names: proposal NAME
			"proposal": func(ts *testscript.TestScript, neg bool, args []string) {
				_, rest, ok := strings.Cut(ts.ReadFile("stdout"), "Proposal ")
				if !ok {
					ts.Fatalf("no proposal is named")
				}
				id, _, _ := strings.Cut(rest, " ")
				ts.Setenv(args[0], id)
			},
			// gzip compresses files, adding .gz to their names.
			"gzip": func(ts *testscript.TestScript, neg bool, args []string) {
				for _, name := range args {
					ts.Check(writeGzip(ts.MkAbs(name)+".gz", []byte(ts.ReadFile(name))))
				}
			},
			// code checks the exit code of a command: code 2 stocktake standing --bogus
			"code": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: code N COMMAND [ARG...]")
				}
				got := "0"
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					got = exitCode(err)
				}
				if got != args[0] {
					ts.Fatalf("exit code %s, want %s", got, args[0])
				}
			},
		},
	})
}

func exitCode(err error) string {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return strconv.Itoa(e.ExitCode())
	}
	return err.Error()
}

// sheetOf returns the hash of a filing, and the commitment of the sheet at a path of it.
func sheetOf(dir, number, path string) (filing, commitment string, err error) {
	a := run("-q", "--data", dir, "show", number)
	var v struct {
		SHA256 string
		Sheets []struct{ Path, Commitment string }
	}
	if err := json.Unmarshal([]byte(a.out), &v); err != nil {
		return "", "", fmt.Errorf("show %s: %w: %s", number, err, a.err)
	}
	for _, s := range v.Sheets {
		if s.Path == path {
			return v.SHA256, s.Commitment, nil
		}
	}
	return "", "", fmt.Errorf("filing %s has no sheet %s", number, path)
}
