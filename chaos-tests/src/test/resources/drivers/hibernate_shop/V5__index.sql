create index concurrently orders_ordered on orders (ordered_at);
