// A shop on pgx and goose. "shop migrate|work|evolve|report", DATABASE_URL in the environment;
// prints "ok <what>" for each part.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	products = 12
	stock    = 100_000
	orders   = 120
	atOnce   = 8
	copied   = 3000
)

// A part of a stage; it panics when something is not as it should be.
type part struct {
	what string
	work func(context.Context, *pgxpool.Pool)
}

var stages = map[string][]part{"migrate": migrating, "work": working, "evolve": evolving, "report": reporting}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func got[T any](value T, err error) T {
	must(err)
	return value
}

func expect[T comparable](actual, wanted T) {
	if actual != wanted {
		panic(fmt.Sprintf("expected %v, got %v", wanted, actual))
	}
}

// asks gives the one value of the one row that a query answers.
func asks[T any](ctx context.Context, pool *pgxpool.Pool, sql string, arguments ...any) T {
	return got(pgx.CollectExactlyOneRow(got(pool.Query(ctx, sql, arguments...)), pgx.RowTo[T]))
}

// refused panics unless the error has this SQLSTATE.
func refused(err error, state string) {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) || failure.Code != state {
		panic(fmt.Sprintf("expected SQLSTATE %s, got %v", state, err))
	}
}

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 90*time.Second)
	defer stop()
	config := got(pgxpool.ParseConfig(os.Getenv("DATABASE_URL")))
	config.MaxConns = atOnce + 1
	pool := got(pgxpool.NewWithConfig(ctx, config))
	defer pool.Close()
	for _, part := range stages[os.Args[1]] {
		part.work(ctx, pool)
		fmt.Println("ok " + part.what)
	}
}
