package tree

import "strings"

// How a file of a published log is served, whoever serves it: a site beneath /log/, a folder's web host, a bucket.
const (
	ForEver = "public, max-age=31536000, immutable"
	lines   = "application/jsonl"
	octets  = "application/octet-stream"
	plain   = "text/plain; charset=utf-8"
)

// Served returns media type and Cache-Control of the file of a log at a path beneath it, "checkpoint" or "tile/0/000"; ok is false where a
// log has no such file. What is ForEver never changes. Sheets and copies do not, for as long as nothing in them has to go: caches ask.
//
//	checkpoint                 the newest signed head
//	key                        the key that signs it
//	heads/0123456789abcdef     the last head under an earlier origin, by its SHA-256
//	tile/0/x001/234            tiles; tile/entries/… bundles of leaves
//	filings/x001/234           public bytes of the filings behind a bundle, a line each
//	sheets/x001/234            texts that open their commitments, a line each
//	file/SHA256                archived copies that are public
func Served(path string) (kind, cache string, ok bool) {
	what, rest, beneath := strings.Cut(path, "/")
	if beneath == (what == "checkpoint" || what == "key") || beneath && rest == "" {
		return "", "", false
	}
	switch what {
	case "checkpoint":
		return plain, "public, max-age=1, must-revalidate", true
	case "key":
		return plain, "no-cache", true
	case "heads":
		return plain, ForEver, true
	case "tile":
		return octets, ForEver, true
	case "filings":
		return lines, ForEver, true
	case "sheets":
		return lines, "no-cache", true
	case "file":
		return octets, "no-cache", true
	}
	return "", "", false
}
