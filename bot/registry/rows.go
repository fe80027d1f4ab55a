// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how rows are written and asked for in bulk, in SQL that every
// store understands.

package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
)

// rowsAtOnce is how many rows one statement writes or asks for.
const rowsAtOnce = 200

// marks returns n placeholders: "?, ?, ?".
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// oneOf returns a condition that a column has one of some values, and its
// arguments. No values at all stand for any.
func oneOf[T any](column string, values []T) (condition string, args []any) {
	if len(values) == 0 {
		return "1 = 1", nil
	}
	for _, v := range values {
		args = append(args, v)
	}
	return column + " IN (" + marks(len(values)) + ")", args
}

// insertRows runs an INSERT without its VALUES for rows of one length.
func insertRows(ctx context.Context, tx *sql.Tx, insert string, rows [][]any) error {
	for some := range slices.Chunk(rows, rowsAtOnce) {
		var args []any
		for _, row := range some {
			args = append(args, row...)
		}
		values := strings.TrimSuffix(strings.Repeat("("+marks(len(some[0]))+"), ", len(some)), ", ")
		if _, err := tx.ExecContext(ctx, insert+" VALUES "+values, args...); err != nil {
			return err
		}
	}
	return nil
}

// execEach runs a statement that ends in a condition on a column, for all values
// of that column.
func execEach[T any](ctx context.Context, tx *sql.Tx, text, column string, values []T, args ...any) error {
	for some := range slices.Chunk(values, rowsAtOnce) {
		in, more := oneOf(column, some)
		if _, err := tx.ExecContext(ctx, text+" AND "+in, slices.Concat(args, more)...); err != nil {
			return err
		}
	}
	return nil
}

// listText writes a list for the store, "" if it is empty.
func listText(list []string) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}
