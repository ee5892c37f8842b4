// Package postgres holds a record in a PostgreSQL database, version 15 or later, that any number of processes on any number of machines
// write and read. Whoever writes locks one row first, so filings have one order. What was acknowledged is on the server's disk.
//
// The server decides two things that are not in our hands: with fsync=off nothing is safe, and text that was removed stays in its
// archived write-ahead logs and base backups for as long as it keeps those.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	oldest      = 150000     // server_version_num of PostgreSQL 15
	lock        = 0x53746b74 // "Stkt", the advisory lock of who migrates
	connections = 16         // of one process
)

func plan(program string) migrate.Plan {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return migrate.Plan{Dialect: goose.DialectPostgres, Files: files, Program: program,
		Lock: []string{"BEGIN", "SET LOCAL client_min_messages = warning", "SELECT pg_advisory_xact_lock(" + strconv.Itoa(lock) + ")"},
		Note: "INSERT INTO program (schema, version) VALUES ($1, $2) ON CONFLICT (schema) DO UPDATE SET version = excluded.version",
	}
}

// Open opens the database that dsn names, as a URL (postgres://user@host:5432/record) or in words (host=/run/postgresql dbname=record), and
// makes the tables where there are none. Older tables are brought up to date, all or nothing. On a replica, and with ReadOnly, the store is
// open for reading only, and Write says so with a Forbidden fault.
//
// A database of a newer Stocktake, an older server and one that cannot be reached are Conflict faults, and nothing is changed.
func Open(ctx context.Context, dsn string, opts store.Options) (*Store, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, &stocktake.Fault{Kind: stocktake.Invalid, What: "the address of the PostgreSQL database cannot be read", Hint: "write it as postgres://user@host:5432/database", Err: err}
	}
	place := fmt.Sprintf("PostgreSQL database %s at %s:%d", cfg.Database, cfg.Host, cfg.Port)
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "stocktake"
	}
	if opts.ReadOnly {
		cfg.RuntimeParams["default_transaction_read_only"] = "on"
	}
	connector := stdlib.GetConnector(*cfg)
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(4)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s := &Store{reader: &reader{place: place, q: db}, db: db, place: place, wait: opts.Turn(), readOnly: opts.ReadOnly, turn: make(chan struct{}, 1)}
	if err := s.prepare(ctx, plan(opts.Program), func(p migrate.Plan) error { return p.Up(ctx, connector) }); err != nil {
		return nil, errors.Join(fault(place, err), db.Close())
	}
	return s, nil
}

// prepare looks at server and tables, and brings the tables up to date.
func (s *Store) prepare(ctx context.Context, p migrate.Plan, up func(migrate.Plan) error) error {
	newest, err := p.Newest()
	if err != nil {
		return err
	}
	var version int
	var encoding, release string
	var replica, there, mayMake bool
	err = s.db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding'),
		pg_is_in_recovery(), to_regclass('`+migrate.Table+`') IS NOT NULL, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).
		Scan(&version, &release, &encoding, &replica, &there, &mayMake)
	if err != nil {
		return err
	}
	if version < oldest {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.place, What: "the server is PostgreSQL " + release, Hint: "use PostgreSQL 15 or later"}
	}
	if encoding != "UTF8" {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.place, What: "the database has the encoding " + encoding + ", and a record needs UTF8",
			Hint: "make another one: createdb --encoding=UTF8 --template=template0 NAME"}
	}
	var have int64
	if there {
		if err := s.db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+migrate.Table).Scan(&have); err != nil {
			return err
		}
	}
	if have > newest {
		return migrate.Newer(ctx, s.db, have, newest)
	}
	if replica && !s.readOnly {
		s.readOnly, s.why = true, forbidden(s.place, nil)
	}
	if have == newest {
		return nil
	}
	if s.readOnly {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.place, What: "the tables are not there or were made by an earlier Stocktake, and cannot be brought up to date for reading only",
			Hint: "open the database once for writing"}
	}
	if !mayMake {
		return unprivileged(s.place, nil)
	}
	return up(p)
}
