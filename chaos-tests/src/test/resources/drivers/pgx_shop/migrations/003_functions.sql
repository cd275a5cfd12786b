-- +goose Up
create table audit_log (
  id bigserial primary key,
  what text not null,
  row_id bigint not null,
  before jsonb,
  who text not null default session_user,
  at timestamptz not null default now()
);

-- +goose StatementBegin
create function touch() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;
-- +goose StatementEnd
create trigger touch before update on customers for each row execute function touch();

-- +goose StatementBegin
create function record_status() returns trigger language plpgsql as $$
begin
  insert into audit_log (what, row_id, before) values (tg_op, new.id, to_jsonb(old));
  perform pg_notify('order_status', new.id || ' ' || new.status);
  return null;
end $$;
-- +goose StatementEnd
create trigger record_status after update of status on orders for each row
  when (old.status is distinct from new.status) execute function record_status();

-- +goose StatementBegin
create procedure ship(of_order bigint) language plpgsql as $$
begin
  update orders set status = 'shipped' where id = of_order;
end $$;
-- +goose StatementEnd
create function order_total(of_order bigint) returns numeric language sql stable
  return (select coalesce(sum(quantity * unit_price), 0) from order_items where order_id = of_order);
create view order_totals as select id, customer_id, status, order_total(id) as total from orders;
create materialized view product_sales as
  select product_id, sum(quantity) as sold from order_items group by product_id;
create unique index on product_sales (product_id);

-- +goose Down
drop materialized view product_sales;
drop view order_totals;
drop function order_total;
drop procedure ship;
drop trigger record_status on orders;
drop trigger touch on customers;
drop function record_status, touch;
drop table audit_log;
