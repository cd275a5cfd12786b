// A real workload of node-postgres. Prints "ok <what>" for each part; any failure ends it with 1.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { Client, Pool } = require('pg');
const Cursor = require('pg-cursor');
const copy = require('pg-copy-streams');

const url = new URL(process.env.REVEILLE_URL);
const ssl = { ca: fs.readFileSync(process.env.REVEILLE_CA, 'utf8') };
url.search = '';
const settings = (more) => ({ connectionString: url.toString(), ssl, ...more });

async function connected(work, more) {
  const client = new Client(settings(more));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function refused(work) {
  try {
    await work();
  } catch (e) {
    return e;
  }
  assert.fail('it was not refused');
}

const parts = {
  'prepared statements': () => connected(async (client) => {
    await client.query('drop table if exists node_items');
    await client.query('create table node_items (id int primary key, what text, at timestamptz default now())');
    for (let i = 0; i < 50; i++) {
      await client.query({ name: 'add', text: 'insert into node_items (id, what) values ($1, $2)', values: [i, 'item ' + i] });
    }
    const { rows } = await client.query({ name: 'one', text: 'select what from node_items where id = $1', values: [7] });
    assert.deepStrictEqual(rows, [{ what: 'item 7' }]);
    const json = await client.query('select $1::jsonb as j, $2::int[] as a', [{ deep: [1, null, 'ü'] }, [1, 2, 3]]);
    assert.deepStrictEqual(json.rows[0], { j: { deep: [1, null, 'ü'] }, a: [1, 2, 3] });
  }),

  transactions: () => connected(async (client) => {
    await client.query('begin');
    await client.query('update node_items set what = $1 where id = 1', ['changed']);
    await client.query('savepoint s');
    const e = await refused(() => client.query('insert into node_items (id) values (1)'));
    assert.strictEqual(e.code, '23505');
    assert.strictEqual(e.table, 'node_items');
    await client.query('rollback to s');
    await client.query('rollback');
    const { rows } = await client.query('select what from node_items where id = 1');
    assert.strictEqual(rows[0].what, 'item 1');
  }),

  'errors with their fields': () => connected(async (client) => {
    const syntax = await refused(() => client.query('selec 1'));
    assert.strictEqual(syntax.code, '42601');
    assert.strictEqual(syntax.position, '1');
    assert.strictEqual((await refused(() => client.query('select 1/0'))).code, '22012');
    assert.strictEqual((await refused(() => client.query('select * from nowhere'))).code, '42P01');
    assert.strictEqual((await client.query('select 1 as one')).rows[0].one, 1);
  }),

  'copy in and out': () => connected(async (client) => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${1000 + i}\tcopied ${i}\n`);
    await pipeline(Readable.from(lines), client.query(copy.from('copy node_items (id, what) from stdin')));
    const chunks = [];
    const out = client.query(copy.to('copy (select id, what from node_items where id >= 1000 order by id) to stdout'));
    for await (const chunk of out) chunks.push(chunk);
    assert.strictEqual(Buffer.concat(chunks).toString(), lines.join(''));
  }),

  cursor: () => connected(async (client) => {
    const cursor = client.query(new Cursor('select id from node_items order by id'));
    let seen = 0;
    for (;;) {
      const rows = await cursor.read(300);
      if (rows.length === 0) break;
      seen += rows.length;
    }
    await cursor.close();
    assert.strictEqual(seen, 5050);
  }),

  'listen and notify': () => connected(async (listener) => {
    const heard = new Promise((resolve) => listener.on('notification', resolve));
    await listener.query('listen node_channel');
    await connected((speaker) => speaker.query("select pg_notify('node_channel', 'hello')"));
    const message = await heard;
    assert.strictEqual(message.payload, 'hello');
  }),

  pool: async () => {
    const pool = new Pool(settings({ max: 4 }));
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query('select $1::int as i', [i])));
    assert.deepStrictEqual(answers.map((a) => a.rows[0].i), Array.from({ length: 40 }, (_, i) => i));
    await pool.end();
  },

  'wrong secret': async () => {
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const client = new Client({ connectionString: wrong.toString(), ssl });
    assert.strictEqual((await refused(() => client.connect())).code, '28P01');
  },

  'channel binding': () => connected(
    async (client) => assert.strictEqual((await client.query('select 1 as one')).rows[0].one, 1),
    { enableChannelBinding: true }),
};

(async () => {
  for (const [what, part] of Object.entries(parts)) {
    await part();
    console.log('ok ' + what);
  }
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
