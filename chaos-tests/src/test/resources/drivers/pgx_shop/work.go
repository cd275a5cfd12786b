package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type product struct {
	ID    int
	Price string
}

type profile struct {
	N      int      `json:"n"`
	Likes  []string `json:"likes"`
	Visits int      `json:"visits"`
}

// order places one customer's order: rows locked in one order, a savepoint that fails, then a batch.
func order(ctx context.Context, pool *pgxpool.Pool, n int) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		chosen := []string{fmt.Sprintf("sku-%d", n%products), fmt.Sprintf("sku-%d", (n*5+1)%products)}
		rows, _ := tx.Query(ctx, "select id, price::text from products where sku = any ($1) order by id for update", chosen)
		locked, err := pgx.CollectRows(rows, pgx.RowToStructByPos[product])
		if err != nil {
			return err
		}
		refused(pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
			_, err := inner.Exec(ctx, "update products set stock = -1 where id = $1", locked[0].ID)
			return err
		}), "23514")
		var id int64
		err = tx.QueryRow(ctx, "insert into orders (customer_id) values ($1) returning id", 1+n%5).Scan(&id)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		for line, product := range locked {
			batch.Queue("insert into order_items values ($1, $2, $3, $4, $5::text::numeric)", id, line, product.ID, 1+line, product.Price)
			batch.Queue("update products set stock = stock - $2 where id = $1", product.ID, 1+line)
		}
		batch.Queue("update orders set status = 'paid' where id = $1", id)
		return tx.SendBatch(ctx, batch).Close()
	})
}

// together runs the work on as many goroutines as the pool has connections for.
func together(times int, work func(int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < times; n = int(next.Add(1)) - 1 {
				work(n)
			}
		})
	}
	all.Wait()
}

func visit(ctx context.Context, pool *pgxpool.Pool) {
	for {
		err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.Serializable}, func(tx pgx.Tx) error {
			var known profile
			if err := tx.QueryRow(ctx, "select profile from customers where id = 1").Scan(&known); err != nil {
				return err
			}
			known.Visits++
			_, err := tx.Exec(ctx, "update customers set profile = $1 where id = 1", known)
			return err
		})
		if err == nil {
			return
		}
		refused(err, "40001")
	}
}

var working = []part{
	{"upserts", func(ctx context.Context, pool *pgxpool.Pool) {
		for _, name := range []string{"first", "Zoë"} {
			for n := range 5 {
				got(pool.Exec(ctx, `insert into customers (email, name, profile, tags) values ($1, $2, $3, $4)
					on conflict (email) do update set name = excluded.name`,
					fmt.Sprintf("c%d@example.org", n), name, profile{N: n, Likes: []string{"tea"}}, []string{"a", fmt.Sprintf(`b"%d`, n)}))
			}
		}
		expect(asks[int](ctx, pool, `select count(*) from customers where name = 'Zoë' and tags[2] like 'b"%'`), 5)
		batch := &pgx.Batch{}
		for n := range products {
			batch.Queue("insert into products (sku, name, price, stock) values ($1, $2, $3::float8::numeric, $4)",
				fmt.Sprintf("sku-%d", n), fmt.Sprintf("Product %d", n), float64(n+1)*1.25, stock)
		}
		must(pool.SendBatch(ctx, batch).Close())
		// Orders refer to these; what an upsert does not insert still takes a number, but a later one.
		expect(asks[int](ctx, pool, "select count(*) from customers where id between 1 and 5"), 5)
	}},
	{"concurrent transactions with savepoints", func(ctx context.Context, pool *pgxpool.Pool) {
		together(orders, func(n int) { must(order(ctx, pool, n)) })
		expect(asks[int](ctx, pool, "select (select sum(stock) from products) + (select sum(quantity) from order_items)"), products*stock)
		expect(asks[int](ctx, pool, "select count(*) from audit_log"), orders)
	}},
	{"serializable with retries", func(ctx context.Context, pool *pgxpool.Pool) {
		together(12, func(int) { visit(ctx, pool) })
		expect(asks[profile](ctx, pool, "select profile from customers where id = 1").Visits, 12)
	}},
	{"every way to execute", func(ctx context.Context, pool *pgxpool.Pool) {
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
			pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
			for range 3 {
				expect(asks[string](ctx, pool, "select name from customers where email = $1", mode, "c3@example.org"), "Zoë")
			}
		}
	}},
	{"copy in", func(ctx context.Context, pool *pgxpool.Pool) {
		rows := pgx.CopyFromSlice(copied, func(n int) ([]any, error) {
			return []any{fmt.Sprintf("copied-%d", n), fmt.Sprintf("Copied %d", n), "2.50", 0}, nil
		})
		expect(got(pool.CopyFrom(ctx, pgx.Identifier{"products"}, []string{"sku", "name", "price", "stock"}, rows)), copied)
	}},
	{"listen and notify", func(ctx context.Context, pool *pgxpool.Pool) {
		listener := got(pool.Acquire(ctx))
		defer listener.Release()
		got(listener.Exec(ctx, "listen order_status"))
		got(pool.Exec(ctx, "update orders set status = 'shipped' where id = 1"))
		expect(got(listener.Conn().WaitForNotification(ctx)).Payload, "1 shipped")
		got(listener.Exec(ctx, "unlisten *"))
	}},
	{"routines of its own", func(ctx context.Context, pool *pgxpool.Pool) {
		expect(asks[bool](ctx, pool, "select order_total(2) > 0"), true)
		got(pool.Exec(ctx, "call ship($1)", 2))
	}},
	{"cancel by deadline", func(ctx context.Context, pool *pgxpool.Pool) {
		short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
		defer stop()
		_, err := pool.Exec(short, "select pg_sleep(60)")
		if !errors.Is(err, context.DeadlineExceeded) {
			panic(err)
		}
		expect(asks[int](ctx, pool, "select count(*) from orders"), orders)
	}},
	{"rw changes no schema", func(ctx context.Context, pool *pgxpool.Pool) {
		for _, statement := range strings.Split(`alter table products add more text; drop table order_items; truncate order_items; create table mine (id int); create schema mine; drop function order_total; create or replace procedure ship(of_order bigint) language sql as 'delete from orders'`, "; ") {
			_, err := pool.Exec(ctx, statement)
			refused(err, "42501")
		}
		_, err := migrator(pool).Down(ctx)
		refused(err, "42501")
		expect(asks[int](ctx, pool, "select count(*) from order_items"), 2*orders)
	}},
}
