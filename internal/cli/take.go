package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stocktake"
	"stocktake/internal/forms"
	"stocktake/internal/ledger"
	"stocktake/internal/taking"
	"stocktake/internal/taking/paper"
)

type takeCmd struct {
	Scope string `required:"" help:"File that says what the stocktake is about, YAML or JSON; docs/stocktaking.md shows one." placeholder:"FILE"`
	Out   string `help:"Folder to write the stocktake to, in every form. It is made; it must not exist, or be empty. Without it, the canonical JSON goes to standard output." placeholder:"DIR"`
	NoPDF bool   `name:"no-pdf" help:"Make no PDF, also where a browser is found that could."`
}

func (c *takeCmd) Help() string {
	return `The same scope, day, known and head give the same bytes in stocktake.json, for ever and on every machine.

Examples:
  stocktake take --scope gcm-2026.yaml --on 2026-05-05 --known 2026-05-05 --out gcm-2026
  stocktake take --scope gcm-2026.yaml > stocktake.json`
}

// Run takes stock.
func (c *takeCmd) Run(e *env) error {
	b, err := os.ReadFile(c.Scope)
	if err != nil {
		return err
	}
	scope, err := taking.ReadScope(c.Scope, bytes.NewReader(b))
	if err != nil {
		return err
	}
	if c.Out != "" {
		if list, err := os.ReadDir(c.Out); err == nil && len(list) > 0 {
			return stocktake.Invalidf("%s is not empty", c.Out).At("--out").Hinted("name a folder that does not exist yet; what was published stays as it was")
		}
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	r, err := taking.Take(e.ctx, o.Record(), o.figures(), scope, at)
	if err != nil {
		return err
	}
	raw, err := taking.Canonical(r)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err := fmt.Fprintf(e.out, "%s\n", raw)
		return err
	}
	words, err := paper.WordsOf(e.ctx, o.Record(), at, r)
	if err != nil {
		return err
	}
	words.Release = Version
	files, err := paper.Make(r, words)
	if err != nil {
		return err
	}
	if pdf := c.pdf(e, files); pdf != nil {
		files = append(files, paper.File{Name: paper.PDF, Media: "application/pdf", Bytes: pdf})
	}
	files = append(files, paper.SumsOf(files))
	if err := writeWhole(c.Out, files); err != nil {
		return err
	}
	e.say("%s: %d parties, %d provisions, %d files, SHA-256 of %s %s", c.Out, len(r.Parties), len(r.Provisions), len(files), paper.Canonical, ledger.Hash(raw))
	return nil
}

// pdf prints the page where a browser is found, and says how to do it by hand where none is.
func (c *takeCmd) pdf(e *env, files []paper.File) []byte {
	if c.NoPDF {
		return nil
	}
	for _, f := range files {
		if f.Name != paper.Page {
			continue
		}
		b, err := forms.FindPrinter().Page(e.ctx, string(f.Bytes))
		if err != nil {
			e.say("No PDF: %v", err)
			return nil
		}
		return b
	}
	return nil
}

// writeWhole writes files into a folder that is there whole or not at all.
func writeWhole(dir string, files []paper.File) error {
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, ".stocktake-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(tmp, f.Name), f.Bytes, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(tmp, dir)
}

type compareCmd struct {
	A string `arg:"" help:"The earlier stocktake: its folder, or its stocktake.json."`
	B string `arg:"" help:"The later one."`
}

func (c *compareCmd) Help() string {
	return `Says of each difference whether the world changed, a source was revised, this record had erred, or the rubric was another.

Example:
  stocktake compare gcm-2022 gcm-2026`
}

// Run compares two stocktakes.
func (c *compareCmd) Run(e *env) error {
	a, err := readReport(c.A)
	if err != nil {
		return err
	}
	b, err := readReport(c.B)
	if err != nil {
		return err
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	x := taking.Compare(a, b, taking.KnowsOf(e.ctx, o.Record(), at))
	if e.flags.JSON {
		return e.object(x)
	}
	l := e.list("kind", "party", "of", "what", "before", "after", "why")
	for _, i := range x.Items {
		of := string(i.Provision)
		if of == "" {
			of = string(i.Of)
		}
		if err := l.add(i, i.Kind, string(i.Party), of, i.What, i.Before, i.After, i.Why); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	var parts []string
	for _, t := range x.Counts {
		if t.Count > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", t.Why, t.Count))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	e.say("Different: %s.", strings.Join(parts, ", "))
	for _, n := range x.Notes {
		e.say("%s", n)
	}
	return nil
}

func readReport(path string) (*taking.Report, error) {
	if i, err := os.Stat(path); err == nil && i.IsDir() {
		path = filepath.Join(path, "stocktake.json")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := taking.ReadReport(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
