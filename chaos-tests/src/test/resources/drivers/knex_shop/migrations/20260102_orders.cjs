exports.up = async (knex) => {
  await knex.schema.createTable('orders', (table) => {
    table.bigIncrements('id');
    table.integer('customer_id').notNullable().references('customers.id').onDelete('restrict');
    table.enu('status', ['cart', 'paid', 'shipped'], { useNative: true, enumName: 'order_status' })
      .notNullable().defaultTo('cart');
    table.timestamp('placed_at').notNullable().defaultTo(knex.fn.now());
    table.index(['customer_id', 'status'], 'orders_by_customer');
  });
  await knex.schema.createTable('order_items', (table) => {
    table.bigInteger('order_id').notNullable().references('orders.id').onDelete('cascade');
    table.integer('line').notNullable();
    table.bigInteger('product_id').notNullable().references('products.id');
    table.integer('quantity').notNullable();
    table.decimal('unit_price', 12, 2).notNullable();
    table.primary(['order_id', 'line']);
  });
};

exports.down = async (knex) => {
  await knex.schema.dropTable('order_items');
  await knex.schema.dropTable('orders');
  await knex.raw('drop type order_status');
};
