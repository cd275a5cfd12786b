"""A real workload of psycopg 3 and the libpq it brings. Prints "ok <what>" for each part."""

import os
import sys
import threading
import time

import psycopg
from psycopg import errors, sql
from psycopg.rows import dict_row

URL = os.environ["REVEILLE_URL"]
PARTS = {}


def part(what):
    def register(work):
        PARTS[what] = work
        return work

    return register


def connected(**more):
    return psycopg.connect(URL, **more)


@part("prepared statements")
def prepared():
    with connected(autocommit=True, prepare_threshold=1, row_factory=dict_row) as conn:
        conn.execute("drop table if exists py_items")
        conn.execute("create table py_items (id int primary key, what text, extra jsonb)")
        for i in range(50):
            conn.execute("insert into py_items (id, what) values (%s, %s)", (i, f"item {i}"))
        row = conn.execute("select what from py_items where id = %s", (7,)).fetchone()
        assert row == {"what": "item 7"}, row
        row = conn.execute("select %b::int8 as n, %b::text as t", (2**40, "ü" * 1000)).fetchone()
        assert row == {"n": 2**40, "t": "ü" * 1000}
        with conn.cursor() as cur:
            cur.executemany("update py_items set what = %s where id = %s", [("m", i) for i in range(20)])
            assert cur.rowcount == 20


@part("transactions")
def transactions():
    with connected() as conn:
        with conn.transaction(force_rollback=True):
            conn.execute("delete from py_items")
        try:
            with conn.transaction():
                conn.execute("insert into py_items values (1000)")
                with conn.transaction():
                    conn.execute("insert into py_items values (1000)")
        except errors.UniqueViolation as e:
            assert e.diag.constraint_name == "py_items_pkey", e.diag.constraint_name
        assert conn.execute("select count(*) from py_items").fetchone() == (50,)
    with connected() as conn:
        conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        assert conn.execute("show transaction_isolation").fetchone() == ("serializable",)


@part("errors with their fields")
def failures():
    with connected(autocommit=True) as conn:
        for statement, kind in [
            ("selec 1", errors.SyntaxError),
            ("select 1/0", errors.DivisionByZero),
            ("select * from nowhere", errors.UndefinedTable),
        ]:
            try:
                conn.execute(statement)
                raise AssertionError(statement)
            except kind as e:
                assert e.diag.severity_nonlocalized == "ERROR"
        notices = []
        conn.add_notice_handler(lambda diag: notices.append(diag.message_primary))
        conn.execute("do $$ begin raise notice 'a notice'; end $$")
        assert notices == ["a notice"], notices


@part("copy in and out")
def copy():
    with connected() as conn, conn.cursor() as cur:
        with cur.copy("copy py_items (id, what) from stdin (format binary)") as copying:
            copying.set_types(["int4", "text"])
            for i in range(5000):
                copying.write_row((10_000 + i, f"copied {i}"))
        with cur.copy("copy (select id, what from py_items where id >= 10000 order by id) to stdout") as copying:
            rows = list(copying.rows())
        assert rows[4999] == ("14999", "copied 4999") and len(rows) == 5000
        conn.commit()
        try:
            with cur.copy("copy py_items (id) from stdin") as copying:
                copying.write("not a number\n")
            raise AssertionError("it took a word for a number")
        except errors.InvalidTextRepresentation:
            pass


@part("pipeline")
def pipeline():
    with connected() as conn:
        with conn.pipeline() as p:
            cursors = [conn.execute("select %s::int", (i,)) for i in range(200)]
            p.sync()
            assert [c.fetchone()[0] for c in cursors] == list(range(200))
        try:
            with conn.pipeline() as p:
                conn.execute("select 1")
                conn.execute("select 1/0")
                conn.execute("select 2")
                p.sync()
            raise AssertionError("the pipeline did not fail")
        except errors.DivisionByZero:
            pass
        conn.rollback()
        assert conn.execute("select 1").fetchone() == (1,)


@part("named cursor")
def named_cursor():
    with connected() as conn, conn.cursor(name="walk") as cur:
        cur.itersize = 300
        cur.execute("select id from py_items order by id")
        assert sum(1 for _ in cur) == 5050


@part("listen and notify")
def notify():
    with connected(autocommit=True) as listener, connected(autocommit=True) as speaker:
        listener.execute("listen py_channel")
        speaker.execute("select pg_notify('py_channel', 'hello')")
        heard = next(listener.notifies(timeout=20))
        assert heard.payload == "hello"


@part("large object")
def large_object():
    with connected() as conn:
        oid = conn.execute("select lo_from_bytea(0, %b)", (os.urandom(300_000),)).fetchone()[0]
        conn.commit()
        size = conn.execute(
            "select sum(length(lo_get(%s, n * 100000, 100000))) from generate_series(0, 2) n", (oid,)
        ).fetchone()[0]
        assert size == 300_000
        conn.execute("select lo_unlink(%s)", (oid,))


def cancelled(cancel):
    with connected(autocommit=True) as conn:
        began = time.monotonic()

        def later():
            with connected(autocommit=True) as watch:
                running = "select 1 from pg_locks where locktype = 'advisory' and objid = 77"
                while time.monotonic() < began + 20 and watch.execute(running).fetchone() is None:
                    pass
            cancel(conn)

        thread = threading.Thread(target=later)
        thread.start()
        try:
            conn.execute("with held as materialized (select pg_advisory_xact_lock(77)) select pg_sleep(60) from held")
            raise AssertionError("it slept")
        except errors.QueryCanceled:
            pass
        finally:
            thread.join()
        assert time.monotonic() - began < 15
        assert conn.execute("select 1").fetchone() == (1,)


@part("cancel in plaintext")
def cancel_old():
    cancelled(lambda conn: conn.pgconn.get_cancel().cancel())


@part("cancel as the connection is")
def cancel_new():
    cancelled(lambda conn: conn.cancel_safe(timeout=20))


@part("startup parameters")
def parameters():
    with connected(options="-c search_path=pg_catalog -c DateStyle=German", application_name="my app") as conn:
        assert conn.execute("show search_path").fetchone() == ("pg_catalog",)
        assert conn.execute("show datestyle").fetchone()[0].startswith("German")
        assert conn.execute("show application_name").fetchone() == ("my app",)
        assert conn.info.parameter_status("application_name") == "my app"
        conn.execute(sql.SQL("set time zone {}").format("Asia/Tokyo"))
        assert conn.info.parameter_status("TimeZone") == "Asia/Tokyo"


@part("protocol 3.2")
def protocol():
    with connected(max_protocol_version="latest") as conn:
        assert conn.execute("select 1").fetchone() == (1,)


if __name__ == "__main__":
    for name, work in PARTS.items():
        try:
            work()
        except BaseException:
            print(f"failed {name}", file=sys.stderr)
            raise
        print(f"ok {name}")
