package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"meridian/models"
)

// value reads the one value of a query, or answers ErrNotFound.
func value[T any](r *Read, query string, args ...any) (v T, err error) {
	err = r.db.Statement.ConnPool.QueryRowContext(r.db.Statement.Context, query, args...).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		err = models.ErrNotFound
	}
	return v, err
}

// take reads the row of a model that a condition selects, or answers
// ErrNotFound. It is gorm's Take for the models that every act reads: gorm
// builds the same query anew each time, and that cost a fifth of a publish.
func take[T any](r *Read, where string, args ...any) (v T, err error) {
	plan, err := planFor[T](r.db)
	if err != nil {
		return v, err
	}
	err = r.db.Statement.ConnPool.QueryRowContext(r.db.Statement.Context, plan.sql+where, args...).Scan(plan.into(&v)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = models.ErrNotFound
	}
	return v, err
}

// takeAll reads all rows of a model that a condition, which may end in an
// order, selects.
func takeAll[T any](r *Read, where string, args ...any) (list []T, err error) {
	plan, err := planFor[T](r.db)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Statement.ConnPool.QueryContext(r.db.Statement.Context, plan.sql+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(plan.into(&v)...); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// queries holds a *queryPlan for each type that was read.
var queries sync.Map

// queryPlan is the statement that reads rows of one model, up to its condition.
type queryPlan struct {
	sql    string
	fields []queryField
}

type queryField struct {
	index []int
	json  bool
}

// jsonColumn reads a column of JSON into what v points at; NULL leaves that as
// it is.
type jsonColumn struct{ v any }

// Scan implements sql.Scanner.
func (c jsonColumn) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(src), c.v)
	case []byte:
		return json.Unmarshal(src, c.v)
	}
	return fmt.Errorf("a column of JSON holds a %T", src)
}

func planFor[T any](db *gorm.DB) (*queryPlan, error) {
	typ := reflect.TypeFor[T]()
	if p, ok := queries.Load(typ); ok {
		return p.(*queryPlan), nil
	}
	made, err := queryOf(db, new(T))
	if err != nil {
		return nil, err
	}
	p, _ := queries.LoadOrStore(typ, made)
	return p.(*queryPlan), nil
}

// into returns where the columns of a row go in what v points at.
func (p *queryPlan) into(v any) []any {
	row := reflect.ValueOf(v).Elem()
	into := make([]any, len(p.fields))
	for i, f := range p.fields {
		into[i] = row.FieldByIndex(f.index).Addr().Interface()
		if f.json {
			into[i] = jsonColumn{into[i]}
		}
	}
	return into
}

func queryOf(db *gorm.DB, v any) (*queryPlan, error) {
	stmt := &gorm.Statement{DB: db}
	if err := stmt.Parse(v); err != nil {
		return nil, fmt.Errorf("plan query: %w", err)
	}
	p := &queryPlan{}
	var names []string
	for _, f := range stmt.Schema.Fields {
		if f.DBName == "" {
			continue
		}
		_, isJSON := f.Serializer.(schema.JSONSerializer)
		if f.Serializer != nil && !isJSON {
			return nil, fmt.Errorf("plan query: %s.%s needs converting", stmt.Schema.Name, f.Name)
		}
		p.fields = append(p.fields, queryField{f.StructField.Index, isJSON})
		names = append(names, "`"+f.DBName+"`")
	}
	p.sql = "SELECT " + strings.Join(names, ",") + " FROM `" + stmt.Schema.Table + "` WHERE "
	return p, nil
}
