package web

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"stocktake"
	"stocktake/internal/tree"
)

// The log as others read it (c2sp.org/tlog-tiles), with the filings and sheets behind each bundle of leaves beside it:
//
//	/log/checkpoint                 the newest signed head
//	/log/key                        the key that signs it
//	/log/heads/0123456789abcdef     the last head under an earlier origin, by its SHA-256
//	/log/tile/0/x001/234            tiles; /log/tile/entries/… bundles of leaves
//	/log/filings/x001/234           public bytes of the filings behind a bundle, a line each
//	/log/sheets/x001/234            texts that open their commitments, a line each
//	/log/file/SHA256                archived copies that are public

const forEver = "public, max-age=31536000, immutable"

// log answers what lies beneath /log/.
func (s *site) log(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	body, kind, cache, err := s.logFile(r, path)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	if !s.opt.Loopback {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if len(body) > 1024 && kind != octets && accepts(r, "gzip") {
		var b bytes.Buffer
		z := packers.Get().(*gzip.Writer)
		z.Reset(&b)
		_, err := z.Write(body)
		if cerr := z.Close(); err == nil {
			err = cerr
		}
		packers.Put(z)
		if err == nil {
			body = b.Bytes()
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

const (
	octets = "application/octet-stream"
	lines  = "application/jsonl"
)

func (s *site) logFile(r *http.Request, path string) (body []byte, kind, cache string, err error) {
	what, rest, _ := strings.Cut(path, "/")
	switch what {
	case "checkpoint":
		c, ok, err := s.l.Checkpoint(r.Context())
		if err == nil && !ok {
			err = stocktake.NotFoundf("no head of the log was signed yet")
		}
		return c.Note, "text/plain; charset=utf-8", "public, max-age=1, must-revalidate", err
	case "heads":
		c, err := s.l.LastHead(r.Context(), rest)
		return c.Note, "text/plain; charset=utf-8", forEver, err
	case "key":
		_, vkey, err := s.l.LogName(r.Context())
		if err == nil && vkey == "" {
			err = stocktake.NotFoundf("the log has no key yet")
		}
		return []byte(vkey + "\n"), "text/plain; charset=utf-8", "no-cache", err
	case "tile":
		t, err := tree.ParseTilePath(path)
		if err != nil {
			return nil, "", "", err
		}
		body, err = s.l.Tile(r.Context(), t)
		return body, octets, forEver, err
	case "filings", "sheets":
		t, err := tree.ParseTilePath("tile/entries/" + rest)
		if err != nil {
			return nil, "", "", stocktake.NotFoundf("%q is no part of the log", path)
		}
		read, cache := s.l.Filings, forEver
		if what == "sheets" {
			read, cache = s.l.Sheets, "no-cache" // what is removed must go from caches too
		}
		body, err = read(r.Context(), t)
		return body, lines, cache, err
	case "file":
		body, err = s.publicCopy(r, rest)
		return body, octets, "no-cache", err
	}
	return nil, "", "", stocktake.NotFoundf("%q is no part of the log", path)
}

// publicCopy returns an archived copy that a source on the record calls public. One that was taken down is a Gone fault, which names the filing.
func (s *site) publicCopy(r *http.Request, sum string) ([]byte, error) {
	if gone, ok, err := s.l.RemovedCopy(r.Context(), sum); err != nil || ok {
		if err == nil {
			err = &missing{Fault: &stocktake.Fault{Kind: stocktake.Gone, What: "this archived copy was taken down " + gone.Why(), Hint: "its source stays on the record, with the hash of the copy"},
				near: []nearby{{"Filing " + thousands(gone.By), join([]any{"f", gone.By})}}}
		}
		return nil, err
	}
	q := &request{s: s, at: stocktake.At{Head: s.rec.Head()}}
	for _, x := range q.sources() {
		if x.Copy == nil || x.Copy.SHA256 != sum || x.Copy.State != "public" {
			continue
		}
		has, err := s.l.Blobs().Has(r.Context(), sum)
		if err != nil || !has {
			return nil, orNotFound(err, "the copy with that SHA-256 is not kept here")
		}
		f, _, err := s.l.Blobs().Open(r.Context(), sum)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	}
	return nil, stocktake.NotFoundf("no public copy of a source has that SHA-256")
}

func orNotFound(err error, what string) error {
	if err != nil {
		return err
	}
	return stocktake.NotFoundf("%s", what)
}

// proof answers /proof/123.tlog-proof: the proof that filing 123 stands in the log.
func (s *site) proof(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.PathValue("name"), ".tlog-proof")
	n, err := strconv.ParseInt(name, 10, 64)
	if !ok || err != nil || strconv.FormatInt(n, 10) != name {
		s.nothing(w, r)
		return
	}
	p, err := s.l.Prove(r.Context(), n)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="filing-`+name+`.tlog-proof"`)
	h.Set("Cache-Control", "no-cache")
	w.Write(p.Encode())
}
