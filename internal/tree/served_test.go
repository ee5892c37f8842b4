package tree

import "testing"

func TestServed(t *testing.T) {
	for path, want := range map[string]string{
		"checkpoint":             "text/plain; charset=utf-8, public, max-age=1, must-revalidate",
		"key":                    "text/plain; charset=utf-8, no-cache",
		"heads/0123456789abcdef": "text/plain; charset=utf-8, " + ForEver,
		"tile/0/x001/234":        "application/octet-stream, " + ForEver,
		"tile/entries/000.p/9":   "application/octet-stream, " + ForEver,
		"filings/000":            "application/jsonl, " + ForEver,
		"sheets/000":             "application/jsonl, no-cache",
		"file/aa":                "application/octet-stream, no-cache",
	} {
		kind, cache, ok := Served(path)
		if !ok || kind+", "+cache != want {
			t.Errorf("%s: %s, %s %v", path, kind, cache, ok)
		}
	}
	for _, path := range []string{"", "/", "checkpoint/", "checkpoint/x", "key/x", "tile", "tile/", "heads", "sheets/", "index.html", "files/x"} {
		if _, _, ok := Served(path); ok {
			t.Errorf("%q is served", path)
		}
	}
}
