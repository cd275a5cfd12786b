package main

import (
	"context"
	"embed"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var files embed.FS

// migrator is goose with its advisory lock, so that two deployments cannot migrate at once.
func migrator(pool *pgxpool.Pool) *goose.Provider {
	locker := got(lock.NewPostgresSessionLocker())
	return got(goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool),
		got(fs.Sub(files, "migrations")), goose.WithSessionLocker(locker)))
}

var migrating = []part{
	{"migrations from nothing", func(ctx context.Context, pool *pgxpool.Pool) {
		expect(len(got(migrator(pool).UpTo(ctx, 3))), 3)
	}},
	{"down and up again", func(ctx context.Context, pool *pgxpool.Pool) {
		migrations := migrator(pool)
		got(migrations.Down(ctx))
		expect(len(got(migrations.UpTo(ctx, 3))), 1)
	}},
}

var evolving = []part{
	{"migrations over rows", func(ctx context.Context, pool *pgxpool.Pool) {
		expect(len(got(migrator(pool).Up(ctx))), 2)
		expect(asks[int](ctx, pool, "select sum(points) from customers"), orders-2)
		expect(asks[bool](ctx, pool, "select indisvalid from pg_index where indexrelid = 'orders_ordered'::regclass"), true)
	}},
}
