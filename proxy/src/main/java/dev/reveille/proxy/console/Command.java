package dev.reveille.proxy.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client can order besides SQL. Names are as the client means them: folded or as quoted. */
sealed interface Command {
  /** What Postgres' CommandComplete would say. */
  String tag();

  /** Postgres' words for it where it may not be said. */
  default String words() {
    return tag();
  }

  /**
   * A new database, empty or a branch.
   *
   * @param options as they were written; what they mean is looked at when the command is carried out
   */
  record CreateDatabase(String name, List<CreateOption> options) implements Command {
    public CreateDatabase {
      options = List.copyOf(options);
    }

    @Override
    public String tag() {
      return "CREATE DATABASE";
    }
  }

  record DropDatabase(String name, boolean ifExists, boolean force) implements Command {
    @Override
    public String tag() {
      return "DROP DATABASE";
    }
  }

  record RenameDatabase(String name, String to) implements Command {
    @Override
    public String tag() {
      return "ALTER DATABASE";
    }
  }

  /** {@code ALTER DATABASE … OWNER TO}, which every dump says. */
  record OwnDatabase(String name, String owner) implements Command {
    @Override
    public String tag() {
      return "ALTER DATABASE";
    }
  }

  record SetDatabase(String name, Map<String, String> settings) implements Command {
    public SetDatabase {
      settings = Map.copyOf(settings);
    }

    @Override
    public String tag() {
      return "ALTER DATABASE";
    }
  }

  record TakeCheckpoint(String database, Optional<String> name) implements Command {
    @Override
    public String tag() {
      return "CHECKPOINT";
    }
  }

  record DropCheckpoint(String database, String name) implements Command {
    @Override
    public String tag() {
      return "DROP CHECKPOINT";
    }
  }

  record RestoreDatabase(String database, String checkpoint) implements Command {
    @Override
    public String tag() {
      return "RESTORE";
    }

    @Override
    public String words() {
      return "RESTORE DATABASE";
    }
  }

  record Suspend(String database) implements Command {
    @Override
    public String tag() {
      return "SUSPEND";
    }
  }

  /** What {@code pg_terminate_backend} says of another database: no command of its own. */
  record EndSessions(String database) implements Command {
    @Override
    public String tag() {
      return "SELECT";
    }
  }

  record Wake(String database) implements Command {
    @Override
    public String tag() {
      return "WAKE";
    }
  }
}
