-- Repeatable: run again whenever this file changes.
create or replace view order_totals as
  select id, customer_id, status, order_total(id) as total from orders;
drop materialized view if exists product_sales;
create materialized view product_sales as
  select product_id, sum(quantity) as sold from order_items group by product_id;
create unique index on product_sales (product_id);
