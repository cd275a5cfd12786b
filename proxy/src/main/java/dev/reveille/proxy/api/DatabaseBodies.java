package dev.reveille.proxy.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What calls about databases take and give. */
public final class DatabaseBodies {
  /** Names that need no quoting in a URL, a shell or SQL. SQL itself takes others as well. */
  static final String NAME = "^[a-z_][a-z0-9_-]{0,62}$";
  static final String LIFE = "^([1-9][0-9]{0,3} ?(min|h|d)|never)$";
  static final String TIME = "^[1-9][0-9]{0,3} ?(s|min|h|d)$";
  private static final String CHECKPOINT = "^[a-z0-9_][a-z0-9_.:-]{0,62}$";

  private DatabaseBodies() {
  }

  /** A database as it is now. */
  public record Database(@Describe("Its name, unique in the account.") String name,
      @Describe("Its id, which no other database ever has.") String id,
      @Describe("`asleep`, `awake` or on the way, `archived`, or not yet or no longer usable.") String state,
      @Describe("Clients that are connected through this proxy.") int sessions,
      @Describe("The cell that it lives in.") String cell,
      @Describe("When it was made.") Instant createdAt,
      @Describe("When it is given up; missing if never.") @Nullable Instant expiresAt,
      @Describe("Idle time after which it is suspended.") String suspendAfter,
      @Describe("What it is a branch of, as `database` or `database@checkpoint`.") @Nullable String source,
      @Describe("When somebody last connected, to the minute; missing if never.") @Nullable Instant usedAt) {}

  /** A page of them. */
  public record DatabasePage(@Describe("By name.") List<Database> items,
      @Describe("The `cursor` of the next page; missing on the last.") @Nullable String next) {}

  /** What a branch begins with. */
  public record BranchSource(
      @Describe(value = "The database to branch from.", maxLength = 63, pattern = NAME) String database,
      @Describe(value = "One of its checkpoints; as it is now if missing.", maxLength = 63, pattern = CHECKPOINT) @Nullable String checkpoint) {}

  /** A database to be made. */
  public record CreateDatabaseRequest(
      @Describe(value = "Its name, unique in the account.", maxLength = 63, pattern = NAME) String name,
      @Describe("Makes a branch; an empty database if missing.") @Nullable BranchSource source,
      @Describe(value = "How long it lives, such as `2h` or `7d`, or `never`.", pattern = LIFE) @Nullable String ttl,
      @Describe(value = "Idle time after which it is suspended, such as `60s`.", pattern = TIME) @Nullable String suspendAfter) {}

  /** A branch of the database in the path. */
  public record CreateBranchRequest(
      @Describe(value = "The branch's name, unique in the account.", maxLength = 63, pattern = NAME) String name,
      @Describe(value = "A checkpoint to begin with; as it is now if missing.", maxLength = 63, pattern = CHECKPOINT) @Nullable String checkpoint,
      @Describe(value = "How long it lives, such as `2h` or `7d`, or `never`.", pattern = LIFE) @Nullable String ttl,
      @Describe(value = "Idle time after which it is suspended, such as `60s`.", pattern = TIME) @Nullable String suspendAfter) {}

  /** What was made. */
  public record CreatedDatabase(Database database,
      @Describe("Connects to it as its owner. Shown only here, and to whoever repeats the call with the same idempotency key.") String connectionString,
      @Describe("What is good to know, such as when it expires.") List<String> notices) {
    @Override
    public String toString() {
      return "CreatedDatabase[" + database.name() + "]";
    }
  }

  /** What is to be different. */
  public record UpdateDatabaseRequest(
      @Describe(value = "A new name.", maxLength = 63, pattern = NAME) @Nullable String name,
      @Describe(value = "How long it lives from now on, or `never`.", pattern = LIFE) @Nullable String ttl,
      @Describe(value = "Idle time after which it is suspended.", pattern = TIME) @Nullable String suspendAfter) {}

  /** What is different now. */
  public record UpdatedDatabase(Database database,
      @Describe("What is good to know, such as when it expires.") List<String> notices) {}

  /** A checkpoint. */
  public record Checkpoint(@Describe("Its name, unique among its database's.") String name,
      @Describe("The database that it is of.") String database,
      @Describe("`named`, `automatic` or `restore`: why it was taken.") String kind,
      @Describe("Who took it.") String createdBy, @Describe("When.") Instant createdAt,
      @Describe("When it is given up; missing if never.") @Nullable Instant expiresAt,
      @Describe("How much storage it was of.") long bytes) {}

  /** A page of them. */
  public record CheckpointPage(@Describe("By name.") List<Checkpoint> items,
      @Describe("The `cursor` of the next page; missing on the last.") @Nullable String next) {}

  /** A checkpoint to be taken. */
  public record CreateCheckpointRequest(
      @Describe(value = "Its name; one is made up if missing.", maxLength = 63, pattern = CHECKPOINT) @Nullable String name) {}

  /** A checkpoint to go back to. */
  public record RestoreRequest(
      @Describe(value = "The checkpoint's name.", maxLength = 63, pattern = CHECKPOINT) String checkpoint) {}

  /** A database that went back. */
  public record RestoredDatabase(Database database,
      @Describe("The checkpoint that undoes the restore.") Checkpoint before) {}

  /** What was done, in words. */
  public record Done(@Describe("What was done, in words.") String message) {}
}
