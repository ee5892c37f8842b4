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

// The log as others read it (c2sp.org/tlog-tiles), with the filings and sheets behind each bundle of leaves beside it. tree.Served lists the
// addresses beneath /log/, and how each is served.

// log answers what lies beneath /log/.
func (s *site) log(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	kind, cache, ok := tree.Served(path)
	err := error(stocktake.NotFoundf("%q is no part of the log", path))
	var body []byte
	if ok {
		body, err = s.logFile(r, path)
	}
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
	if len(body) > 1024 && kind != "application/octet-stream" && accepts(r, "gzip") {
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

func (s *site) logFile(r *http.Request, path string) ([]byte, error) {
	what, rest, _ := strings.Cut(path, "/")
	switch what {
	case "checkpoint":
		c, ok, err := s.l.Checkpoint(r.Context())
		if err == nil && !ok {
			err = stocktake.NotFoundf("no head of the log was signed yet")
		}
		return c.Note, err
	case "heads":
		c, err := s.l.LastHead(r.Context(), rest)
		return c.Note, err
	case "key":
		_, vkey, err := s.l.LogName(r.Context())
		if err == nil && vkey == "" {
			err = stocktake.NotFoundf("the log has no key yet")
		}
		return []byte(vkey + "\n"), err
	case "tile":
		t, err := tree.ParseTilePath(path)
		if err != nil {
			return nil, err
		}
		return s.l.Tile(r.Context(), t)
	case "filings", "sheets":
		t, err := tree.ParseTilePath("tile/entries/" + rest)
		if err != nil {
			return nil, stocktake.NotFoundf("%q is no part of the log", path)
		}
		if what == "sheets" {
			return s.l.Sheets(r.Context(), t)
		}
		return s.l.Filings(r.Context(), t)
	}
	return s.publicCopy(r, rest)
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
