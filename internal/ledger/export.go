package ledger

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/klauspost/compress/zstd"

	"stocktake"
	"stocktake/internal/store"
)

// An export is a zstd-compressed tar: first "stocktake-export.json" (format and count), then "filings/NNNNNN.jsonl", a thousand filings each, one a
// line: {"filing":<public canonical bytes>,"sha256":"…","sheets":[{"commitment","path","salt","text"}…]}, then "files/<sha256>" for
// every public archived copy. Numbers and times of filing are not in it: they are each record's own. The same record gives the same bytes.

// ExportFormat is the version of the export format.
const ExportFormat = "stocktake-export/1"

type exportHead struct {
	Format  string `json:"format"`
	Filings int64  `json:"filings"`
}

type exportLine struct {
	Filing json.RawMessage   `json:"filing"`
	SHA256 string            `json:"sha256"`
	Sheets []stocktake.Sheet `json:"sheets"`
}

// Export writes the whole public record up to head (0: the newest) as one stream.
func (l *Ledger) Export(ctx context.Context, w io.Writer, head int64, progress Progress) error {
	if err := l.MayLeave(ctx); err != nil {
		return err
	}
	if head == 0 {
		head = l.rec.Head()
	}
	x, err := newExportWriter(w, head)
	if err != nil {
		return err
	}
	report := ticker(progress)
	var lines []exportLine
	public := map[string]bool{}
	flush := func() error {
		if len(lines) == 0 {
			return nil
		}
		hashes := make([]string, len(lines))
		at := map[string]int{}
		for i := range lines {
			hashes[i] = lines[i].SHA256
			at[lines[i].SHA256] = i
		}
		err := l.store.Sheets(ctx, hashes, func(s store.Sheet) error {
			e := &lines[at[s.Filing]]
			e.Sheets = append(e.Sheets, stocktake.Sheet{Path: s.Path, Commitment: s.Commitment, Salt: s.Salt, Text: s.Text})
			return nil
		})
		if err != nil {
			return err
		}
		for i := range lines {
			if err := x.line(lines[i]); err != nil {
				return err
			}
		}
		lines = lines[:0]
		return nil
	}
	err = l.store.Filings(ctx, 0, head, func(row store.Row) error {
		lines = append(lines, exportLine{Filing: bytes.Clone(row.Bytes), SHA256: row.SHA256, Sheets: []stocktake.Sheet{}})
		if bytes.Contains(row.Bytes, []byte(`"state":"public"`)) {
			f, err := decode(row.Bytes)
			if err != nil {
				return err
			}
			for i := range f.Sources {
				if c := f.Sources[i].Copy; c != nil && c.State == "public" && c.SHA256 != "" {
					public[c.SHA256] = true
				}
			}
		}
		report(row.Number, head, "exporting")
		if len(lines) >= 500 {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = x.endLines()
	}
	if err != nil {
		return err
	}
	for _, h := range sortedKeys(public) {
		rc, n, err := l.blobs.Open(ctx, h)
		if stocktake.KindOf(err) == stocktake.NotFound {
			continue // said in its source, not held here
		}
		if err != nil {
			return err
		}
		err = x.file("files/"+h, n, rc)
		rc.Close()
		if err != nil {
			return err
		}
	}
	return x.close()
}

type exportWriter struct {
	z    *zstd.Encoder
	t    *tar.Writer
	buf  bytes.Buffer
	n    int
	part int
}

func newExportWriter(w io.Writer, filings int64) (*exportWriter, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return nil, err
	}
	x := &exportWriter{z: z, t: tar.NewWriter(z)}
	head, err := Canonical(exportHead{ExportFormat, filings})
	if err != nil {
		return nil, err
	}
	return x, x.file("stocktake-export.json", int64(len(head)), bytes.NewReader(head))
}

func (x *exportWriter) file(name string, n int64, r io.Reader) error {
	if err := x.t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: n, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}); err != nil {
		return err
	}
	_, err := io.Copy(x.t, r)
	return err
}

func (x *exportWriter) line(l exportLine) error {
	sheets, err := Canonical(l.Sheets)
	if err != nil {
		return err
	}
	fmt.Fprintf(&x.buf, `{"filing":%s,"sha256":"%s","sheets":%s}`+"\n", l.Filing, l.SHA256, sheets)
	if x.n++; x.n%1000 == 0 {
		return x.endLines()
	}
	return nil
}

func (x *exportWriter) endLines() error {
	if x.buf.Len() == 0 {
		return nil
	}
	x.part++
	err := x.file(fmt.Sprintf("filings/%06d.jsonl", x.part), int64(x.buf.Len()), &x.buf)
	x.buf.Reset()
	return err
}

func (x *exportWriter) close() error {
	if err := x.t.Close(); err != nil {
		return err
	}
	return x.z.Close()
}

func sortedKeys(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sortStrings(list)
	return list
}

// WriteExport writes sealed filings as an export, for the command that builds the built-in record.
func WriteExport(w io.Writer, list []Sealed) error {
	x, err := newExportWriter(w, int64(len(list)))
	if err != nil {
		return err
	}
	for i := range list {
		s := list[i].Sheets
		if s == nil {
			s = []stocktake.Sheet{}
		}
		if err := x.line(exportLine{Filing: list[i].Bytes, SHA256: list[i].SHA256, Sheets: s}); err != nil {
			return err
		}
	}
	if err := x.endLines(); err != nil {
		return err
	}
	return x.close()
}

// LoadExport takes in an export, all of it or nothing. What the record already holds is recognised by its hash. An export that was cut
// short or changed is refused, with what is wrong in it.
func (l *Ledger) LoadExport(ctx context.Context, r io.Reader, progress Progress) (Receipts, error) {
	var out Receipts
	report := ticker(progress)
	copies := l.Archive()
	err := l.store.Write(ctx, func(w store.Writer) error {
		in, err := l.beginOwn(ctx, w)
		if err != nil {
			return err
		}
		out.From = in.head.Number
		err = readExport(r, func(s Sealed, n, of int64) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			rc, err := in.sealedFiling(s)
			if err != nil {
				return err
			}
			if rc.Same {
				out.Same++
			} else {
				out.Filed++
			}
			report(n, of, "loading")
			return nil
		}, func(sha256 string, r io.Reader) error {
			if l.rec.TakenDownBy(sha256) > 0 {
				out.Out = append(out.Out, sha256)
				return nil
			}
			_, err := copies.Put(ctx, sha256, r)
			return err
		})
		if err != nil {
			return err
		}
		out.Head = in.head.Number
		return in.flush()
	})
	if err != nil {
		return Receipts{}, errors.Join(err, copies.Undo(ctx))
	}
	return out, l.Refresh(ctx)
}

// longest is how long a line of an export may be, in bytes: one filing with its sheets. No longer one is filed.
const longest = 64 << 20

// exportLineOf reads one line of at most longest bytes, with its end. At the end of the entry it is io.EOF.
func exportLineOf(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > longest {
			return nil, stocktake.Invalidf("the line is longer than %d MiB", longest>>20).Hinted("this is no export of Stocktake; nothing was loaded")
		}
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

func readExport(r io.Reader, filing func(s Sealed, n, of int64) error, file func(string, io.Reader) error) error {
	broken := func(where string, err error) error {
		var f *stocktake.Fault
		if errors.As(err, &f) {
			return f.At(where)
		}
		return &stocktake.Fault{Kind: stocktake.Invalid, What: "this is no whole export: " + err.Error(), Where: where, Hint: "get the file again; nothing was loaded", Err: err}
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return broken("", err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	var head exportHead
	n := int64(0)
	for first := true; ; first = false {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return broken("", err)
		}
		if first {
			if h.Name != "stocktake-export.json" {
				return broken(h.Name, errors.New("the first entry is not stocktake-export.json"))
			}
			if err := json.NewDecoder(io.LimitReader(t, 1<<16)).Decode(&head); err != nil {
				return broken(h.Name, err)
			}
			if head.Format != ExportFormat {
				return broken(h.Name, stocktake.Invalidf("format %q", head.Format).Hinted("this version reads %s", ExportFormat))
			}
			continue
		}
		switch {
		case strings.HasPrefix(h.Name, "filings/"):
			lines := bufio.NewReaderSize(t, 1<<20)
			for line := 1; ; line++ {
				b, err := exportLineOf(lines)
				if err == io.EOF && len(b) == 0 {
					break
				}
				where := h.Name + ":" + strconv.Itoa(line)
				if err != nil {
					return broken(where, err)
				}
				s, err := readLine(b)
				if err != nil {
					return broken(where, err)
				}
				n++
				if err := filing(s, n, head.Filings); err != nil {
					return err
				}
			}
		case strings.HasPrefix(h.Name, "files/"):
			if err := file(strings.TrimPrefix(h.Name, "files/"), t); err != nil {
				return err
			}
		default:
			return broken(h.Name, errors.New("unknown entry"))
		}
	}
	if n != head.Filings {
		return broken("", fmt.Errorf("%d filings are announced, %d are there", head.Filings, n))
	}
	return nil
}

// readLine reads one filing of an export and checks its hash, its form and its sheets.
func readLine(b []byte) (Sealed, error) {
	var e exportLine
	if err := json.Unmarshal(b, &e); err != nil {
		return Sealed{}, err
	}
	return opened(Sealed{Bytes: e.Filing, SHA256: e.SHA256, Sheets: e.Sheets})
}

// opened checks hash, form and sheets of a filing that was sealed elsewhere, and reads it.
func opened(s Sealed) (Sealed, error) {
	if Hash(s.Bytes) != s.SHA256 {
		return s, stocktake.Invalidf("the filing's bytes do not have the hash %s", s.SHA256).Hinted("what was sent was changed or damaged; nothing was taken in")
	}
	if c, err := jcs.Transform(s.Bytes); err != nil || !bytes.Equal(c, s.Bytes) {
		return s, stocktake.Invalidf("the filing's bytes are not canonical (RFC 8785)")
	}
	f, err := decode(s.Bytes)
	if err != nil {
		return s, err
	}
	s.Filing = *f
	held := map[string]bool{}
	f.EachSheeted(func(_ string, x *stocktake.Sheeted) { held[x.Commitment] = true })
	for _, x := range s.Sheets {
		if !held[x.Commitment] || !x.Opens() {
			return s, stocktake.Invalidf("the sheet at %s does not open a commitment of its filing", x.Path)
		}
	}
	return s, nil
}
