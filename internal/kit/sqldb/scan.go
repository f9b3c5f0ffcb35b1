package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
)

// Row is one row of an answer. Scan takes one pointer per column: null becomes the zero value, and a
// *time.Time takes unix milliseconds as UTC.
type Row interface {
	Scan(dest ...any) error
}

// One scans the first row; fault.ErrNotFound when there is none.
func One[T any](ctx context.Context, rd Reader, scan func(Row) (T, error), text string, args ...any) (T, error) {
	var value T
	found := false
	err := rd.rows(ctx, text, args, func(row Row) (bool, error) {
		found = true
		var err error
		value, err = scan(row)
		return false, err
	})
	if err == nil && !found {
		err = fault.ErrNotFound
	}
	return value, err
}

// All scans every row; nil when there is none.
func All[T any](ctx context.Context, rd Reader, scan func(Row) (T, error), text string, args ...any) ([]T, error) {
	var values []T
	err := rd.rows(ctx, text, args, func(row Row) (bool, error) {
		value, err := scan(row)
		values = append(values, value)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// OneQ is One of a query.
func OneQ[T any](ctx context.Context, rd Reader, scan func(Row) (T, error), q *Query) (T, error) {
	text, args := q.SQL()
	return One(ctx, rd, scan, text, args...)
}

// AllQ is All for a built query.
func AllQ[T any](ctx context.Context, rd Reader, scan func(Row) (T, error), q *Query) ([]T, error) {
	text, args := q.SQL()
	return All(ctx, rd, scan, text, args...)
}

// Each calls fn with every row as it comes, without keeping them; fn must not use rd.
func Each(ctx context.Context, rd Reader, fn func(Row) error, text string, args ...any) error {
	return rd.rows(ctx, text, args, func(row Row) (bool, error) { return true, fn(row) })
}

// Value reads a single column of a single row; the zero value when there is no row or it is null.
func Value[T any](ctx context.Context, rd Reader, text string, args ...any) (T, error) {
	var value T
	err := rd.rows(ctx, text, args, func(row Row) (bool, error) { return false, row.Scan(&value) })
	return value, err
}

// JSON passes a value as JSON text to a statement, and reads JSON text into a pointer in Scan (null leaves it
// as it is).
func JSON(v any) interface {
	driver.Valuer
	sql.Scanner
} {
	return jsonText{v}
}

type jsonText struct{ v any }

// Value is the JSON text of the value.
func (j jsonText) Value() (driver.Value, error) {
	text, err := json.Marshal(j.v)
	return string(text), err
}

// Scan reads JSON text into the pointer.
func (j jsonText) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(src), j.v)
	case []byte:
		return json.Unmarshal(src, j.v)
	}
	return fmt.Errorf("json column holds %T", src)
}

// bind makes arguments values that both drivers take as they are. The caller's slice stays as it is.
func bind(args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case nil, int64, bool, float64, []byte:
			values[i] = v
		case string:
			values[i] = sound(v)
		case int:
			values[i] = int64(v)
		case time.Time:
			values[i] = milliseconds(v)
		case *time.Time:
			if v != nil {
				values[i] = milliseconds(*v)
			}
		case json.RawMessage:
			if v != nil {
				values[i] = sound(string(v))
			}
		default:
			value, err := driver.DefaultParameterConverter.ConvertValue(arg)
			if err != nil {
				return nil, fmt.Errorf("argument $%d: %w", i+1, err)
			}
			if t, ok := value.(time.Time); ok {
				value = milliseconds(t)
			}
			if text, ok := value.(string); ok {
				value = sound(text)
			}
			values[i] = value
		}
	}
	return values, nil
}

// sound is the text as both engines hold it: UTF-8, and no NUL, which PostgreSQL refuses.
func sound(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return strings.ToValidUTF8(text, "�") // the same string when nothing is wrong with it
}

func milliseconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// rowsUnseen is after how many rows it is seen that the caller has left, where no interrupt says so.
const rowsUnseen = 64

// drain runs a query and hands its rows to each until it has enough. No open rows are left behind: on SQLite an
// open statement would fail the commit of everybody. statement says whether the error is the database's and not
// that of each.
func drain(ctx context.Context, run runner, text string, args []any, each func(Row) (bool, error)) (statement bool, err error) {
	values, err := bind(args)
	if err != nil {
		return true, errors.Join(errNotSent, err)
	}
	rows, err := run.query(ctx, text, values)
	if err != nil {
		return true, err
	}
	defer rows.Close()
	row := &scanner{rows: rows}
	if strings.Contains(text, packed) {
		names, err := rows.Columns()
		if err != nil {
			return true, err
		}
		row.packed = len(names) == 1 // one for all: SQLite
	}
	for n := 1; rows.Next(); n++ {
		if n%rowsUnseen == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		more, err := each(row)
		if err != nil {
			return false, err
		}
		if !more {
			break
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return true, err
	}
	return false, nil
}

// scanner scans into plain pointers with our rules instead of database/sql's.
type scanner struct {
	rows   cursor
	cells  []cell
	dests  []any
	packed bool // the row is one column, see Pack
}

// Scan implements Row.
func (s *scanner) Scan(dest ...any) error {
	if lite, ok := s.rows.(*liteRows); ok {
		if s.packed {
			return unpack(lite.values[0], dest)
		}
		return lite.Scan(dest...)
	}
	if pg, ok := s.rows.(*postgresRows); ok {
		return pg.Scan(dest...)
	}
	if len(s.cells) != len(dest) {
		s.cells = make([]cell, len(dest))
		s.dests = make([]any, len(dest))
		for i := range s.cells {
			s.dests[i] = &s.cells[i]
		}
	}
	for i := range dest {
		s.cells[i].dest = dest[i]
	}
	return s.rows.Scan(s.dests...)
}

type cell struct{ dest any }

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	switch dest := c.dest.(type) {
	case *int64:
		if v, ok := src.(int64); ok {
			*dest = v
			return nil
		}
	case *string:
		if v, ok := src.(string); ok {
			*dest = v
			return nil
		}
	case *time.Time:
		switch v := src.(type) {
		case nil:
			*dest = time.Time{}
		case int64:
			*dest = time.UnixMilli(v).UTC()
		default:
			return fmt.Errorf("a time column holds %T, want unix milliseconds", src)
		}
		return nil
	case sql.Scanner:
		if b, ok := src.([]byte); ok {
			src = append([]byte(nil), b...)
		}
		return dest.Scan(src)
	case *any:
		if b, ok := src.([]byte); ok {
			src = append([]byte(nil), b...)
		}
		*dest = src
		return nil
	}
	dest := reflect.ValueOf(c.dest)
	if dest.Kind() != reflect.Pointer || dest.IsNil() {
		return fmt.Errorf("scan into %T, want a pointer", c.dest)
	}
	return assign(dest.Elem(), src)
}

func assign(dest reflect.Value, src any) error {
	if src == nil {
		dest.SetZero()
		return nil
	}
	if dest.Kind() == reflect.Pointer {
		target := reflect.New(dest.Type().Elem())
		dest.Set(target)
		return (&cell{target.Interface()}).Scan(src)
	}
	var err error
	switch {
	case dest.Kind() == reflect.String:
		dest.SetString(text(src))
	case dest.CanInt():
		err = assignInt(dest, src)
	case dest.CanUint():
		err = assignUint(dest, src)
	case dest.CanFloat():
		err = assignFloat(dest, src)
	case dest.Kind() == reflect.Bool:
		var b bool
		b, err = truth(src)
		dest.SetBool(b)
	case dest.Kind() == reflect.Slice && dest.Type().Elem().Kind() == reflect.Uint8:
		dest.SetBytes([]byte(text(src)))
	default:
		err = fmt.Errorf("cannot scan %T into %s", src, dest.Type())
	}
	return err
}

func assignInt(dest reflect.Value, src any) error {
	switch v := src.(type) {
	case int64:
		if dest.OverflowInt(v) {
			return fmt.Errorf("%d does not fit %s", v, dest.Type())
		}
		dest.SetInt(v)
		return nil
	case float64:
		if v != float64(int64(v)) {
			return fmt.Errorf("%v is not whole", v)
		}
		dest.SetInt(int64(v))
		return nil
	case bool:
		if v {
			dest.SetInt(1)
		} else {
			dest.SetInt(0)
		}
		return nil
	}
	v, err := strconv.ParseInt(text(src), 10, dest.Type().Bits())
	dest.SetInt(v)
	return err
}

func assignUint(dest reflect.Value, src any) error {
	v, err := strconv.ParseUint(text(src), 10, dest.Type().Bits())
	dest.SetUint(v)
	return err
}

func assignFloat(dest reflect.Value, src any) error {
	if v, ok := src.(float64); ok {
		dest.SetFloat(v)
		return nil
	}
	v, err := strconv.ParseFloat(text(src), dest.Type().Bits())
	dest.SetFloat(v)
	return err
}

func truth(src any) (bool, error) {
	switch v := src.(type) {
	case bool:
		return v, nil
	case int64:
		return v != 0, nil
	}
	return strconv.ParseBool(text(src))
}

func text(src any) string {
	switch v := src.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(src)
}
