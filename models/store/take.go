package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"meridian/models"
)

// This file reads rows without gorm, which builds each query and looks each
// column up anew: that was a fifth of a publish and half of an uncached answer.
// What the columns of a struct are called is gorm's word all the same.

// value reads the one value of a query, or answers ErrNotFound.
func value[T any](r *Read, query string, args ...any) (v T, err error) {
	err = r.db.Statement.ConnPool.QueryRowContext(r.db.Statement.Context, query, args...).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		err = models.ErrNotFound
	}
	return v, err
}

// take reads the row of a model that a condition selects, or answers
// ErrNotFound.
func take[T any](r *Read, where string, args ...any) (v T, err error) {
	list, err := takeAll[T](r, where+" LIMIT 1", args...)
	if err == nil && len(list) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return v, err
	}
	return list[0], nil
}

// takeAll reads all rows of a model that a condition, which may end in an
// order, selects.
func takeAll[T any](r *Read, where string, args ...any) ([]T, error) {
	t, err := tableOf[T](r.db)
	if err != nil {
		return nil, err
	}
	return collect[T](r.db, t, t.query+where, args)
}

// selected reads all rows of a query, each into a struct that has a field for
// every column or, where T is no struct, its one value. NULL is the zero value.
// A list among the arguments is what "IN ?" is about.
func selected[T any](db *gorm.DB, query string, args ...any) ([]T, error) {
	t, err := tableOf[T](db)
	if err != nil {
		return nil, err
	}
	query, args = spread(query, args)
	return collect[T](db, t, query, args)
}

func collect[T any](db *gorm.DB, t *table, query string, args []any) (list []T, err error) {
	rows, err := db.Statement.ConnPool.QueryContext(db.Statement.Context, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	fields, err := t.at(names)
	if err != nil {
		return nil, err
	}
	columns, into := make([]column, len(fields)), make([]any, len(fields))
	for i := range columns {
		into[i] = &columns[i]
	}
	for rows.Next() {
		list = append(list, *new(T))
		row := reflect.ValueOf(&list[len(list)-1]).Elem()
		for i, f := range fields {
			v := row
			if f.index != nil {
				v = row.FieldByIndex(f.index)
			}
			columns[i] = column{v.Addr().Interface(), f.json}
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
	}
	return list, rows.Err()
}

// spread writes the lists among the arguments out, each as often as it has
// values and on to the next power of two, so that lists of all lengths make a
// handful of statements: what is in one twice is in it once.
func spread(query string, args []any) (string, []any) {
	if !slices.ContainsFunc(args, func(a any) bool { _, ok := values(a); return ok }) {
		return query, args
	}
	var b strings.Builder
	var out []any
	for _, a := range args {
		before, after, _ := strings.Cut(query, "?")
		b.WriteString(before)
		query = after
		list, ok := values(a)
		switch {
		case !ok:
			b.WriteByte('?')
			out = append(out, a)
			continue
		case len(list) == 0:
			b.WriteString("(NULL)")
			continue
		}
		n := 1
		for n < len(list) {
			n *= 2
		}
		b.WriteString("(?" + strings.Repeat(",?", n-1) + ")")
		for i := range n {
			out = append(out, list[min(i, len(list)-1)])
		}
	}
	return b.String() + query, out
}

// values returns the values of an argument that is a list.
func values(arg any) ([]any, bool) {
	switch list := arg.(type) {
	case []string:
		return anys(list), true
	case []int64:
		return anys(list), true
	}
	return nil, false
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// table is how rows are read into one type.
type table struct {
	query  string // reads all columns of a model, up to the condition
	fields map[string]field
	one    bool // the type is no struct: a row is its one column
}

// field is where a column goes; no index is the whole.
type field struct {
	index []int
	json  bool
}

// tables holds a *table for each type that was read.
var tables sync.Map

func tableOf[T any](db *gorm.DB) (*table, error) {
	typ := reflect.TypeFor[T]()
	if t, ok := tables.Load(typ); ok {
		return t.(*table), nil
	}
	t := &table{one: true}
	if typ.Kind() == reflect.Struct {
		var err error
		if t, err = parseTable(db, new(T)); err != nil {
			return nil, err
		}
	}
	kept, _ := tables.LoadOrStore(typ, t)
	return kept.(*table), nil
}

func parseTable(db *gorm.DB, v any) (*table, error) {
	stmt := &gorm.Statement{DB: db}
	if err := stmt.Parse(v); err != nil {
		return nil, fmt.Errorf("columns of %T: %w", v, err)
	}
	t := &table{fields: map[string]field{}}
	var names []string
	for _, f := range stmt.Schema.Fields {
		if f.DBName == "" {
			continue
		}
		_, isJSON := f.Serializer.(schema.JSONSerializer)
		if f.Serializer != nil && !isJSON {
			return nil, fmt.Errorf("columns of %T: %s needs converting", v, f.Name)
		}
		t.fields[f.DBName] = field{f.StructField.Index, isJSON}
		names = append(names, "`"+f.DBName+"`")
	}
	t.query = "SELECT " + strings.Join(names, ",") + " FROM `" + stmt.Schema.Table + "` WHERE "
	return t, nil
}

// at returns where columns go.
func (t *table) at(names []string) ([]field, error) {
	if t.one {
		if len(names) != 1 {
			return nil, fmt.Errorf("%d columns for one value", len(names))
		}
		return make([]field, 1), nil
	}
	out := make([]field, len(names))
	for i, name := range names {
		f, ok := t.fields[name]
		if !ok {
			return nil, fmt.Errorf("nothing to read the column %s into", name)
		}
		out[i] = f
	}
	return out, nil
}

// column reads one value into what v points at. NULL leaves that as it is.
type column struct {
	v    any
	json bool
}

// Scan implements sql.Scanner.
func (c *column) Scan(src any) error {
	if src == nil {
		return nil
	}
	text, isText := src.(string)
	if !isText {
		var b []byte
		if b, isText = src.([]byte); isText {
			text = string(b)
		}
	}
	if c.json {
		if !isText {
			return fmt.Errorf("a column of JSON holds a %T", src)
		}
		return json.Unmarshal([]byte(text), c.v)
	}
	n, isInt := src.(int64)
	at, isTime := src.(time.Time)
	switch v := c.v.(type) {
	case *string:
		*v = text
		return fits(isText, src, v)
	case **string:
		*v = &text
		return fits(isText, src, v)
	case *[]byte:
		*v = []byte(text)
		return fits(isText, src, v)
	case *int:
		*v = int(n)
		return fits(isInt, src, v)
	case *int64:
		*v = n
		return fits(isInt, src, v)
	case *bool:
		*v = n != 0
		return fits(isInt, src, v)
	case *time.Time:
		*v = at
		return fits(isTime, src, v)
	case **time.Time:
		*v = &at
		return fits(isTime, src, v)
	}
	if v := reflect.ValueOf(c.v).Elem(); v.Kind() == reflect.String { // a type of ours, such as a kind
		v.SetString(text)
		return fits(isText, src, c.v)
	}
	return fmt.Errorf("columns are not read into %T", c.v)
}

func fits(ok bool, src, v any) error {
	if !ok {
		return fmt.Errorf("a column holds a %T, wanted is %T", src, v)
	}
	return nil
}
