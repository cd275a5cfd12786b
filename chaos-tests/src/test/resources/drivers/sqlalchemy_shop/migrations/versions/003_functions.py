"""Functions, triggers, views: what Alembic leaves to SQL."""

from alembic import op

revision, down_revision = "003", "002"


def upgrade():
    op.execute("""
        create table shop.audit_log (
          id bigserial primary key, what text not null, number bigint not null, before jsonb,
          who text not null default session_user, at timestamptz not null default now());

        create function shop.touch() returns trigger language plpgsql as $$
        begin
          new.updated_at := clock_timestamp();
          return new;
        end $$;
        create trigger touch before update on shop.customers for each row execute function shop.touch();

        create function shop.record_status() returns trigger language plpgsql as $$
        begin
          insert into shop.audit_log (what, number, before) values (tg_op, new.number, to_jsonb(old));
          perform pg_notify('order_status', new.number || ' ' || new.status);
          return null;
        end $$;
        create trigger record_status after update of status on shop.orders for each row
          when (old.status is distinct from new.status) execute function shop.record_status();

        create function shop.order_total(of_order bigint) returns numeric language sql stable as $$
          select coalesce(sum(quantity * unit_price), 0) from shop.order_items where order_number = of_order
        $$;
        create view shop.order_totals as
          select number, customer_id, status, shop.order_total(number) as total from shop.orders;
        create materialized view shop.product_sales as
          select product_id, sum(quantity) as sold from shop.order_items group by product_id;
        create unique index on shop.product_sales (product_id);

        -- A rule that is a function, checked with the rights of whoever inserts.
        create function shop.is_address(text) returns bool language sql immutable as $$ select $1 ~ '^[^@\\s]+@[^@\\s]+$' $$;
        alter table shop.customers add constraint email_is_address check (shop.is_address(email));
    """)


def downgrade():
    op.execute("""
        alter table shop.customers drop constraint email_is_address;
        drop materialized view shop.product_sales;
        drop view shop.order_totals;
        drop trigger record_status on shop.orders;
        drop trigger touch on shop.customers;
        drop function shop.is_address, shop.order_total, shop.record_status, shop.touch;
        drop table shop.audit_log;
    """)
