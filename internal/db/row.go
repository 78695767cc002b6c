package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// Row and Do are the short way to the database, for the few statements that run with every request or every vote: to build one
// through GORM takes several times as long as SQLite takes to answer it (performance.md §1). They take ? for values on every
// dialect. Unlike GORM they leave the driver's errors as they are: a conflict of keys is to be met in the statement.

// Row reads what one statement finds into the variables, by place, and says whether it found anything; of several rows it
// reads the first. One statement is a consistent snapshot by itself, so no transaction is around it. It returns
// fault.Unavailable where Read would.
func (d *DB) Row(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	if ctx.Value(inTx{}) != nil {
		return false, errors.New("db: transaction within a transaction")
	}
	c, err := d.reader.Conn(ctx)
	if err != nil {
		return false, translate(err)
	}
	defer func() { err = translate(errors.Join(err, c.Close())) }()
	return d.short.row(ctx, c, query, args, into)
}

// Row is DB.Row within the transaction.
func (tx *Tx) Row(query string, args []any, into ...any) (found bool, err error) {
	return tx.short.row(tx.Statement.Context, tx.Statement.ConnPool, query, args, into)
}

// Do runs a statement that writes and returns how many rows it hit.
func (tx *Tx) Do(query string, args ...any) (hit int64, err error) {
	return tx.short.do(tx.Statement.Context, tx.Statement.ConnPool, query, args)
}

// short is what the short way needs to know.
type short struct {
	dialect string
	told    func(statement string) // of each statement; nil: nobody is
	bound   sync.Map               // the statements as PostgreSQL takes them, by the statement
}

type runner interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func (s *short) row(ctx context.Context, on runner, query string, args, into []any) (found bool, err error) {
	ctx, query = s.ready(ctx, query)
	rows, err := on.QueryContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return false, rows.Err()
	}
	return true, rows.Scan(into...)
}

func (s *short) do(ctx context.Context, on runner, query string, args []any) (hit int64, err error) {
	ctx, query = s.ready(ctx, query)
	res, err := on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ready returns what the statement runs with. SQLite answers one row from memory or a file beside it: there is nothing to break
// off, and watching for that would cost two goroutines a statement.
func (s *short) ready(ctx context.Context, query string) (context.Context, string) {
	if s.told != nil {
		s.told(query)
	}
	if s.dialect != Postgres {
		return context.Background(), query
	}
	if b, ok := s.bound.Load(query); ok {
		return ctx, b.(string)
	}
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	s.bound.Store(query, b.String())
	return ctx, b.String()
}
