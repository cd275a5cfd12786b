package dev.reveille.proxy.operations;

import dev.reveille.proxy.operations.OperationFailure.Kind;
import dev.reveille.proxy.schema.Change;
import dev.reveille.proxy.schema.Schema;
import dev.reveille.proxy.schema.SchemaScript;
import dev.reveille.proxy.schema.UnreadableSchema;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the schemas of two databases. Each is read through the proxy like by any client, with a credential that lives
 * as long as the reading and that may do what the requester may, so it wakes what sleeps and counts as a session.
 *
 * <p>Blocks; any thread that may.
 */
public final class SchemaDiff {
  private static final Logger log = LoggerFactory.getLogger(SchemaDiff.class);

  private final Databases databases;
  private final Credentials credentials;

  /**
   * The answer.
   *
   * @param sql a script that turns the first into the second; empty when they are the same
   * @param statements the same in pieces, in order
   * @param losing those of them after which data may be gone
   */
  public record Difference(String from, String to, boolean same, String sql,
      List<Change> statements, List<Change> losing) {
    public Difference {
      statements = List.copyOf(statements);
      losing = List.copyOf(losing);
    }

    static Difference of(String from, String to, SchemaScript script) {
      return new Difference(from, to, script.isEmpty(), script.sql(), script.changes(),
          script.losing());
    }
  }

  public SchemaDiff(Databases databases, Credentials credentials) {
    this.databases = databases;
    this.credentials = credentials;
  }

  /** What would turn the schema of {@code from} into that of {@code to}. Throws {@link OperationFailure}. */
  public Difference diff(Requester who, String from, String to) {
    return Difference.of(from, to, read(who, from).to(read(who, to)));
  }

  /** The schema that a database has now. */
  Schema read(Requester who, String database) {
    return with(who, database, url -> {
      try {
        return Schema.read(url);
      } catch (UnreadableSchema e) {
        log.atWarn().setCause(e).addKeyValue("kind", "schema").log("a schema could not be read");
        throw new OperationFailure(Kind.FAILED, "58000",
            "the schema of \"" + database + "\" could not be read",
            String.valueOf(e.getMessage()), "It is safe to try again.");
      }
    });
  }

  /** Does something with a URL for pgjdbc that ends with it. */
  <T> T with(Requester who, String database, Function<String, T> work) {
    JdbcUrl url = JdbcUrl.of(databases.issue(who, database));
    try {
      return work.apply(url.text());
    } finally {
      try {
        var _ = credentials.revoke(url.user());
      } catch (OperationFailure e) {
        log.atWarn().setCause(e).log("a credential for a schema was left to expire");
      }
    }
  }
}
