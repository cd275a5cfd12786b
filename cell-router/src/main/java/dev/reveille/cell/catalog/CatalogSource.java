package dev.reveille.cell.catalog;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Makes connections to the catalog from its settings, each bounded in time. Immutable; safe from any
 * thread. {@link #place()} says where the catalog is, without the secret.
 */
final class CatalogSource {
  private static final String JDBC = "jdbc:postgresql:";
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private final CatalogSettings settings;
  private final String jdbcUrl;
  private final Properties login = new Properties();
  private final String place;

  CatalogSource(CatalogSettings settings) {
    this.settings = settings;
    this.jdbcUrl = jdbcUrl(settings.url());
    settings.user().ifPresent(user -> PGProperty.USER.set(login, user));
    settings.password().ifPresent(password -> PGProperty.PASSWORD.set(login, password));
    Properties parsed = Driver.parseURL(jdbcUrl, null);
    if (parsed == null) {
      throw notAUrl();
    }
    this.place = PGProperty.PG_HOST.getOrDefault(parsed) + ":"
        + PGProperty.PG_PORT.getOrDefault(parsed) + "/"
        + PGProperty.PG_DBNAME.getOrDefault(parsed);
  }

  String place() {
    return place;
  }

  /** For the pool: statements bounded by the query timeout. */
  PGSimpleDataSource pooled() {
    return dataSource(settings.queryTimeout());
  }

  /** For Flyway, which opens and closes its own. */
  PGSimpleDataSource migrating(Duration longest) {
    return dataSource(longest);
  }

  /** A connection of its own whose statements may take as long as {@code longest}. */
  Connection connect(Duration longest) throws SQLException {
    return dataSource(longest).getConnection();
  }

  private PGSimpleDataSource dataSource(Duration longestStatement) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setUrl(jdbcUrl);
      for (String name : login.stringPropertyNames()) {
        source.setProperty(name, login.getProperty(name));
      }
      String options = source.getProperty(PGProperty.OPTIONS);
      long millis = longestStatement.toMillis();
      source.setProperty(PGProperty.OPTIONS, (options == null ? "" : options + " ")
          + "-c statement_timeout=" + millis + " -c idle_in_transaction_session_timeout=" + millis);
    } catch (SQLException e) {
      throw notAUrl();
    }
    source.setConnectTimeout(seconds(settings.connectTimeout()));
    source.setSocketTimeout(seconds(longestStatement.plus(MARGIN)));
    source.setCancelSignalTimeout(seconds(settings.connectTimeout()));
    source.setTcpKeepAlive(true);
    source.setApplicationName("reveille");
    return source;
  }

  private static int seconds(Duration duration) {
    return Math.max(1, Math.toIntExact(duration.plusMillis(999).toSeconds()));
  }

  /** libpq's form of a URL keeps the login before the host; pgjdbc's keeps it in the options. */
  private String jdbcUrl(String url) {
    if (url.startsWith(JDBC)) {
      return url;
    }
    String rest = after(url, "postgresql://");
    rest = rest == null ? after(url, "postgres://") : rest;
    if (rest == null) {
      throw notAUrl();
    }
    int slash = rest.indexOf('/');
    int at = rest.substring(0, slash < 0 ? rest.length() : slash).lastIndexOf('@');
    if (at >= 0) {
      String[] parts = rest.substring(0, at).split(":", 2);
      PGProperty.USER.set(login, decode(parts[0]));
      if (parts.length == 2) {
        PGProperty.PASSWORD.set(login, decode(parts[1]));
      }
    }
    return JDBC + "//" + rest.substring(at + 1);
  }

  private static @Nullable String after(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : null;
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException notAUrl() {
    return new IllegalArgumentException(
        "the catalog's URL must read postgresql://user:secret@host:port/database");
  }
}
