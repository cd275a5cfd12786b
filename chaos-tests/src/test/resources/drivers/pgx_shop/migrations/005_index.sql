-- +goose NO TRANSACTION
-- +goose Up
create index concurrently orders_ordered on orders (ordered_at);

-- +goose Down
drop index concurrently orders_ordered;
