// Changes tables that have rows by now, one of them under a view.
exports.up = async (knex) => {
  await knex.schema.alterTable('customers', (table) => {
    table.integer('points').notNullable().defaultTo(0);
    table.string('email', 254).notNullable().alter();
    table.renameColumn('name', 'full_name');
  });
  await knex.raw(`
    update customers set points = (
      select count(*) from orders where orders.customer_id = customers.id and status = 'paid')
  `);
  await knex.raw("alter type order_status add value 'returned'");
  await knex.raw('refresh materialized view concurrently product_sales');
};

exports.down = async () => {
  throw new Error('an enum value cannot be taken back');
};
