exports.up = async (knex) => {
  await knex.schema.createTable('audit_log', (table) => {
    table.bigIncrements('id');
    table.text('what').notNullable();
    table.bigInteger('row_id').notNullable();
    table.jsonb('before');
    table.text('who').notNullable().defaultTo(knex.raw('session_user'));
    table.timestamp('at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.raw(`
    create function touch() returns trigger language plpgsql as $$
    begin
      new.updated_at := clock_timestamp();
      return new;
    end $$;
    create trigger touch before update on customers for each row execute function touch();

    create function record_status() returns trigger language plpgsql as $$
    begin
      insert into audit_log (what, row_id, before) values (tg_op || ' ' || tg_table_name, new.id, to_jsonb(old));
      perform pg_notify('order_status', new.id || ' ' || new.status);
      return null;
    end $$;
    create trigger record_status after update of status on orders
      for each row when (old.status is distinct from new.status) execute function record_status();
  `);
};

exports.down = async (knex) => {
  await knex.raw('drop trigger record_status on orders; drop trigger touch on customers');
  await knex.raw('drop function record_status(); drop function touch()');
  await knex.schema.dropTable('audit_log');
};
