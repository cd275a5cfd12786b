// An index built while others write cannot be made in a transaction.
exports.config = { transaction: false };

exports.up = (knex) => knex.raw('create index concurrently orders_placed on orders (placed_at)');

exports.down = (knex) => knex.raw('drop index concurrently orders_placed');
