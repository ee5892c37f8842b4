package postgres

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"stocktake"
	"stocktake/internal/store"
)

// A dump is gzipped text. Its first line is
//
//	stocktake postgres dump 1 tables N
//
// with the version of the tables. Each table follows as a line "table NAME COLUMN,COLUMN" and its rows in the text format of COPY, closed
// by a line "\.". The last line is "end" and the SHA-256 of all that stands before it, so that a cut-off dump is not taken for a short one.
const (
	dumpHead = "stocktake postgres dump 1 tables "
	dumpEnd  = "end "
	rowsEnd  = "\\.\n"
)

// dumped are the tables in a dump, in an order that keeps references whole, with the version that brought them: the newest last, so that
// an older dump ends before them. head and program are made anew.
var dumped = []struct {
	table, columns, order string
	since                 int64
}{
	{"filing", "number,filed,sha256,key,bytes", "number", 1},
	{"sheet", "filing,path,commitment,salt,text", "filing, path", 1},
	{"meta", "name,value", "name", 1},
	{"projection", "name,head,data", "name", 1},
	{"draft", "id,made_at,body", "id", 1},
	{"leaf", "leaf_index,bytes", "leaf_index", 2},
	{"tree_hash", "place,hash", "place", 2},
	{"checkpoint", "number,origin,size,note,at", "number", 2},
	{"private_item", "kind,id,rev,changed,body", "kind, id", 3},
	{"private_key", "kind,name,value,id,alone", "kind, name, value, id", 3},
}

// Backup implements store.Store. The file is a dump that Restore reads. It is on disk, whole, before it has its name, and its owner only
// can read it.
func (s *Store) Backup(ctx context.Context, path string) error {
	return store.NewFile(path, func(part string) (err error) {
		f, err := os.OpenFile(part, os.O_WRONLY|os.O_TRUNC, 0)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		packed, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		if err != nil {
			return err
		}
		if err := fault(s.place, s.dump(ctx, packed)); err != nil {
			return err
		}
		return packed.Close()
	})
}

// dump writes all tables as they were at one moment.
func (s *Store) dump(ctx context.Context, to io.Writer) error {
	newest, err := plan("").Newest()
	if err != nil {
		return err
	}
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	sum := sha256.New()
	all := io.MultiWriter(to, sum)
	fmt.Fprintf(all, "%s%d\n", dumpHead, newest) // what cannot be written shows at the next COPY, or at the end
	for _, t := range dumped {
		fmt.Fprintf(all, "table %s %s\n", t.table, t.columns)
		err := raw(c, func(p *pgconn.PgConn) error {
			_, err := p.CopyTo(ctx, all, fmt.Sprintf("COPY (SELECT %s FROM %s ORDER BY %s) TO STDOUT", t.columns, t.table, t.order))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprint(all, rowsEnd)
	}
	_, err = fmt.Fprintf(to, "%s%x\n", dumpEnd, sum.Sum(nil))
	return err
}

// raw lends the connection itself, inside the transaction that is open on c.
func raw(c *sql.Conn, f func(*pgconn.PgConn) error) error {
	return c.Raw(func(driver any) error {
		own, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver's connection is %T", driver)
		}
		return f(own.Conn().PgConn())
	})
}

// Restore implements store.Store. A damaged or cut-off dump, one of a newer Stocktake and a file that is something else are Conflict
// faults. Settings of the empty database are replaced.
func (s *Store) Restore(ctx context.Context, path string) error {
	if s.readOnly {
		return s.Write(ctx, nil) // which says why
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return stocktake.NotFoundf("there is no backup").At(path).Hinted("look whether the path is right")
	case errors.Is(err, fs.ErrPermission):
		return &stocktake.Fault{Kind: stocktake.Forbidden, Where: path, What: "the backup may not be read", Hint: "run it as the owner of that file", Err: err}
	case err != nil:
		return err
	}
	defer f.Close()
	d, err := openDump(path, f)
	if err != nil {
		return err
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer done()
	return fault(s.place, s.fill(ctx, d))
}

// fill takes all rows of the dump into this empty database, in one transaction.
func (s *Store) fill(ctx context.Context, d *dump) error {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "SELECT set_config('lock_timeout', $1, true)", fmt.Sprint(s.wait.Milliseconds(), "ms")); err != nil {
		return err
	}
	var filled bool
	if err := tx.QueryRowContext(ctx, "SELECT number > 0 OR EXISTS (SELECT FROM leaf) OR EXISTS (SELECT FROM draft) OR EXISTS (SELECT FROM private_item) FROM head FOR UPDATE").Scan(&filled); err != nil {
		return err
	}
	if filled {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.place, What: "the database is not empty", Hint: "restore into a new one; nothing was changed"}
	}
	for _, t := range dumped { // those that an older dump lacks, too
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.table); err != nil {
			return err
		}
	}
	for {
		table, columns, err := d.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		err = raw(c, func(p *pgconn.PgConn) error {
			_, err := p.CopyFrom(ctx, d, fmt.Sprintf("COPY %s (%s) FROM STDIN", table, columns))
			return err
		})
		if err != nil {
			if d.err != nil {
				return d.err
			}
			if strings.HasPrefix(state(err), "22") || strings.HasPrefix(state(err), "23") || strings.HasPrefix(state(err), "42") {
				return d.damaged(err)
			}
			return err
		}
	}
	var count, number, filed int64
	if err := tx.QueryRowContext(ctx, "SELECT count(*), coalesce(max(number), 0), coalesce(max(filed), 0) FROM filing").Scan(&count, &number, &filed); err != nil {
		return err
	}
	if count != number {
		return d.damaged(store.Gap(count + 1))
	}
	n, err := logCounts(ctx, tx)
	if err != nil {
		return err
	}
	if err := n.Whole(); err != nil {
		return d.damaged(err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE head SET number = $1, filed = $2", number, filed); err != nil {
		return err
	}
	return tx.Commit()
}

// A dump is read table by table: next, then the rows by Read until EOF.
type dump struct {
	path  string
	lines *bufio.Reader
	sum   hash.Hash
	last  int    // how many tables a dump of its version has
	table int    // how many were begun
	row   []byte // what is left of the line that Read is giving out
	fresh bool   // the next piece begins a line
	err   error  // what was wrong, which the server's error must not hide
}

func openDump(path string, f io.Reader) (*dump, error) {
	d := &dump{path: path, sum: sha256.New()}
	packed, err := gzip.NewReader(f)
	if err != nil {
		return nil, d.foreign(err)
	}
	d.lines = bufio.NewReaderSize(packed, 1<<16)
	head, err := d.line()
	var tables int64
	if err != nil || !strings.HasPrefix(head, dumpHead) {
		return nil, d.foreign(err)
	}
	if _, err := fmt.Sscan(strings.TrimPrefix(head, dumpHead), &tables); err != nil {
		return nil, d.damaged(err)
	}
	newest, err := plan("").Newest()
	if err != nil {
		return nil, err
	}
	if tables > newest {
		return nil, &stocktake.Fault{Kind: stocktake.Conflict, Where: path, What: fmt.Sprintf("the backup was made by a newer Stocktake: its tables have version %d, and this program knows them up to %d", tables, newest),
			Hint: "use the version of Stocktake that made it, or a newer one; nothing was changed"}
	}
	for d.last < len(dumped) && dumped[d.last].since <= tables {
		d.last++
	}
	return d, nil
}

func (d *dump) foreign(err error) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, Where: d.path, What: "the file is not a backup of a PostgreSQL record", Hint: "a backup of an SQLite record is restored into an SQLite record; nothing was changed", Err: err}
}

func (d *dump) damaged(err error) error {
	d.err = &stocktake.Fault{Kind: stocktake.Conflict, Where: d.path, What: "the backup is damaged or cut off", Hint: "use another backup; nothing was changed", Err: err}
	return d.err
}

// line reads a line of the dump's own, without its end.
func (d *dump) line() (string, error) {
	b, err := d.lines.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(b, []byte(dumpEnd)) {
		d.sum.Write(b)
	}
	return strings.TrimSuffix(string(b), "\n"), nil
}

// next goes to the next table, and is io.EOF behind the last one of a dump that is whole.
func (d *dump) next() (table, columns string, err error) {
	line, err := d.line()
	if err != nil {
		return "", "", d.damaged(err)
	}
	if sum, ok := strings.CutPrefix(line, dumpEnd); ok {
		if sum != hex.EncodeToString(d.sum.Sum(nil)) || d.table != d.last || d.last == 0 {
			return "", "", d.damaged(nil)
		}
		if _, err := d.lines.ReadByte(); err != io.EOF { // which also reads gzip's own checksum
			return "", "", d.damaged(err)
		}
		return "", "", io.EOF
	}
	var word string
	if n, _ := fmt.Sscan(line, &word, &table, &columns); n != 3 || word != "table" || d.table == d.last || table != dumped[d.table].table || columns != dumped[d.table].columns {
		return "", "", d.damaged(nil)
	}
	d.table++
	d.fresh = true
	return table, columns, nil
}

// Read gives out the rows of the table.
func (d *dump) Read(p []byte) (int, error) {
	if len(d.row) == 0 {
		b, err := d.lines.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return 0, d.damaged(err)
		}
		d.sum.Write(b)
		if d.fresh && string(b) == rowsEnd {
			return 0, io.EOF
		}
		d.fresh = err == nil
		d.row = b
	}
	n := copy(p, d.row)
	d.row = d.row[n:]
	return n, nil
}
