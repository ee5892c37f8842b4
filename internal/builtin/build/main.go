// Command build makes the built-in record: it reads the filings written by hand in internal/builtin/record, runs the importers over the
// public data sets, and writes internal/builtin/record.tar.zst. The same input gives the same bytes: salts of sheets are kept in
// internal/builtin/salts.txt, and drawn only for words that are new.
//
//	go run ./internal/builtin/build -data ../shared/data
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/importer"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the public data sets")
	root := flag.String("root", "internal/builtin", "folder of the built-in record")
	check := flag.Bool("check", false, "compare with what is there, and write nothing")
	flag.Parse()
	if err := build(*data, *root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// maxSize is the limit of the compressed record.
const maxSize = 16 << 20

// byHand lists the folders of hand-written filings, before and after the data sets, and those that came later: they go last, so that what
// stood before keeps its number in a new record too.
var (
	before = []string{"law", "parties", "instruments"}
	after  = []string{"chronology", "measures", "decisions", "unknown"}
	last   = []string{"statements", "rubrics"}
)

// sets lists the data sets in the order of filing.
var sets = []struct{ name, path string }{
	{"un-ga-votes", "un-ga-votes/vintage-2016-07"},
	{"un-ga-votes", "un-ga-votes"},
	{"untc-treaty-status-2015", "untc-treaty-status-2015"},
	{"paris-agreement-status", "paris-agreement-status"},
	{"ilo-c189-ratifications-2020", "ilo-c189-ratifications-2020"},
	{"hr-treaty-status-2022", "hr-treaty-status-2022"},
	{"ndc-registry", "ndc-registry"},
}

type builder struct {
	rec     *record.Record
	salts   *salts
	sealed  []ledger.Sealed
	loaded  map[int64]*stocktake.Filing
	filed   time.Time
	sources map[stocktake.SourceID]bool
	keys    map[string]bool
	copies  map[string]string // text of evidence files, by name
	data    string
	quotes  int
}

// Load gives filings back to the index.
func (b *builder) Load(_ context.Context, n int64) (*stocktake.Filing, error) {
	if f, ok := b.loaded[n]; ok {
		return f, nil
	}
	return nil, stocktake.NotFoundf("no filing %d", n)
}

// FindParty and FindInstrument serve the importers.
func (b *builder) FindParty(s string) (stocktake.PartyID, bool) {
	return b.rec.FindParty(s, b.rec.Head())
}
func (b *builder) FindInstrument(s string) (stocktake.InstrumentID, bool) {
	return b.rec.FindInstrument(s, b.rec.Head())
}

func build(data, root string, check bool) error {
	kept, err := readSalts(filepath.Join(root, "salts.txt"))
	if err != nil {
		return err
	}
	b := &builder{salts: kept, loaded: map[int64]*stocktake.Filing{}, filed: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), sources: map[stocktake.SourceID]bool{}, keys: map[string]bool{}, copies: map[string]string{}, data: data}
	b.rec = record.New(b)
	if err := b.folders(root, before); err != nil {
		return err
	}
	for _, s := range sets {
		im, ok := importer.Named(s.name)
		if !ok {
			return fmt.Errorf("no importer for %s", s.name)
		}
		n := 0
		rep, err := im.Import(context.Background(), filepath.Join(data, s.path), b, importer.Options{NoTexts: true, Read: stocktake.MustDate("2026-11-23")}, func(f stocktake.Filing) error {
			n++
			return b.add(f)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		b.rec.End()
		fmt.Printf("%-32s %6d filings, %8d acts, %4d rejects\n", s.path, n, rep.Acts, len(rep.Rejects))
	}
	if err := b.folders(root, after); err != nil {
		return err
	}
	if err := b.decide(); err != nil {
		return err
	}
	if err := b.folders(root, last); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := ledger.WriteExport(&out, b.sealed); err != nil {
		return err
	}
	if out.Len() > maxSize {
		return fmt.Errorf("the record is %d bytes; %d is the limit", out.Len(), maxSize)
	}
	fmt.Printf("%d filings, %d quotes checked against their sources, %.2f MB compressed, sha256 %s\n", len(b.sealed), b.quotes, float64(out.Len())/1e6, ledger.Hash(out.Bytes())[:16])
	path := filepath.Join(root, "record.tar.zst")
	if check {
		have, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(have, out.Bytes()) || b.salts.fresh > 0 {
			return errors.New("record.tar.zst is not what these sources give; run the command without -check")
		}
		return nil
	}
	if err := b.salts.write(filepath.Join(root, "salts.txt")); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// folders files every hand-written filing of some folders, by file name.
func (b *builder) folders(root string, names []string) error {
	for _, name := range names {
		dir := filepath.Join(root, "record", name)
		var files []string
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, ".yaml") {
				files = append(files, path)
			}
			return err
		})
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		sort.Strings(files)
		var filings []stocktake.Filing
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !bytes.Contains(text, []byte("\nkey:")) && !bytes.HasPrefix(text, []byte("key:")) {
				continue // a table for tools, no filing
			}
			list, err := draft.Parse(filepath.Join(name, filepath.Base(path)), text)
			if err != nil {
				return err
			}
			filings = append(filings, list...)
		}
		// What introduces instruments goes before what names them.
		slices.SortStableFunc(filings, func(x, y stocktake.Filing) int { return min(1, len(y.Instruments)) - min(1, len(x.Instruments)) })
		for _, f := range filings {
			if err := b.verify(f); err != nil {
				return err
			}
			if err := b.add(f); err != nil {
				return err
			}
		}
		b.rec.End()
		fmt.Printf("%-32s %6d filings\n", "record/"+name, len(filings))
	}
	return nil
}

// add seals one filing and puts it in line. A source described before is not described again in the same words.
func (b *builder) add(f stocktake.Filing) error {
	var own []stocktake.Source
	for _, s := range f.Sources {
		if !b.sources[s.ID] {
			b.sources[s.ID] = true
			own = append(own, s)
		}
	}
	f.Sources = own
	if b.keys[f.Key] {
		return fmt.Errorf("key %s stands twice", f.Key)
	}
	b.keys[f.Key] = true
	s, err := ledger.Seal(f, b.salts.of(f.Key))
	if err != nil {
		return err
	}
	n := int64(len(b.sealed)) + 1
	b.sealed = append(b.sealed, s)
	g := s.Filing
	b.loaded[n] = &g
	b.filed = b.filed.Add(time.Microsecond)
	return b.rec.Stage(record.Applied{Number: n, Filed: b.filed, SHA256: s.SHA256, Filing: &g})
}

// verify checks every quote of a hand-written filing against the file that its source names.
func (b *builder) verify(f stocktake.Filing) error {
	name := map[stocktake.SourceID]string{}
	for _, s := range f.Sources {
		if s.Copy != nil {
			name[s.ID] = s.Copy.Name
		}
	}
	check := func(list []stocktake.Quote, def stocktake.SourceID) error {
		for _, q := range list {
			id := q.Source
			if id == "" {
				id = def
			}
			file := name[id]
			if file == "" {
				continue
			}
			text, ok := b.copies[file]
			if !ok {
				raw, err := b.copy(file)
				if err != nil {
					return fmt.Errorf("filing %s: source %s: %w", f.Key, id, err)
				}
				text = strings.Join(strings.Fields(string(raw)), " ")
				b.copies[file] = text
			}
			if !strings.Contains(text, strings.Join(strings.Fields(q.Exact.Text), " ")) {
				return fmt.Errorf("filing %s: %s does not contain the quote %q", f.Key, file, q.Exact.Text)
			}
			b.quotes++
		}
		return nil
	}
	for _, a := range f.Acts {
		if err := check(a.Quotes, a.Source); err != nil {
			return err
		}
	}
	for _, m := range f.Measures {
		if err := check(m.Quotes, m.Source); err != nil {
			return err
		}
	}
	for _, x := range f.Answers {
		if err := check(x.Quotes, x.Source); err != nil {
			return err
		}
	}
	if s := f.Statement; s != nil {
		return b.printed(f.Key, s, name[s.Source])
	}
	return nil
}

// copy reads the file behind a source: beside the data sets, or in a folder beside them.
func (b *builder) copy(file string) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(b.data, file))
	if errors.Is(err, fs.ErrNotExist) {
		return os.ReadFile(filepath.Join(b.data, "..", file))
	}
	return raw, err
}

// printed checks that a statement's text is the one that its hash names, and that every passage stands where the filing says.
func (b *builder) printed(key string, s *stocktake.Statement, file string) error {
	raw, err := b.copy(file)
	if err != nil {
		return fmt.Errorf("filing %s: %w", key, err)
	}
	if sum := ledger.Hash(raw); sum != s.TextSHA256 {
		return fmt.Errorf("filing %s: the text is %s, and not what the filing says", key, sum)
	}
	text := []rune(string(raw))
	check := func(start, end int, words stocktake.Sheeted) {
		b.quotes++
		if err == nil && (end > len(text) || string(text[start:end]) != words.Text) {
			err = fmt.Errorf("filing %s: %q does not stand at %d to %d", key, words.Text, start, end)
		}
	}
	for _, list := range [][]stocktake.Mention{s.Cites, s.States, s.Recounts, s.Claims} {
		for _, m := range list {
			check(m.Start, m.End, m.Quote)
		}
	}
	for _, c := range s.Calls {
		check(c.Start, c.End, c.Quote)
	}
	for _, u := range s.Undertakes {
		check(u.Start, u.End, u.Quote)
	}
	for _, n := range s.Signatories {
		check(n.Start, n.End, n.Name)
	}
	return err
}

// decide files, for each consent that the register of 2015 dates to the day and the table of 2022 to another year, that the record follows
// the register: it is the depositary's own list.
func (b *builder) decide() error {
	const register, table = "untc-2015-03", "hr-treaty-status-2022"
	at := stocktake.At{On: stocktake.DayOf(2026, 11, 23), Known: b.filed.Add(time.Hour), Head: b.rec.Head()}
	seen := map[stocktake.ActID]bool{}
	var list []stocktake.Decision
	var ids []stocktake.InstrumentID
	for _, in := range b.rec.Instruments(at.Head, true) {
		if in.Kind == stocktake.Treaty {
			ids = append(ids, in.ID)
		}
	}
	err := b.rec.Standings(context.Background(), at, record.Filter{Instruments: ids}, func(s stocktake.Standing) error {
		for _, c := range s.Conflicts {
			if c.About != "done" || c.Follows != "" || seen[c.Act] {
				continue
			}
			from := map[stocktake.SourceID]bool{}
			for _, x := range c.Says {
				from[x.Source] = true
			}
			if from[register] && from[table] {
				seen[c.Act] = true
				list = append(list, stocktake.Decision{Act: c.Act, Follows: register, By: "Keepers of the built-in record",
					Reason: "The register is the depositary's own list and gives the day of deposit; the table was compiled from it and gives a year only."})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b stocktake.Decision) int { return strings.Compare(string(a.Act), string(b.Act)) })
	fmt.Printf("%-32s %6d decisions\n", "register before table", len(list))
	if len(list) == 0 {
		return nil
	}
	return b.add(stocktake.Filing{Key: "decisions/register-2015-table-2022", Title: "Where the table of 2022 gives another year than the depositary's register of 2015, the record follows the register", Decisions: list})
}

// salts are the salts of the built-in record's sheets, by the hash of key, path and words.
type salts struct {
	by    map[string]string
	used  map[string]bool
	fresh int
}

func readSalts(path string) (*salts, error) {
	s := &salts{by: map[string]string{}, used: map[string]bool{}}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if id, salt, ok := strings.Cut(sc.Text(), " "); ok {
			s.by[id] = salt
		}
	}
	return s, sc.Err()
}

func (s *salts) of(key string) ledger.Salts {
	return func(path, text string) []byte {
		h := sha256.Sum256([]byte(key + "\x00" + path + "\x00" + text))
		id := hex.EncodeToString(h[:16])
		s.used[id] = true
		if kept, err := hex.DecodeString(s.by[id]); err == nil && len(kept) == 32 {
			return kept
		}
		s.fresh++
		salt := ledger.RandomSalts(path, text)
		s.by[id] = hex.EncodeToString(salt)
		return salt
	}
}

func (s *salts) write(path string) error {
	var lines []string
	for id, salt := range s.by {
		if s.used[id] {
			lines = append(lines, id+" "+salt+"\n")
		}
	}
	sort.Strings(lines)
	return os.WriteFile(path, []byte(strings.Join(lines, "")), 0o644)
}
