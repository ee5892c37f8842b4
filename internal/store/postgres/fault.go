package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stocktake"
)

// state returns the SQLSTATE of the server's error in err's chain, and "" where there is none.
func state(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// fault makes of an error of the server or the connection what a person can act on, and adds the place to any other. The place never
// holds a password, and neither do the errors of the driver.
func fault(place string, err error) error {
	var known *stocktake.Fault
	if err == nil {
		return nil
	}
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	f := &stocktake.Fault{Where: place, Err: err}
	switch s := state(err); {
	case s == "55P03", s == "40001", s == "40P01": // lock not available, serialization failure, deadlock
		return busy(place, 0, err)
	case s == "25006": // read-only transaction
		return forbidden(place, err)
	case s == "42501", strings.HasPrefix(s, "28"): // insufficient privilege, invalid authorization
		return unprivileged(place, err)
	case s == "3D000":
		f.Kind, f.What, f.Hint = stocktake.NotFound, "there is no such database on the server", "make it first: createdb --encoding=UTF8 --template=template0 NAME"
	case s == "53100":
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no space left on the server's disk", "make room there, then try again; nothing was written"
	case s == "53300", strings.HasPrefix(s, "57P"): // too many connections; shutting down, starting up
		f.Kind, f.What, f.Hint = stocktake.Busy, "the server takes no more connections now", "try again, or let it take more connections"
	case unreachable(err):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "the server cannot be reached", "see whether it runs, and whether host and port are right"
	default:
		return fmt.Errorf("%s: %w", place, err)
	}
	return f
}

func unreachable(err error) bool {
	var e *pgconn.ConnectError
	return errors.As(err, &e)
}

func busy(place string, waited time.Duration, err error) error {
	f := &stocktake.Fault{Kind: stocktake.Busy, Where: place, What: "somebody else is writing to the database", Hint: "try again when the other import, server or command is done", Err: err}
	if waited > 0 {
		f.What = fmt.Sprintf("%s, and was not done after %s", f.What, waited.Round(time.Millisecond))
	}
	return f
}

func forbidden(place string, err error) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, Where: place, What: "the server is open for reading only", Hint: "name the primary server, not a replica of it", Err: err}
}

func unprivileged(place string, err error) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, Where: place, What: "the server does not let this role do that", Hint: "check user and password, and that the role owns the database or may create tables in it", Err: err}
}

func readOnly(place string) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, Where: place, What: "the database was opened for reading only", Hint: "open it for writing"}
}
