package store

import "time"

// DefaultWait is how long Write waits for its turn where nothing else is asked for.
const DefaultWait = 10 * time.Second

// Options say how a database is opened. The zero Options are good.
type Options struct {
	// Program is the version of the program, such as "0.3.0". It is noted when the program brings a database up to date, so that an
	// older one that meets it later can say which version to use.
	Program string
	// ReadOnly never changes the database: it makes none, brings none up to date, and Write is a Forbidden fault. (SQLite may leave its
	// -shm and an empty -wal file beside it.)
	ReadOnly bool
	// Wait is how long Write waits for its turn before it is a Busy fault; 0 means DefaultWait.
	Wait time.Duration
}

// Turn returns how long to wait for the turn to write.
func (o Options) Turn() time.Duration {
	if o.Wait <= 0 {
		return DefaultWait
	}
	return o.Wait
}
