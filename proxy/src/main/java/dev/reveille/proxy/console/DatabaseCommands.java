package dev.reveille.proxy.console;

import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialKind;
import dev.reveille.proxy.console.Command.CreateDatabase;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Durations;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.Source;
import dev.reveille.proxy.operations.Ttl;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commands as operations on databases. */
public final class DatabaseCommands implements ConsoleOperations {
  /** Next steps for who is at the console, where the command line has others. */
  private static final Map<String, String> HINTS = Map.of("3D000",
      "See which there are with: SHOW DATABASES", "42P04",
      "Choose another name, or see which there are with: SHOW DATABASES", "42704",
      "See which there are with: SHOW CHECKPOINTS");

  private final Databases databases;

  public DatabaseCommands(Databases databases) {
    this.databases = databases;
  }

  @Override
  public List<String> perform(Credential asker, Command command) {
    Requester who = new Requester(asker.account(), asker.name(),
        asker.kind() == CredentialKind.AGENT);
    try {
      return perform(who, command);
    } catch (OperationFailure e) {
      ErrorFields fields = ErrorFields.of(Severity.ERROR, e.sqlState(),
          String.valueOf(e.getMessage()));
      fields = e.detail().isEmpty() ? fields : fields.detail(e.detail());
      String hint = HINTS.getOrDefault(e.sqlState(), e.hint());
      throw new Refused(hint.isEmpty() ? fields : fields.hint(hint));
    }
  }

  private List<String> perform(Requester who, Command command) {
    return switch (command) {
      case CreateDatabase create -> create(who, create);
      case Command.DropDatabase(var name, var ifExists, var force) ->
        databases.drop(who, name, ifExists, force).notices();
      case Command.RenameDatabase(var name, var to) -> {
        databases.rename(who, name, to);
        yield List.of();
      }
      case Command.OwnDatabase(_, var owner) -> {
        CreateMeaning.owner(owner, who.name());
        yield List.of();
      }
      case Command.SetDatabase(var name, var settings) -> databases.alter(who, name, settings);
      case Command.TakeCheckpoint(var database, var name) -> {
        var taken = databases.checkpoint(who, database, name, CheckpointKind.NAMED);
        yield List.of("checkpoint \"" + taken.name() + "\" of database \"" + database
            + "\" is taken; RESTORE DATABASE " + Names.quoted(database) + " FROM "
            + Names.quoted(taken.name()) + " goes back to it");
      }
      case Command.DropCheckpoint(var database, var name) -> {
        databases.dropCheckpoint(who, database, name);
        yield List.of();
      }
      case Command.RestoreDatabase(var database, var checkpoint) -> {
        var restored = databases.restore(who, database, checkpoint);
        yield List.of("what \"" + database + "\" was until now is kept; RESTORE DATABASE "
            + Names.quoted(database) + " FROM " + Names.quoted(restored.before().name())
            + " undoes this");
      }
      case Command.Suspend(var database) -> List.of(databases.suspend(who, database));
      case Command.EndSessions(var database) -> List.of(databases.suspend(who, database));
      case Command.Wake(var database) -> List.of(databases.wake(who, database));
    };
  }

  private List<String> create(Requester who, CreateDatabase create) {
    CreateMeaning meaning = CreateMeaning.of(create.options(), who.name());
    Optional<Source> source = meaning.template().map(Source::parse);
    return databases
        .create(who,
            new dev.reveille.proxy.operations.CreateDatabase(create.name(), source,
                meaning.ttl().map(Ttl::parse),
                meaning.suspendAfter().map(text -> Durations.require("suspend_after", text))))
        .notices();
  }
}
