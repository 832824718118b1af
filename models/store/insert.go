package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// insert writes one row for the model v points at and returns the number
// SQLite gave it. It is gorm's Create for rows that are written all the time,
// without hooks, associations and defaults, none of which our models have:
// building the same statement anew each time cost a tenth of a publish.
func (tx *Tx) insert(v any) (int64, error) {
	typ := reflect.TypeOf(v).Elem()
	p, ok := plans.Load(typ)
	if !ok {
		made, err := planOf(tx.db, v)
		if err != nil {
			return 0, err
		}
		p, _ = plans.LoadOrStore(typ, made)
	}
	ctx := tx.db.Statement.Context
	plan, row := p.(*insertPlan), reflect.ValueOf(v).Elem()
	args := make([]any, len(plan.fields))
	for i, f := range plan.fields {
		args[i], _ = f.ValueOf(ctx, row)
	}
	res, err := plan.exec(ctx, tx.db, args)
	if err != nil {
		return 0, tx.db.Dialector.(gorm.ErrorTranslator).Translate(err)
	}
	return res, nil
}

// exec runs a statement as it stands and returns how many rows it met. It is
// for the statements of every publish; gorm would build them anew each time.
func (tx *Tx) exec(sql string, args ...any) (int64, error) {
	res, err := tx.db.Statement.ConnPool.ExecContext(tx.db.Statement.Context, sql, args...)
	if err != nil {
		return 0, tx.db.Dialector.(gorm.ErrorTranslator).Translate(err)
	}
	return res.RowsAffected()
}

// update is exec for a statement that must meet a row; otherwise the error is
// none.
func (tx *Tx) update(none error, sql string, args ...any) error {
	n, err := tx.exec(sql, args...)
	if err == nil && n == 0 {
		return none
	}
	return err
}

// plans holds an *insertPlan for each type that was inserted.
var plans sync.Map

// insertPlan is the statement that inserts rows of one model.
type insertPlan struct {
	sql    string
	fields []*schema.Field
}

func planOf(db *gorm.DB, v any) (*insertPlan, error) {
	stmt := &gorm.Statement{DB: db}
	if err := stmt.Parse(v); err != nil {
		return nil, fmt.Errorf("plan insert: %w", err)
	}
	p := &insertPlan{}
	var names []string
	for _, f := range stmt.Schema.Fields {
		if f.DBName == "" || f.AutoIncrement {
			continue // kept elsewhere, or given by the database
		}
		p.fields = append(p.fields, f)
		names = append(names, "`"+f.DBName+"`")
	}
	p.sql = "INSERT INTO `" + stmt.Schema.Table + "` (" + strings.Join(names, ",") + ") VALUES (" +
		strings.TrimSuffix(strings.Repeat("?,", len(names)), ",") + ")"
	return p, nil
}

func (p *insertPlan) exec(ctx context.Context, db *gorm.DB, args []any) (int64, error) {
	res, err := db.Statement.ConnPool.ExecContext(ctx, p.sql, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}
