exports.up = async (knex) => {
  await knex.schema.createTable('customers', (table) => {
    table.increments('id');
    table.string('email', 120).notNullable().unique();
    table.string('name', 120).notNullable();
    table.jsonb('profile').notNullable().defaultTo('{}');
    table.specificType('tags', 'text[]').notNullable().defaultTo('{}');
    table.timestamps(true, true);
  });
  await knex.schema.createTable('products', (table) => {
    table.bigIncrements('id');
    table.string('sku', 20).notNullable().unique();
    table.string('name').notNullable();
    table.decimal('price', 12, 2).notNullable();
    table.integer('stock').notNullable().defaultTo(0);
    table.check('?? >= 0', ['stock'], 'products_stock_not_negative');
  });
};

exports.down = async (knex) => {
  await knex.schema.dropTable('products');
  await knex.schema.dropTable('customers');
};
