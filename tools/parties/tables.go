package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// each reads a CSV file with a header, gzipped where its name ends in ".gz", and calls do with the wanted columns of each row, in the order
// asked for. A byte-order mark is dropped. A column that is not there is an error that names the file and the columns it has. The slice is
// used again for the next row.
func each(data, name string, columns []string, do func(cells []string) error) error {
	raw, err := os.Open(filepath.Join(data, filepath.FromSlash(name)))
	if err != nil {
		return fmt.Errorf("%w (give the folder of the public tables with -data)", err)
	}
	defer raw.Close()
	var in io.Reader = raw
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	head = slices.Clone(head)
	head[0] = string(bytes.TrimPrefix([]byte(head[0]), []byte("\ufeff")))
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(head, c); at[i] < 0 {
			return fmt.Errorf("%s has no column %q; it has %s", name, c, strings.Join(head, ", "))
		}
	}
	cells := make([]string, len(columns))
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i, c := range at {
			cells[i] = rec[c]
		}
		if err := do(cells); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}
