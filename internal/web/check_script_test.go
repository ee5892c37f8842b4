package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// vendored pins each file of others that goes to readers, as the packages @noble/hashes 2.4.0 and @noble/ed25519 3.2.0 have it.
// assets/vendor/README.md says how to renew them.
var vendored = map[string]string{
	"noble-ed25519-3.2.0/LICENSE":  "394c2e6e5552e5dba202bee6390b9d6aa2754d657f5b9869e83b3d265a315501",
	"noble-ed25519-3.2.0/index.js": "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a",
	"noble-hashes-2.4.0/LICENSE":   "4f221aee6e072336700c408c68ab3b96a3fc09f6aebe6f48f1bd99e5ef13faec",
	"noble-hashes-2.4.0/_md.js":    "60cf3010fda89e3e4d3f0e7ff1ce249e9c467f34b4fd41b6fd6101d9f69be763",
	"noble-hashes-2.4.0/_u64.js":   "b09da8c07fe8187c07649494cdb7cd0bcf13df90b506a9473d19e4d5f8c2e102",
	"noble-hashes-2.4.0/hmac.js":   "fec9f8f3aeda785ea2de91cc4c059d54ef98196261c026c43f48341007ae52c9",
	"noble-hashes-2.4.0/sha2.js":   "471746bba6ec4c6238ca41358d1d3b40b6ff31cf3363f0b4d550c649c1a8e83b",
	"noble-hashes-2.4.0/utils.js":  "037ad49adb78168b6b699598fd33f85f7877456b1d28b4d032e2a1a16807947c",
}

func TestVendored(t *testing.T) {
	seen := 0
	err := fs.WalkDir(checkFiles, "assets/vendor", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := checkFiles.ReadFile(file)
		if err != nil {
			return err
		}
		seen++
		sum := sha256.Sum256(b)
		if got, want := hex.EncodeToString(sum[:]), vendored[strings.TrimPrefix(file, "assets/vendor/")]; got != want {
			t.Errorf("%s has the SHA-256 %s, not %q: it is not the file that was looked at", file, got, want)
		}
		return nil
	})
	if err != nil || seen != len(vendored) {
		t.Errorf("%d files of others, not %d; %v", seen, len(vendored), err)
	}
}

// TestProgram compares the program that a page shows with that of docs/verify.md, which is run on published logs.
func TestProgram(t *testing.T) {
	b, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(b), "```go\n")
	if code, _, _ = strings.Cut(code, "```"); code == "" || code != programSource {
		t.Error("templates/alone/check.go.txt is not the program of docs/verify.md")
	}
}

// TestJoined looks at the script that goes out: licences in it, nothing left that needs another file, nothing that asks who reads.
func TestJoined(t *testing.T) {
	s := string(checkScript())
	for _, want := range []string{"Copyright (c) 2022 Paul Miller", "Copyright (c) 2019 Paul Miller", "noble-hashes-2.4.0", "noble-ed25519-3.2.0", "THE SOFTWARE IS PROVIDED"} {
		if !strings.Contains(s, want) {
			t.Errorf("the script lacks %q", want)
		}
	}
	for _, never := range []string{"\nimport ", "\nexport ", "import(", "eval(", "document.cookie", "sendBeacon", "XMLHttpRequest", "innerHTML"} {
		if strings.Contains(s, never) {
			t.Errorf("the script holds %q", never)
		}
	}
	if n := len(s); n > 150<<10 {
		t.Errorf("the script has %d bytes", n)
	}
	if _, err := joinModules("assets/nothing.js"); err == nil {
		t.Error("a module that is not there was joined")
	}
	for _, name := range []string{"check-log.js", "check-memory.js", path.Base("assets/vendor")} {
		if theLooks().assets[name] != nil {
			t.Errorf("%s goes out by itself", name)
		}
	}
}
