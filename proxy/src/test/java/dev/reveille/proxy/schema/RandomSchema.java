package dev.reveille.proxy.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The SQL of a schema that is drawn: two with the same choices share most of their objects. */
final class RandomSchema {
  /** Columns change to what their values can be cast to; for others Postgres has no way either. */
  private static final List<List<String>> TYPES = List.of(List.of("integer", "bigint"),
      List.of("text", "varchar(40)"), List.of("numeric(10,2)", "numeric(12,4)", "integer"),
      List.of("timestamptz", "timestamp"), List.of("shop.mood", "text"));

  private final Random random;
  private final List<String> sql = new ArrayList<>();

  RandomSchema(Random random) {
    this.random = random;
  }

  /** Each of a fixed set of names is there or not, in one of a few forms. */
  List<String> drawn() {
    sql.add("create schema shop");
    sql.add("create type shop.mood as enum ('a', 'b'" + (chance(50) ? ", 'c'" : "") + ")");
    maybe(50, "create domain shop.positive as integer check (value > " + random.nextInt(2) + ")");
    maybe(50, "create sequence shop.numbers start " + (1 + random.nextInt(3)) + " increment "
        + (1 + random.nextInt(3)));
    maybe(60, "create function shop.twice(x integer) returns integer language sql as 'select x * "
        + (2 + random.nextInt(2)) + "'");
    maybe(40, "create function shop.atomic(x integer) returns integer language sql"
        + " begin atomic select case when x > " + random.nextInt(3) + " then 1 else 0 end; end");
    sql.add("create function shop.touched() returns trigger language plpgsql as"
        + " 'begin return new; /* " + random.nextInt(2) + " */ end'");
    for (int i = 0; i < 4; i++) {
      if (chance(75)) {
        table("t" + i);
      }
    }
    maybe(40, "create view shop.one as select " + random.nextInt(3) + " as a");
    maybe(30, "create materialized view shop.kept as select " + random.nextInt(3) + " as a");
    maybe(30, "create table shop.parts (a integer, b text) partition by range (a)");
    return sql;
  }

  private void table(String name) {
    boolean key = chance(70);
    List<String> columns = IntStream.range(0, 5)
        .filter(i -> chance(70))
        .mapToObj(this::column)
        .collect(Collectors.toCollection(ArrayList::new));
    columns.addFirst("id " + (chance(50) ? "bigint" : "integer")
        + (chance(30)
            ? " generated " + (chance(50) ? "always" : "by default") + " as identity"
            : "")
        + (key ? " primary key" : " not null"));
    sql.add("create table shop." + name + " (" + String.join(", ", columns) + ")");
    maybe(40, "create " + (chance(30) ? "unique " : "") + "index on shop." + name + " (id)"
        + (chance(30) ? " where id > 0" : ""));
    maybe(30, "alter table shop." + name + " add constraint " + name + "_check check (id > "
        + random.nextInt(3) + ")");
    maybe(30, "comment on table shop." + name + " is 'it''s " + random.nextInt(2) + "; so'");
    maybe(30, "create trigger touch before insert" + (chance(50) ? " or update" : "")
        + " on shop." + name + " for each row execute function shop.touched()");
    if (key && chance(50)) {
      sql.add("create table shop." + name + "_child (parent bigint references shop." + name
          + (chance(50) ? " on delete cascade" : "") + ")");
    }
    maybe(30, "create view shop." + name + "_view as select id from shop." + name
        + (chance(50) ? " where id > 1" : ""));
    if (chance(20)) {
      sql.add("alter table shop." + name + " enable row level security");
      sql.add(
          "create policy own on shop." + name + " using (" + (chance(50) ? "true" : "false") + ")");
    }
  }

  private String column(int i) {
    String type = TYPES.get(i).get(chance(70) ? 0 : random.nextInt(TYPES.get(i).size()));
    String fallback = switch (type) {
      case "integer", "bigint" -> " default " + random.nextInt(3);
      case "varchar(40)" -> " default 'it''s; " + random.nextInt(2) + "'";
      case "timestamptz", "timestamp" -> " default now()";
      default -> "";
    };
    return "c" + i + " " + type + (chance(40) ? fallback : "") + (chance(30) ? " not null" : "");
  }

  private void maybe(int percent, String statement) {
    if (chance(percent)) {
      sql.add(statement);
    }
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
