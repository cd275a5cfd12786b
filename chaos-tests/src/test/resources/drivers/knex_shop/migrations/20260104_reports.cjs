exports.up = async (knex) => {
  await knex.raw(`
    create function order_total(of_order bigint) returns numeric language sql stable as $$
      select coalesce(sum(quantity * unit_price), 0) from order_items where order_id = of_order
    $$
  `);
  await knex.schema.createView('order_totals', (view) => {
    view.columns(['id', 'customer_id', 'status', 'total']);
    view.as(knex('orders').select('id', 'customer_id', 'status', knex.raw('order_total(id)')));
  });
  await knex.schema.createMaterializedView('product_sales', (view) => {
    view.columns(['product_id', 'sold']);
    view.as(knex('order_items').select('product_id', knex.raw('sum(quantity)')).groupBy('product_id'));
  });
  await knex.raw('create unique index product_sales_id on product_sales (product_id)');
};

exports.down = async (knex) => {
  await knex.schema.dropMaterializedView('product_sales');
  await knex.schema.dropView('order_totals');
  await knex.raw('drop function order_total(bigint)');
};
