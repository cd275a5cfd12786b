create table audit_log (
  id bigserial primary key,
  what text not null,
  row_id bigint not null,
  before jsonb,
  who text not null default session_user,
  at timestamptz not null default now()
);

create function touch() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;
create trigger touch before update on customers for each row execute function touch();

create function record_status() returns trigger language plpgsql as $$
begin
  insert into audit_log (what, row_id, before) values (tg_op, new.id, to_jsonb(old));
  perform pg_notify('order_status', new.id || ' ' || new.status);
  return null;
end $$;
create trigger record_status after update of status on orders for each row
  when (old.status is distinct from new.status) execute function record_status();

create procedure ship(of_order bigint) language plpgsql as $$
begin
  update orders set status = 'SHIPPED' where id = of_order;
end $$;
create function order_total(of_order bigint) returns numeric language sql stable as $$
  select coalesce(sum(quantity * unit_price), 0) from order_items where order_id = of_order
$$;
