-- Changes tables that have rows by now.
alter table customers add points int not null default 0, alter email type varchar(254);
update customers c set points = (select count(*) from orders o where o.customer_id = c.id and o.status = 'PAID');
alter table orders rename placed_at to ordered_at;
alter type order_status add value 'RETURNED';
refresh materialized view product_sales;
