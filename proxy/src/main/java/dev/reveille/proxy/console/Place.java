package dev.reveille.proxy.console;

/**
 * Where a session's statements go.
 *
 * @param console whether that is the console, with its tables and SHOW
 * @param localeRenamed whether its Postgres is 17 or newer, where pg_database.daticulocale is called
 *     datlocale: psql before 17 asks for the old name at {@code \l} and {@code psql -l}
 */
record Place(boolean console, boolean localeRenamed) {
  /** An ordinary database. */
  static final Place DATABASE = new Place(false, false);
}
