package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	msqlite "modernc.org/sqlite"
)

// statementsKept is how many prepared statements a connection keeps.
const statementsKept = 256

// connector opens connections that keep their prepared statements. Neither
// gorm nor database/sql does so for statements inside a transaction, and all
// of ours are: they would be parsed anew each time, which cost a third of a
// publish.
type connector struct{ driver.Connector }

func newConnector(dsn string) (connector, error) {
	c, err := msqlite.NewConnector(dsn)
	return connector{c}, err
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's connection is not what it was"), conn.Close())
	}
	return &statements{sqliteConn: full, idle: map[string]driver.Stmt{}}, nil
}

// sqliteConn is what the driver's connection can do and database/sql asks for.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// statements is a connection with the statements it has prepared. database/sql
// never uses a connection from two goroutines at once.
type statements struct {
	sqliteConn
	idle map[string]driver.Stmt
}

// take returns a statement for query and keeps others from using it until it
// is given back.
func (s *statements) take(ctx context.Context, query string) (driver.Stmt, error) {
	if st, ok := s.idle[query]; ok {
		delete(s.idle, query)
		return st, nil
	}
	return s.PrepareContext(ctx, query)
}

func (s *statements) give(query string, st driver.Stmt) {
	if old, ok := s.idle[query]; ok {
		_ = old.Close()
	} else if len(s.idle) >= statementsKept {
		for q, x := range s.idle { // any: those in use come back soon enough
			_ = x.Close()
			delete(s.idle, q)
			break
		}
	}
	s.idle[query] = st
}

// ExecContext implements driver.ExecerContext.
func (s *statements) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st, err := s.take(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := st.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	s.give(query, st)
	return res, nil
}

// queriesRun counts the queries of all connections.
var queriesRun atomic.Int64

// QueriesRun returns how many queries the process has put to its databases.
// Tests compare it before and after to find answers that ask once an item.
func QueriesRun() int64 { return queriesRun.Load() }

// QueryContext implements driver.QueryerContext.
func (s *statements) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	queriesRun.Add(1)
	st, err := s.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := st.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	full, ok := rows.(sqliteRows)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's rows are not what they were"), rows.Close(), st.Close())
	}
	return &keptRows{sqliteRows: full, done: func(err error) error {
		if err != nil {
			return errors.Join(err, st.Close())
		}
		s.give(query, st)
		return nil
	}}, nil
}

// Close implements driver.Conn.
func (s *statements) Close() error {
	for q, st := range s.idle {
		_ = st.Close()
		delete(s.idle, q)
	}
	return s.sqliteConn.Close()
}

// sqliteRows is what the driver's rows can do and database/sql asks for.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows gives its statement back when it is read.
type keptRows struct {
	sqliteRows
	done func(error) error // told the error of closing the rows; nil once called
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	err := r.sqliteRows.Close()
	if r.done != nil {
		err = r.done(err)
		r.done = nil
	}
	return err
}
