package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type spending struct {
	Customer int64
	Rank     int
	SoFar    float64
}

var reporting = []part{
	{"window functions", func(ctx context.Context, pool *pgxpool.Pool) {
		rows := got(pgx.CollectRows(got(pool.Query(ctx, `
			select customer_id, rank() over (partition by customer_id order by total desc)::int,
				sum(total) over (partition by customer_id order by id)::float8
			from order_totals`)), pgx.RowToStructByPos[spending]))
		expect(len(rows), orders)
	}},
	{"aggregates", func(ctx context.Context, pool *pgxpool.Pool) {
		expect(asks[int](ctx, pool, `select max(n) from (select count(*) as n, sum(total)
			from order_totals group by rollup (status, customer_id)) sums`), orders)
		expect(asks[int](ctx, pool, "select sum(sold) from product_sales"), 3*orders)
		expect(asks[int](ctx, pool, "select count(*) from customers where profile @> $1 and profile @@ '$.n > 2'",
			map[string]any{"likes": []string{"tea"}}), 2)
	}},
	{"a streamed cursor", func(ctx context.Context, pool *pgxpool.Pool) {
		seen := 0
		must(pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			got(tx.Exec(ctx, "declare walk no scroll cursor for select sku from products order by id"))
			for {
				skus, err := pgx.CollectRows(got(tx.Query(ctx, "fetch 250 from walk")), pgx.RowTo[string])
				seen += len(skus)
				if err != nil || len(skus) == 0 {
					return err
				}
			}
		}))
		expect(seen, products+copied)
	}},
	{"copy out", func(ctx context.Context, pool *pgxpool.Pool) {
		var out bytes.Buffer
		must(pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
			_, err := conn.Conn().PgConn().CopyTo(ctx, &out, "copy (select id, total from order_totals) to stdout")
			return err
		}))
		expect(strings.Count(out.String(), "\n"), orders)
	}},
	{"a snapshot that only reads", func(ctx context.Context, pool *pgxpool.Pool) {
		reading := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		refused(pgx.BeginTxFunc(ctx, pool, reading, func(tx pgx.Tx) error {
			var n int
			must(tx.QueryRow(ctx, "select count(*) from orders").Scan(&n))
			expect(n, orders)
			_, err := tx.Exec(ctx, "delete from order_items")
			return err
		}), "25006")
	}},
	{"ro writes nothing", func(ctx context.Context, pool *pgxpool.Pool) {
		for _, statement := range strings.Split(`insert into products (sku, name, price) values ('x', 'x', 1); update products set stock = 1; delete from order_items; drop view order_totals; call ship(3); select nextval('orders_id_seq'); create temporary table mine (id int)`, "; ") {
			_, err := pool.Exec(ctx, statement)
			refused(err, "42501")
		}
		writing := pgx.TxOptions{AccessMode: pgx.ReadWrite}
		refused(pgx.BeginTxFunc(ctx, pool, writing, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "delete from order_items")
			return err
		}), "42501")
		_, err := pool.CopyFrom(ctx, pgx.Identifier{"products"}, []string{"sku", "name", "price"},
			pgx.CopyFromRows([][]any{{"x", "x", "1"}}))
		refused(err, "42501")
		expect(asks[int](ctx, pool, "select count(*) from order_items"), 2*orders)
	}},
}
