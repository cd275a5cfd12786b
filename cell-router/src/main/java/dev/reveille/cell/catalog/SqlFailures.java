package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Turns what pgjdbc and the pool throw into what a {@link dev.reveille.cell.Catalog} promises. */
final class SqlFailures {
  /**
   * PostgreSQL documentation, appendix A: too_many_connections, query_canceled (our own timeout),
   * the three ways of a server going or coming, idle timeout, and a standby that cannot write.
   */
  private static final Set<String> UNAVAILABLE = Set.of("53300", "57014", "57P01", "57P02", "57P03",
      "57P05", "25P03", "25006");

  private SqlFailures() {
  }

  static CatalogException translate(SQLException failure, String place) {
    String state = state(failure);
    if (unavailable(failure)) {
      return new CatalogUnavailableException(
          "the catalog at " + place + " cannot be reached: " + reason(failure), failure);
    }
    return new CatalogException(state, "the catalog at " + place + " refused: " + reason(failure),
        failure);
  }

  /** Whether the connection is gone, so that the same on another one may work. */
  static boolean connectionLost(SQLException failure) {
    String state = state(failure);
    return !(failure instanceof SQLTransientConnectionException)
        && (state.startsWith("08") || state.equals("57P01") || state.equals("57P02"));
  }

  static boolean unavailable(SQLException failure) {
    String state = state(failure);
    return failure instanceof SQLTransientConnectionException || state.startsWith("08")
        || UNAVAILABLE.contains(state);
  }

  static boolean violates(SQLException failure, String constraint) {
    ServerErrorMessage message = serverMessage(failure);
    return message != null && constraint.equals(message.getConstraint());
  }

  private static String state(SQLException failure) {
    String state = failure.getSQLState();
    return state == null ? "XX000" : state;
  }

  /** The innermost message: the pool's own only says that it waited. */
  private static String reason(SQLException failure) {
    SQLException innermost = failure;
    while (innermost.getCause() instanceof SQLException cause) {
      innermost = cause;
    }
    ServerErrorMessage server = serverMessage(innermost);
    String message = server == null ? innermost.getMessage() : server.getMessage();
    return message == null ? innermost.getClass().getSimpleName() : message;
  }

  private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
    return failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
  }
}
