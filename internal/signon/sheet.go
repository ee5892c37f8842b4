package signon

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"stocktake"
)

// Limits of a sheet.
const (
	MaxSheetBytes = 10 << 20
	MaxSheetRows  = 20_000
	maxSheetCols  = 100
	maxCell       = 2_000       // bytes
	maxUnpacked   = 100 << 20   // of an XLSX, all together
	maxUnpackXML  = 64 << 20    // of one part of it
	formulaCell   = "\x00=\x00" // stands for a formula: it is not evaluated, and what was kept as its value is not read
)

// A Sheet is a table as somebody sent it. Titles above its head are left out.
type Sheet struct {
	Head []string
	Rows []SheetRow
	Form string // such as "CSV, parted by semicolons, Windows-1252"
}

// A SheetRow is a row and its number in the file, from 1.
type SheetRow struct {
	Line  int
	Cells []string
}

// ReadSheet reads CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) and XLSX (the first sheet). Formulas are never evaluated.
func ReadSheet(b []byte) (Sheet, error) {
	if len(b) > MaxSheetBytes {
		return Sheet{}, stocktake.Invalidf("the file is larger than 10 MB").Hinted("keep the columns that are needed, and save it again")
	}
	var rows []SheetRow
	var form string
	var err error
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		rows, err = readXLSX(b)
		form = "XLSX"
	case bytes.HasPrefix(b, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return Sheet{}, stocktake.Invalidf("this is a workbook of the old kind, or one with a password").Hinted("save it as XLSX or CSV, without a password")
	default:
		rows, form, err = readCSV(b)
	}
	if err != nil {
		return Sheet{}, err
	}
	if len(rows) == 0 {
		return Sheet{}, stocktake.Invalidf("the file has no table").Hinted("the first row names the columns, and each further one is an organisation")
	}
	i := headOf(rows)
	return Sheet{Head: rows[i].Cells, Rows: rows[i+1:], Form: form}, nil
}

// headOf says which row names the columns: the first with more than one cell, since a title may stand above it; or, below a title of several cells, the
// row of the first ten in which at least three columns are recognised where the first row has at most one. In a table of a single column it is the first row.
func headOf(rows []SheetRow) int {
	first := max(0, slices.IndexFunc(rows, func(r SheetRow) bool { return filled(r.Cells) > 1 }))
	if len(GuessColumns(rows[first].Cells)) > 1 {
		return first
	}
	for i := first + 1; i < min(len(rows), 10); i++ {
		if len(GuessColumns(rows[i].Cells)) >= 3 {
			return i
		}
	}
	return first
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if c != "" {
			n++
		}
	}
	return n
}

func readXLSX(b []byte) (rows []SheetRow, err error) {
	bad := stocktake.Invalidf("the workbook cannot be read").Hinted("open it, save it as XLSX or CSV, without a password, and send it again")
	defer func() {
		if recover() != nil { // a library met what it did not foresee
			rows, err = nil, bad
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpackXML, RawCellValue: false})
	if err != nil {
		return nil, bad
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return nil, bad
	}
	in, err := f.Rows(sheets[0])
	if err != nil {
		return nil, bad
	}
	defer in.Close()
	for line := 1; in.Next(); line++ {
		cells, err := in.Columns()
		if err != nil {
			return nil, bad
		}
		if rows, err = addRow(rows, line, cells); err != nil {
			return nil, err
		}
	}
	if in.Error() != nil {
		return nil, bad
	}
	for i := range rows {
		for j := range rows[i].Cells {
			name, err := excelize.CoordinatesToCellName(j+1, rows[i].Line)
			if err != nil {
				continue
			}
			if formula, err := f.GetCellFormula(sheets[0], name); err == nil && formula != "" {
				rows[i].Cells[j] = formulaCell
			}
		}
	}
	return rows, nil
}

func addRow(rows []SheetRow, line int, cells []string) ([]SheetRow, error) {
	if len(rows) > MaxSheetRows {
		return nil, stocktake.Invalidf("the table has more than %d rows", MaxSheetRows).Hinted("send it in pieces")
	}
	if len(cells) > maxSheetCols {
		return nil, stocktake.Invalidf("row %d has more than %d cells", line, maxSheetCols)
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		if len(c) > maxCell {
			return nil, stocktake.Invalidf("a cell of row %d is longer than %d bytes", line, maxCell)
		}
		out[i] = strings.Join(strings.Fields(strings.ReplaceAll(c, "\x00", "")), " ")
	}
	if filled(out) == 0 {
		return rows, nil
	}
	return append(rows, SheetRow{Line: line, Cells: out}), nil
}

func readCSV(b []byte) ([]SheetRow, string, error) {
	text, coded, err := decodeText(b)
	if err != nil {
		return nil, "", err
	}
	sep, name := ',', "commas"
	if rest, ok := strings.CutPrefix(text, "sep="); ok && rest != "" { // as some programs write it
		sep, _ = utf8.DecodeRuneInString(rest)
		_, text, _ = strings.Cut(text, "\n")
		name = "what its first line names"
	} else {
		head, _, _ := strings.Cut(text, "\n")
		if n := strings.Count(head, ";"); n > strings.Count(head, ",") && n >= strings.Count(head, "\t") {
			sep, name = ';', "semicolons"
		} else if n := strings.Count(head, "\t"); n > strings.Count(head, ",") {
			sep, name = '\t', "tabs"
		}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, true
	var rows []SheetRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, "CSV, parted by " + name + ", " + coded, nil
		}
		if err != nil {
			return nil, "", stocktake.Invalidf("the table cannot be read: %v", err).Hinted("save it as CSV in UTF-8, or as XLSX")
		}
		line, _ := r.FieldPos(0)
		if rows, err = addRow(rows, line, cells); err != nil {
			return nil, "", err
		}
	}
}

func decodeText(b []byte) (string, string, error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		b = b[3:]
	case len(b) > 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff):
		var order binary.ByteOrder = binary.LittleEndian
		if b[0] == 0xfe {
			order = binary.BigEndian
		}
		u := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			u = append(u, order.Uint16(b[i:]))
		}
		return string(utf16.Decode(u)), "UTF-16", nil
	}
	if utf8.Valid(b) {
		return string(b), "UTF-8", nil
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "", "", stocktake.Invalidf("this is no table").Hinted("send CSV or XLSX")
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return "", "", stocktake.Invalidf("the letters of the file cannot be read").Hinted("save it as CSV in UTF-8, or as XLSX")
	}
	return string(out), "Windows-1252", nil
}

// Column is what a column of a sheet holds.
type Column string

// The columns that are read. All others are left where they are.
const (
	ColName     Column = "organisation"
	ColCountry  Column = "country"
	ColWebsite  Column = "website"
	ColMailbox  Column = "mailbox"
	ColSigner   Column = "signer"
	ColOffice   Column = "office"
	ColPhone    Column = "telephone"
	ColTier     Column = "tier"
	ColStatus   Column = "status"
	ColRegister Column = "register"
	ColNumber   Column = "number in the register"
)

// columnWords are words by which heads of columns are recognised, folded; the first match of the longest wins.
var columnWords = map[Column][]string{
	ColName: {"organisation", "organization", "name of organisation", "name of organization", "organisation name", "organization name", "institution", "group", "organizacion", "nombre de la organizacion",
		"institucion", "nom de l organisation", "nom de lorganisation", "association", "organizacao", "nome da organizacao", "entidade", "name der organisation", "verein", "ngo", "ong"},
	ColCountry:  {"country", "pais", "pays", "land", "iso3", "country code"},
	ColWebsite:  {"website", "web site", "web", "url", "site", "homepage", "sitio web", "pagina web", "site web", "domain", "webseite"},
	ColMailbox:  {"email", "e mail", "mail", "email address", "e mail address", "correo", "correo electronico", "courriel", "adresse e mail", "endereco de email", "mailadresse"},
	ColSigner:   {"name", "your name", "contact", "contact name", "contact person", "signatory", "signed by", "person", "nombre", "persona de contacto", "nom", "nome", "representative", "ansprechperson", "representante"},
	ColOffice:   {"title", "position", "role", "function", "office", "job title", "cargo", "puesto", "fonction", "poste", "funcao", "funktion", "amt"},
	ColPhone:    {"phone", "telephone", "tel", "mobile", "whatsapp", "telefono", "telefone", "telefon", "movil"},
	ColTier:     {"tier", "capacity", "signs as", "firma como", "signe comme"},
	ColStatus:   {"status", "ecosoc", "ecosoc status", "consultative status", "estatus consultivo", "statut consultatif"},
	ColRegister: {"register", "registry", "registro", "registre"},
	ColNumber:   {"registration number", "register number", "registered id", "number", "numero de registro", "numero", "registernummer"},
}

// GuessColumns says which column holds what, by its head: Column to index. It is a guess, to be shown and mended before anything is done. A sheet
// whose only name is under "name" has organisations there.
func GuessColumns(head []string) map[Column]int {
	m := map[Column]int{}
	best := map[Column]int{}
	for i, h := range head {
		f := fold(h)
		var col Column
		n := 0
		for c, words := range columnWords {
			for _, w := range words {
				score := 0
				switch {
				case f == w:
					score = 1000 + len(w)
				case strings.HasPrefix(f, w+" ") || strings.HasSuffix(f, " "+w) || strings.Contains(f, " "+w+" "):
					score = len(w)
				}
				if score > n || (score == n && score > 0 && c < col) {
					col, n = c, score
				}
			}
		}
		if n > best[col] && n > 0 {
			m[col], best[col] = i, n
		}
	}
	if _, ok := m[ColName]; !ok {
		if i, ok := m[ColSigner]; ok {
			m[ColName] = i
			delete(m, ColSigner)
		}
	}
	return m
}
