-- +goose Up
create table customers (
  id bigint generated always as identity primary key,
  email varchar(120) not null unique,
  name text not null,
  profile jsonb not null default '{}',
  tags text[] not null default '{}',
  updated_at timestamptz not null default now()
);
create index on customers using gin (profile jsonb_path_ops);
create table products (
  id serial primary key,
  sku text not null unique,
  name text not null,
  price numeric(12, 2) not null,
  stock int not null default 0 constraint stock_not_negative check (stock >= 0)
);

-- +goose Down
drop table products;
drop table customers;
