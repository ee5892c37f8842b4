// Package migrate brings the tables of a database up to date: all that is missing, in one transaction, alone among all processes.
//
// Migrations are numbered SQL files (goose), only ever added. The table stocktake_schema says which were applied, the table program which
// program applied them; neither ever changes its shape, so that an older program can read what a newer one left.
package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"stocktake"
)

// Table is the table of applied migrations.
const Table = "stocktake_schema"

// Plan is what a backend has to say about its migrations.
type Plan struct {
	Dialect goose.Dialect
	Files   fs.FS    // NNNNN_name.sql at its top
	Lock    []string // statements that begin a transaction in which no other process can migrate
	Note    string   // statement that notes version ($1) and program ($2)
	Program string
}

// Newest returns the number of the newest migration.
func (p Plan) Newest() (int64, error) {
	var newest int64
	err := fs.WalkDir(p.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".sql") {
			return err
		}
		n, err := goose.NumericComponent(path)
		newest = max(newest, n)
		return err
	})
	return newest, err
}

// Up applies what is missing and commits, or changes nothing. A database that is newer than the plan is the fault of Newer.
func (p Plan) Up(ctx context.Context, c driver.Connector) (err error) {
	newest, err := p.Newest()
	if err != nil {
		return err
	}
	db := sql.OpenDB(single{c})
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // so that goose gets the connection that holds the lock
	for _, statement := range p.Lock {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	provider, err := goose.NewProvider(p.Dialect, db, p.Files, goose.WithTableName(Table), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, _, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > newest {
		return Newer(ctx, db, have, newest)
	}
	if have == newest {
		return nil // another process was quicker
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables from version %d to %d: %w", have, newest, err)
	}
	if _, err := db.ExecContext(ctx, p.Note, newest, p.Program); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "COMMIT")
	return err
}

// Newer is the Conflict fault for a database whose tables have a version above the newest that this program knows.
func Newer(ctx context.Context, db *sql.DB, have, newest int64) error {
	program, hint := "", "use the version of Stocktake that made it, or a newer one"
	err := db.QueryRowContext(ctx, "SELECT version FROM program ORDER BY schema DESC LIMIT 1").Scan(&program)
	if err == nil && program != "" {
		hint = "use version " + program + " or a newer one"
	}
	return (&stocktake.Fault{Kind: stocktake.Conflict, Err: err,
		What: fmt.Sprintf("the database was made by a newer Stocktake: its tables have version %d, and this program knows them up to %d", have, newest),
	}).Hinted("%s; nothing was changed", hint)
}

// single makes connections on which a transaction inside the transaction is a savepoint, so that what goose commits step by step stays
// part of the one transaction around it.
type single struct{ driver.Connector }

type conn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

func (s single) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := c.(conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks a method", c), c.Close())
	}
	return nested{full}, nil
}

// nested hides the methods by which database/sql would find out that a transaction is open and throw the connection away.
type nested struct{ conn }

func (n nested) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if _, err := n.ExecContext(ctx, "SAVEPOINT migration", nil); err != nil {
		return nil, err
	}
	return savepoint{n}, nil
}

type savepoint struct{ nested }

func (s savepoint) Commit() error {
	_, err := s.ExecContext(context.Background(), "RELEASE SAVEPOINT migration", nil)
	return err
}

func (s savepoint) Rollback() error {
	_, err := s.ExecContext(context.Background(), "ROLLBACK TO SAVEPOINT migration", nil)
	if err != nil {
		return err
	}
	return s.Commit()
}
