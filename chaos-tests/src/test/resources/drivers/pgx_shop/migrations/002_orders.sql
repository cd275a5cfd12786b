-- +goose Up
create type order_status as enum ('cart', 'paid', 'shipped');
create table orders (
  id bigserial primary key,
  customer_id bigint not null references customers,
  status order_status not null default 'cart',
  placed_at timestamptz not null default now()
);
create index orders_by_customer on orders (customer_id) include (status);
create table order_items (
  order_id bigint not null references orders on delete cascade,
  line int not null,
  product_id int not null references products,
  quantity int not null,
  unit_price numeric(12, 2) not null,
  primary key (order_id, line)
);

-- +goose Down
drop table order_items;
drop table orders;
drop type order_status;
