-- +goose Up
-- Changes tables that have rows by now.
alter table customers add points int not null default 0, alter email type varchar(254);
update customers c set points = (select count(*) from orders o where o.customer_id = c.id and o.status = 'paid');
alter table orders rename placed_at to ordered_at;
alter type order_status add value 'returned';
refresh materialized view concurrently product_sales;

-- +goose Down
select 1 / 0; -- an enum value cannot be taken back
