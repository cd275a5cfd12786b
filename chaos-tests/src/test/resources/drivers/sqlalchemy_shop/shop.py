"""A shop on SQLAlchemy, Alembic and psycopg 3. "shop.py migrate|work|evolve|report", DATABASE_URL in
the environment; prints "ok <what>" for each part."""

import concurrent.futures
import os
import pathlib
import sys

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from models import Customer, Order, OrderItem, Product, Status
from sqlalchemy import exc, orm
from sqlalchemy.dialects.postgresql import insert

PRODUCTS, STOCK, ORDERS, AT_ONCE = 12, 100_000, 120, 8
COPIED = 3000
URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)

engine = sa.create_engine(URL, pool_size=AT_ONCE, max_overflow=0, pool_pre_ping=True)
Session = orm.sessionmaker(engine)
STAGES = {"migrate": {}, "work": {}, "evolve": {}, "report": {}}


def part(stage, what):
    def register(work):
        STAGES[stage][what] = work
        return work

    return register


def alembic():
    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parent / "migrations"))
    return config


def refused(work, state="42501"):
    try:
        work()
    except exc.DBAPIError as e:
        assert e.orig.sqlstate == state, e
    else:
        raise AssertionError("it was allowed")


def executed(statement):
    def work():
        with engine.begin() as connection:
            connection.execute(sa.text(statement) if isinstance(statement, str) else statement)

    return work


def count(session, what):
    return session.scalar(sa.select(sa.func.count()).select_from(what))


@part("migrate", "migrations from nothing")
def migrations():
    command.upgrade(alembic(), "003")


@part("migrate", "down and up again")
def down_and_up():
    command.downgrade(alembic(), "-1")
    command.upgrade(alembic(), "+1")


@part("work", "upserts")
def upserts():
    rows = [
        dict(email=f"c{n}@example.org", name=f"Zoë {n}", profile={"n": n, "likes": ["tea"]}, tags=["a", f'b"{n}'])
        for n in range(5)
    ]
    for name in ("first", "Zoë"):
        with Session.begin() as session:
            upsert = insert(Customer).values([{**row, "name": name} for row in rows])
            upsert = upsert.on_conflict_do_update(index_elements=["email"], set_={"name": upsert.excluded.name})
            assert len(session.scalars(upsert.returning(Customer.id)).all()) == 5
    with Session() as session:
        last = session.scalars(sa.select(Customer).order_by(Customer.id.desc())).first()
        assert (last.name, last.profile, last.tags) == ("Zoë", {"n": 4, "likes": ["tea"]}, ["a", 'b"4'])
    with Session.begin() as session:
        session.add_all(Product(sku=f"sku-{n}", name=f"Product {n}", price=(n + 1) * 1.25, stock=STOCK) for n in range(PRODUCTS))


def place(n):
    """One customer's order: rows locked in one order, a savepoint that fails, then a batch."""
    with Session.begin() as session:
        customers = session.scalars(sa.select(Customer).order_by(Customer.id)).all()
        chosen = [f"sku-{n % PRODUCTS}", f"sku-{(n * 5 + 1) % PRODUCTS}"]
        products = session.scalars(
            sa.select(Product).where(Product.sku.in_(chosen)).order_by(Product.id).with_for_update()
        ).all()
        order = Order(customer=customers[n % 5], status=Status.cart)
        session.add(order)
        session.flush()
        try:
            with session.begin_nested():
                session.execute(sa.update(Product).where(Product.id == products[0].id).values(stock=-1))
            raise AssertionError("less than nothing in stock")
        except exc.IntegrityError as e:
            assert e.orig.diag.constraint_name == "stock_not_negative", e
        for line, product in enumerate(products):
            order.items.append(OrderItem(line=line, product=product, quantity=1 + line, unit_price=product.price))
            product.stock -= 1 + line
        order.status = Status.paid


@part("work", "concurrent transactions with savepoints")
def concurrently():
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(place, range(ORDERS)))
    with Session() as session:
        stock = session.scalar(sa.select(sa.func.sum(Product.stock)))
        sold = session.scalar(sa.select(sa.func.sum(OrderItem.quantity)))
        assert stock + sold == PRODUCTS * STOCK, (stock, sold)
        assert session.scalar(sa.text("select count(*) from shop.audit_log")) == ORDERS


@part("work", "serializable with retries")
def serializable():
    strict = engine.execution_options(isolation_level="SERIALIZABLE")

    def visit(_):
        while True:
            try:
                with orm.Session(strict) as session, session.begin():
                    customer = session.get(Customer, 1)
                    customer.profile = {**customer.profile, "visits": customer.profile.get("visits", 0) + 1}
                return
            except exc.OperationalError as e:
                assert e.orig.sqlstate == "40001", e

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(visit, range(12)))
    with Session() as session:
        assert session.get(Customer, 1).profile["visits"] == 12


@part("work", "large batches")
def batches():
    with Session.begin() as session:
        made = session.scalars(
            sa.insert(Product).returning(Product.id),
            [dict(sku=f"bulk-{n}", name=f"Bulk {n}", price=1, stock=0) for n in range(2000)],
        ).all()
        assert len(made) == 2000
        assert session.execute(sa.delete(Product).where(Product.sku.like("bulk-%"))).rowcount == 2000


@part("work", "copy in")
def copy_in():
    with engine.begin() as connection, connection.connection.cursor() as cursor:
        with cursor.copy("copy shop.products (sku, name, price, stock) from stdin") as copying:
            for n in range(COPIED):
                copying.write_row((f"copied-{n}", f"Copied {n}", "2.50", 0))


@part("work", "listen and notify")
def notify():
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.execute(sa.text("listen order_status"))
        with Session.begin() as session:
            first = session.scalars(sa.select(Order).order_by(Order.number)).first()
            first.status = Status.shipped
        heard = next(listener.connection.driver_connection.notifies(timeout=20))
        assert heard.payload.endswith(" shipped"), heard
        listener.execute(sa.text("unlisten *"))


@part("work", "functions of its own")
def functions():
    with Session() as session:
        assert session.scalar(sa.text("select shop.order_total(min(number)) from shop.orders")) > 0
    refused(executed("update shop.customers set email = 'nowhere' where id = 1"), "23514")


@part("work", "rw changes no schema")
def rw_holds():
    refused(executed("alter table shop.products add more text"))
    refused(executed("drop table shop.order_items"))
    refused(executed("truncate shop.order_items"))
    refused(executed("create table shop.mine (id int)"))
    refused(executed("create schema mine"))
    refused(lambda: Customer.metadata.drop_all(engine, checkfirst=False))
    refused(lambda: command.downgrade(alembic(), "-1"))
    with Session() as session:
        assert count(session, OrderItem) == 2 * ORDERS


@part("evolve", "migrations over rows")
def evolve():
    command.upgrade(alembic(), "head")
    with Session() as session:
        assert session.scalar(sa.text("select sum(points) from shop.customers")) == ORDERS - 1
        assert session.scalar(sa.text("select indisvalid from pg_index where indexrelid = 'shop.orders_placed'::regclass"))


TOTALS = sa.table("order_totals", *(sa.column(c) for c in ("number", "customer_id", "status", "total")), schema="shop")


@part("report", "window functions")
def windows():
    rank = sa.func.rank().over(partition_by=TOTALS.c.customer_id, order_by=TOTALS.c.total.desc())
    running = sa.func.sum(TOTALS.c.total).over(partition_by=TOTALS.c.customer_id, order_by=TOTALS.c.number)
    with Session() as session:
        rows = session.execute(sa.select(TOTALS.c.customer_id, rank.label("rank"), running.label("so_far"))).all()
        assert len(rows) == ORDERS and sum(row.rank == 1 for row in rows) >= 5


@part("report", "aggregates")
def aggregates():
    with Session() as session:
        rollup = sa.select(TOTALS.c.customer_id, sa.func.count(), sa.func.sum(TOTALS.c.total)).group_by(sa.func.rollup(TOTALS.c.customer_id))
        rows = session.execute(rollup).all()
        assert len(rows) == 6 and max(row[1] for row in rows) == ORDERS
        assert session.scalar(sa.text("select sum(sold) from shop.product_sales")) == 3 * ORDERS
        likes = session.scalars(sa.select(Customer).where(Customer.profile.contains({"likes": ["tea"]}), Customer.profile["n"].as_integer() > 2)).all()
        assert len(likes) == 2
        loaded = session.scalars(sa.select(Order).options(orm.selectinload(Order.items).joinedload(OrderItem.product))).unique().all()
        assert sum(item.quantity for order in loaded for item in order.items) == 3 * ORDERS


@part("report", "a streamed cursor")
def streamed():
    with Session() as session:
        rows = session.execute(sa.select(Product.sku).order_by(Product.id), execution_options={"yield_per": 250})
        assert sum(1 for _ in rows) == PRODUCTS + COPIED


@part("report", "copy out")
def copy_out():
    with engine.connect() as connection, connection.connection.cursor() as cursor:
        with cursor.copy("copy (select number, total from shop.order_totals) to stdout") as copying:
            assert sum(1 for _ in copying.rows()) == ORDERS


@part("report", "a snapshot that only reads")
def snapshot():
    strict = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with orm.Session(strict) as session:
        assert count(session, Order) == ORDERS
        refused(lambda: session.execute(sa.delete(OrderItem)), "25006")


@part("report", "ro writes nothing")
def ro_holds():
    refused(executed(sa.insert(Product).values(sku="x", name="x", price=1, stock=1)))
    refused(executed(sa.update(Product).values(stock=1)))
    refused(executed(sa.delete(OrderItem)))
    refused(executed("drop view shop.order_totals"))
    refused(executed("select nextval('shop.order_number')"))
    refused(executed("create temporary table mine (id int)"))
    refused(executed("set transaction read write; delete from shop.order_items"))
    refused(lambda: command.stamp(alembic(), "base"))
    with Session() as session:
        assert count(session, OrderItem) == 2 * ORDERS


if __name__ == "__main__":
    for name, work in STAGES[sys.argv[1]].items():
        try:
            work()
        except BaseException:
            print(f"failed {name}", file=sys.stderr)
            raise
        print(f"ok {name}", flush=True)
    engine.dispose()
