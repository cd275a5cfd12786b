// A shop on Knex and node-postgres. "node shop.cjs migrate|work|evolve|report", DATABASE_URL in the
// environment; prints "ok <what>" for each part.
const assert = require('node:assert');
const { once } = require('node:events');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const knexOf = require('knex');
const copy = require('pg-copy-streams');

const PRODUCTS = 12;
const STOCK = 100_000;
const ORDERS = 120;
const AT_ONCE = 8;

const migrations = (...directories) => ({
  directory: directories.map((name) => path.join(__dirname, name)),
  loadExtensions: ['.cjs'],
});
const knex = knexOf({
  client: 'pg',
  connection: process.env.DATABASE_URL,
  pool: { min: 0, max: AT_ONCE },
  migrations: migrations('migrations'),
});

async function refused(work, code = '42501') {
  await assert.rejects(work, (error) => {
    assert.strictEqual(error.code, code, error.message);
    return true;
  });
}

/** One customer's order: rows locked in one order, a savepoint that fails, then a batch. */
async function place(number) {
  return knex.transaction(async (trx) => {
    const chosen = [number % PRODUCTS, (number * 5 + 1) % PRODUCTS].map((n) => `sku-${n}`);
    const products = await trx('products').whereIn('sku', chosen).orderBy('id').forUpdate();
    const [{ id }] = await trx('orders').insert({ customer_id: 1 + (number % 5) }).returning('id');
    await refused(() => trx.transaction((inner) => inner('products').where('id', products[0].id)
      .update({ stock: -1 })), '23514');
    await trx('order_items').insert(products.map((product, line) => (
      { order_id: id, line, product_id: product.id, quantity: 1 + line, unit_price: product.price })));
    for (const [line, product] of products.entries()) {
      await trx('products').where('id', product.id).decrement('stock', 1 + line);
    }
    await trx('orders').where({ id }).update({ status: 'paid' });
    return id;
  });
}

const stages = {
  migrate: {
    'migrations from nothing': async () => {
      const [batch, done] = await knex.migrate.latest();
      assert.strictEqual(batch, 1);
      assert.strictEqual(done.length, 4);
    },
    'down and up again': async () => {
      await knex.migrate.down();
      assert.strictEqual((await knex.migrate.latest())[1].length, 1);
    },
  },

  work: {
    'upserts': async () => {
      const customers = Array.from({ length: 5 }, (_, n) => (
        { email: `c${n}@example.org`, name: `Zoë ${n}`, profile: { n, likes: ['tea'] }, tags: ['a', `b"${n}`] }));
      await knex('customers').insert(customers);
      await knex('customers').insert(customers.map((c) => ({ ...c, name: `${c.name}!` })))
        .onConflict('email').merge(['name']);
      const rows = await knex('customers').select('id', 'name', 'profile', 'tags').orderBy('id');
      assert.deepStrictEqual(rows[4], { id: 5, name: 'Zoë 4!', profile: { n: 4, likes: ['tea'] }, tags: ['a', 'b"4'] });
      await knex('products').insert(Array.from({ length: PRODUCTS }, (_, n) => (
        { sku: `sku-${n}`, name: `Product ${n}`, price: (n + 1) * 1.25, stock: STOCK })));
    },
    'concurrent transactions with savepoints': async () => {
      let next = 0;
      const worker = async () => {
        while (next < ORDERS) await place(next++);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      const { rows: [sums] } = await knex.raw(`select (select sum(stock) from products) as stock,
        (select sum(quantity) from order_items) as sold, (select count(*) from audit_log) as audited`);
      assert.strictEqual(Number(sums.stock) + Number(sums.sold), PRODUCTS * STOCK);
      assert.strictEqual(Number(sums.audited), ORDERS);
    },
    'serializable with retries': async () => {
      const earn = async () => {
        for (;;) {
          try {
            return await knex.transaction(async (trx) => {
              const { profile } = await trx('customers').first('profile').where('id', 1);
              await trx('customers').where('id', 1).update({ profile: { ...profile, visits: (profile.visits ?? 0) + 1 } });
            }, { isolationLevel: 'serializable' });
          } catch (error) {
            assert.strictEqual(error.code, '40001', error.message);
          }
        }
      };
      await Promise.all(Array.from({ length: 12 }, earn));
      const { profile } = await knex('customers').first('profile').where('id', 1);
      assert.strictEqual(profile.visits, 12);
    },
    'large batches': async () => {
      const rows = Array.from({ length: 2000 }, (_, n) => (
        { sku: `bulk-${n}`, name: `Bulk ${n}`, price: 1, stock: 0 }));
      const ids = await knex.batchInsert('products', rows, 300).returning('id');
      assert.strictEqual(ids.length, 2000);
      assert.strictEqual(await knex('products').where('sku', 'like', 'bulk-%').del(), 2000);
    },
    'copy in': async () => {
      const client = await knex.client.acquireConnection();
      const lines = Array.from({ length: 3000 }, (_, n) => `copied-${n}\tCopied ${n}\t2.50\t0\n`);
      await pipeline(Readable.from(lines), client.query(copy.from('copy products (sku, name, price, stock) from stdin')));
      await knex.client.releaseConnection(client);
      const [{ count }] = await knex('products').where('sku', 'like', 'copied-%').count();
      assert.strictEqual(Number(count), 3000);
    },
    'listen and notify': async () => {
      const listener = await knex.client.acquireConnection();
      await listener.query('listen order_status');
      const heard = once(listener, 'notification');
      await knex('orders').where('id', 1).update({ status: 'shipped' });
      assert.strictEqual((await heard)[0].payload, '1 shipped');
      await listener.query('unlisten *');
      await knex.client.releaseConnection(listener);
    },
    'a function of its own': async () => {
      const { rows } = await knex.raw('select order_total(1) as total');
      assert.ok(Number(rows[0].total) > 0);
    },
    'rw changes no schema': async () => {
      await refused(() => knex.schema.alterTable('products', (table) => table.text('more')));
      await refused(() => knex.schema.createTable('mine', (table) => table.text('more')));
      await refused(() => knex.schema.dropTable('order_items'));
      await refused(() => knex('order_items').truncate());
      await refused(() => knex.raw('create or replace function touch() returns trigger language plpgsql as $$ begin end $$'));
      await refused(() => knex.migrate.rollback({ ...migrations('migrations') }));
      const [{ count }] = await knex('order_items').count();
      assert.strictEqual(Number(count), 2 * ORDERS);
    },
  },

  evolve: {
    'migrations over rows': async () => {
      const [batch, done] = await knex.migrate.latest(migrations('migrations', 'later'));
      assert.strictEqual(batch, 3);
      assert.strictEqual(done.length, 2);
      const [{ sum }] = await knex('customers').sum('points');
      assert.strictEqual(Number(sum), ORDERS - 1);
    },
  },

  report: {
    'window functions': async () => {
      const rows = await knex('order_totals').select('id', 'customer_id', 'total')
        .rank('rank', (over) => over.partitionBy('customer_id').orderBy('total', 'desc'))
        .sum({ running: 'total' }).groupBy('id', 'customer_id', 'total', 'status')
        .orderBy('id');
      assert.strictEqual(rows.length, ORDERS);
      const { rows: running } = await knex.raw(`select customer_id, sum(total) over (partition by customer_id order by id)
        as so_far, lag(total) over (order by id) as before from order_totals order by id`);
      assert.strictEqual(running.length, ORDERS);
    },
    'aggregates': async () => {
      const { rows } = await knex.raw(`select status, customer_id, count(*) as n, sum(total) as total
        from order_totals group by rollup (status, customer_id) order by status nulls last, customer_id nulls last`);
      assert.strictEqual(Number(rows.at(-1).n), ORDERS);
      const sold = await knex('product_sales').sum('sold').first();
      assert.strictEqual(Number(sold.sum), 3 * ORDERS);
      const likes = await knex('customers').whereRaw("profile @> '{\"likes\": [\"tea\"]}'").whereJsonPath('profile', '$.n', '>', 2);
      assert.strictEqual(likes.length, 2);
    },
    'a streamed cursor': async () => {
      let seen = 0;
      for await (const row of knex('products').select('sku').orderBy('id').stream({ batchSize: 250 })) {
        assert.ok(row.sku);
        seen += 1;
      }
      assert.strictEqual(seen, PRODUCTS + 3000);
    },
    'copy out': async () => {
      const client = await knex.client.acquireConnection();
      let lines = 0;
      for await (const chunk of client.query(copy.to('copy (select id, total from order_totals) to stdout csv'))) {
        lines += chunk.toString().split('\n').length - 1;
      }
      await knex.client.releaseConnection(client);
      assert.strictEqual(lines, ORDERS);
    },
    'a snapshot that only reads': () => knex.transaction(async (trx) => {
      const [{ count }] = await trx('orders').count();
      assert.strictEqual(Number(count), ORDERS);
      await refused(() => trx('orders').del(), '25006');
    }, { isolationLevel: 'repeatable read', readOnly: true }).catch((error) => assert.strictEqual(error.code, '25P02')),
    'ro writes nothing': async () => {
      await refused(() => knex('products').insert({ sku: 'x', name: 'x', price: 1 }));
      await refused(() => knex('products').where('id', 1).update({ stock: 1 }));
      await refused(() => knex('order_items').del());
      await refused(() => knex.schema.dropView('order_totals'));
      await refused(() => knex.raw("select nextval('orders_id_seq')"));
      await refused(() => knex.raw('create temporary table mine (id int)'));
      await refused(() => knex.transaction(async (trx) => {
        await trx.raw('set transaction read write');
        await trx('orders').del();
      }));
      const [{ count }] = await knex('order_items').count();
      assert.strictEqual(Number(count), 2 * ORDERS);
    },
  },
};

(async () => {
  for (const [what, part] of Object.entries(stages[process.argv[2]])) {
    await part();
    console.log('ok ' + what);
  }
  await knex.destroy();
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
