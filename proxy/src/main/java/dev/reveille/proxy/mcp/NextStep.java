package dev.reveille.proxy.mcp;

import dev.reveille.proxy.operations.OperationFailure;
import java.lang.reflect.RecordComponent;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What to do after a failure, in words of the tools: the hints of the wire and of the command line
 * name what an agent does not have. Our own text or the caller's, so that it may stand outside of the data.
 */
final class NextStep {
  private static final String DATABASES = "See which databases there are with list_databases.";

  private NextStep() {
  }

  static String after(OperationFailure failure) {
    return switch (failure.sqlState()) {
      case "3D000" -> DATABASES;
      case "42704" -> "See which checkpoints there are with list_databases.";
      case "42P04" -> "Choose another name, or use the database that has it.";
      case "42710" -> "Choose another name.";
      case "55006" ->
        "Call again with force: true, which ends its sessions, or when they are gone.";
      default -> failure.hint().isEmpty() ? "Change what was asked for." : failure.hint();
    };
  }

  /** After SQL in a mode. */
  static String after(SQLException failure, String mode, String sql) {
    String state = Objects.requireNonNullElse(failure.getSQLState(), "");
    if (sql.stripLeading().toLowerCase(Locale.ROOT).startsWith("copy") && state.equals("0A000")) {
      return "Use SELECT and INSERT: COPY from and to the client is not offered.";
    }
    return switch (state) {
      case "3D000" -> DATABASES;
      case "42P01", "42703", "3F000" -> "See its tables and columns with describe_database.";
      case "42601" -> "Mend the SQL; commands of psql that begin with a backslash are not SQL.";
      case "42501" -> switch (mode) {
        case "ro" -> "This ran in mode ro, which reads; mode rw writes rows, and mode ddl also"
            + " changes the schema.";
        case "rw" -> "This ran in mode rw, which writes rows; mode ddl also changes the schema.";
        default -> "No mode may do this: it would need a superuser or the rights of another login.";
      };
      case "57014" -> "A call may take " + SqlRunner.SECONDS
          + " s: do less in each, with a WHERE, a LIMIT or an index.";
      case "53400" -> "A limit of the call is used up: ask for less, such as fewer or shorter"
          + " values.";
      case "57P01", "57P03", "08006", "08001" -> "Look at what was done, then try again.";
      default -> "Change the SQL as the error says.";
    };
  }

  /** What a tool takes. */
  static String taking(Tool tool) {
    String all = Arrays.stream(tool.input().getRecordComponents())
        .map(NextStep::argument)
        .collect(Collectors.joining(", "));
    return "It takes " + (all.isEmpty() ? "no arguments." : all + ".");
  }

  private static String argument(RecordComponent component) {
    String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
        ? name + " (may be missing)"
        : name;
  }
}
