package dev.reveille.chaos.harness;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * A {@code postgresql://…} connection string as the product prints it, to change and to use.
 *
 * @param parameters the part after the question mark, decoded
 */
public record ConnectionString(String user, String secret, String host, int port, String database,
    Map<String, String> parameters) {
  public static ConnectionString parse(String text) {
    URI uri = URI.create(text.strip());
    String[] who = uri.getRawUserInfo().split(":", 2);
    Map<String, String> parameters = new LinkedHashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&", -1)) {
        String[] parts = pair.split("=", 2);
        parameters.put(parts[0], decoded(parts[1]));
      }
    }
    return new ConnectionString(decoded(who[0]), decoded(who[1]), uri.getHost(), uri.getPort(),
        decoded(uri.getRawPath().substring(1)), parameters);
  }

  public ConnectionString atPort(int other) {
    return new ConnectionString(user, secret, host, other, database, parameters);
  }

  public ConnectionString toDatabase(String other) {
    return new ConnectionString(user, secret, host, port, other, parameters);
  }

  public ConnectionString with(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.put(key, value);
    return new ConnectionString(user, secret, host, port, database, changed);
  }

  public ConnectionString without(String key) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.remove(key);
    return new ConnectionString(user, secret, host, port, database, changed);
  }

  /** The string as libpq and most drivers take it. */
  public String text() {
    String query = parameters.entrySet()
        .stream()
        .map(entry -> entry.getKey() + "="
            + entry.getValue().replace("%", "%25").replace(" ", "%20"))
        .collect(Collectors.joining("&"));
    return "postgresql://" + user + ":" + secret + "@" + host + ":" + port + "/" + database
        + (query.isEmpty() ? "" : "?" + query);
  }

  /** A pgjdbc connection with sane deadlines: 30 s to log in, and for each answer. */
  public Connection connect(String... more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", secret);
    properties.setProperty("loginTimeout", "30");
    properties.setProperty("socketTimeout", "30");
    parameters.forEach(properties::setProperty);
    for (int i = 0; i < more.length; i += 2) {
      properties.setProperty(more[i], more[i + 1]);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host + ":" + port + "/" + database, properties);
  }

  /** pgjdbc's own view of a connection that {@link #connect} made. */
  public static PGConnection driver(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
