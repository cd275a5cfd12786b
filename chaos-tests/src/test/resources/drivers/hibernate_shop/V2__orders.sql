create type order_status as enum ('CART', 'PAID', 'SHIPPED');
create sequence orders_seq increment by 50;
create table orders (
  id bigint primary key default nextval('orders_seq'),
  customer_id bigint not null references customers,
  status order_status not null default 'CART',
  placed_at timestamptz not null default now()
);
create index orders_by_customer on orders (customer_id, status);
create table order_items (
  order_id bigint not null references orders on delete cascade,
  line int not null,
  product_id bigint not null references products,
  quantity int not null,
  unit_price numeric(12, 2) not null,
  primary key (order_id, line)
);
