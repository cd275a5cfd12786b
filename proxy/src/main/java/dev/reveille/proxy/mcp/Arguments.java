package dev.reveille.proxy.mcp;

import dev.reveille.proxy.api.Describe;
import org.jspecify.annotations.Nullable;

/** What the tools take. */
final class Arguments {
  private static final String NAME = "^[a-z_][a-z0-9_-]{0,62}$";
  private static final String LIFE = "^([1-9][0-9]{0,3} ?(min|h|d)|never)$";

  private Arguments() {
  }

  record None() {}

  record CreateDatabaseArguments(
      @Describe(value = "The new database's name.", maxLength = 63, pattern = NAME) String name,
      @Describe(value = "How long it lives, such as 2h or 7d; 72h if missing.", pattern = LIFE) @Nullable String ttl) {}

  record BranchArguments(
      @Describe(value = "The database to branch from.", maxLength = 63) String database,
      @Describe(value = "The branch's name.", maxLength = 63, pattern = NAME) String name,
      @Describe(value = "A checkpoint of the database to begin with; as it is now if missing.", maxLength = 63) @Nullable String checkpoint,
      @Describe(value = "How long it lives, such as 2h; 24h if missing.", pattern = LIFE) @Nullable String ttl) {}

  record CheckpointArguments(
      @Describe(value = "The database.", maxLength = 63) String database,
      @Describe(value = "The checkpoint's name; one is made up if missing.", maxLength = 63) @Nullable String name) {}

  record RestoreArguments(
      @Describe(value = "The database.", maxLength = 63) String database,
      @Describe(value = "The checkpoint to go back to.", maxLength = 63) String checkpoint) {}

  record DatabaseArguments(
      @Describe(value = "The database.", maxLength = 63) String database) {}

  record DropArguments(@Describe(value = "The database.", maxLength = 63) String database,
      @Describe("End its sessions first.") @Nullable Boolean force) {}

  record SqlArguments(@Describe(value = "The database.", maxLength = 63) String database,
      @Describe(value = "One or more statements.", maxLength = 60_000) String sql,
      @Describe(value = "ro reads (the default); rw writes rows; ddl also changes the schema. rw and ddl need a key with the scope sql:write.", oneOf = {
          "ro", "rw", "ddl"}) @Nullable String mode,
      @Describe(value = "Rows of each result; 100 if missing.", min = 1, max = 1000) @Nullable Integer maxRows) {}

  record CompareArguments(
      @Describe(value = "The database to begin with.", maxLength = 63) String from,
      @Describe(value = "The database whose schema it would get.", maxLength = 63) String to) {}
}
