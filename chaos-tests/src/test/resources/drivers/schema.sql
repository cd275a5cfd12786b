-- A schema with one of everything that an application's migration leaves behind.
create schema shop;
comment on schema shop is 'What is sold, to whom';
create type shop.state as enum ('cart', 'paid', 'sent');
create type shop.money_range as range (subtype = numeric);
create type shop.address as (street text, city text);
create domain shop.email as text check (value ~ '^[^@\s]+@[^@\s]+$');
create sequence shop.order_number start 1000 increment 7 cache 3;

create table shop.customer (
  id bigint generated always as identity primary key,
  email shop.email not null unique,
  home shop.address,
  tags text[] not null default '{}',
  profile jsonb,
  search tsvector generated always as (to_tsvector('simple', coalesce(profile ->> 'name', ''))) stored,
  since timestamptz not null default '2026-01-01 00:00:00+00'
);
create index on shop.customer using gin (tags);
create index on shop.customer using gin (profile jsonb_path_ops);
create index on shop.customer (lower(email::text)) where email is not null;

create table shop.item (
  code char(8) collate "C" primary key,
  price numeric(12, 2) not null check (price >= 0),
  sold_in shop.money_range,
  picture bytea,
  weight double precision,
  valid daterange not null,
  unique (code, price)
);

create table shop.orders (
  number bigint not null default nextval('shop.order_number'),
  placed date not null,
  customer bigint not null references shop.customer on delete restrict,
  state shop.state not null default 'cart',
  primary key (number, placed)
) partition by range (placed);
create table shop.orders_2025 partition of shop.orders for values from ('2025-01-01') to ('2026-01-01');
create table shop.orders_2026 partition of shop.orders for values from ('2026-01-01') to ('2027-01-01');
create table shop.orders_rest partition of shop.orders default;
create index on shop.orders (customer, state) include (number);

create table shop.line (
  number bigint,
  placed date,
  item char(8) references shop.item deferrable initially deferred,
  amount int default 1,
  foreign key (number, placed) references shop.orders on update cascade
);
alter table shop.line alter column amount set statistics 500;

create function shop.total(of bigint) returns numeric language sql stable parallel safe
begin atomic
  select sum(i.price * l.amount) from shop.line l join shop.item i on i.code = l.item where l.number = of;
end;
create function shop.touch() returns trigger language plpgsql as $body$
begin
  -- a body with 'quotes', $dollars$ and a back\slash
  new.since := old.since;
  return new;
end
$body$;
create trigger touched before update on shop.customer for each row
  when (old.email is distinct from new.email) execute function shop.touch();
create procedure shop.clear(inout n int) language plpgsql as 'begin delete from shop.line; n := 1; end';
create aggregate shop.product (numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
create operator shop.=== (leftarg = text, rightarg = text, function = texteq);

create view shop.open_orders with (security_barrier) as
  select number, placed, shop.total(number) from shop.orders where state <> 'sent' with local check option;
create materialized view shop.spending as
  select customer, count(*) as orders from shop.orders group by customer with no data;
create unique index on shop.spending (customer);
create rule no_delete as on delete to shop.item do instead nothing;
alter table shop.customer enable row level security;
create policy everyone on shop.customer using (true) with check (email is not null);
create statistics shop.together (dependencies) on customer, state from shop.orders_2025;

insert into shop.customer (email, home, tags, profile)
  select format('c%s@example.org', n), row ('Straße ' || n, E'new\nline\ttab\\')::shop.address, array['a', null, 'b,"c"'],
         jsonb_build_object('name', 'Zoë ' || n, 'n', n)
    from generate_series(1, 500) n;
insert into shop.item (code, price, sold_in, picture, weight, valid)
  select lpad(n::text, 8, '0'), n / 7.0, shop.money_range(n, n + 1), decode(md5(n::text), 'hex'),
         case when n = 1 then 'NaN' when n = 2 then '-Infinity' else n / 3.0 end,
         daterange('2026-01-01', case when n % 2 = 0 then '2026-02-01'::date end)
    from generate_series(1, 300) n;
insert into shop.orders (placed, customer, state)
  select date '2025-06-01' + n, 1 + n % 500, (array['cart', 'paid', 'sent'])[1 + n % 3]::shop.state
    from generate_series(1, 800) n;
insert into shop.line select number, placed, lpad((1 + number % 300)::text, 8, '0'), 2 from shop.orders;
refresh materialized view shop.spending;
select lo_from_bytea(4242, decode(repeat('00ff5c0a', 5000), 'hex'));
comment on column shop.item.valid is E'when it''s sold\n\u263a';
