package dev.reveille.proxy.operations;

import java.net.URI;

/**
 * A connection string, as pgjdbc wants it. Has the secret in it: for use, not for logs.
 *
 * @param user the credential's name
 */
public record JdbcUrl(String user, String text) {
  /** Of a string that {@link ConnectionStrings} has written. */
  public static JdbcUrl of(String connectionString) {
    URI uri = URI.create(connectionString);
    String[] login = uri.getRawUserInfo().split(":", 2);
    String query = uri.getRawQuery()
        .replace("sslrootcert=system", "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
    // Names and values are encoded alike in both, and the parameters of libpq have the same names.
    return new JdbcUrl(login[0], "jdbc:postgresql://" + uri.getRawAuthority().split("@", 2)[1]
        + uri.getRawPath() + "?user=" + login[0] + "&password=" + login[1] + "&" + query
        + "&gssEncMode=disable&preferQueryMode=simple&ApplicationName=reveille");
  }

  @Override
  public String toString() {
    return "JdbcUrl[user=" + user + "]";
  }
}
