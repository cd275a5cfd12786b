package dev.reveille.proxy.cli;

import com.google.errorprone.annotations.FormatMethod;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille demo}. */
@Command(name = "demo", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Create a database, suspend it, connect as a client does, and show where the "
    + "time went.")
final class Demo implements Callable<Integer> {
  private static final Map<String, String> PHASES = Map.of("startup", "startup packet", "tls",
      "TLS handshake", "auth", "proof of the secret (SCRAM)", "route", "finding the database",
      "wake", "waking its compute", "connect", "logging in to the compute");
  private static final int BAR = 40;

  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--keep", description = "Do not drop the database afterwards.")
  private boolean keep;

  @Override
  public Integer call() throws SQLException {
    ControlClient control = home.control();
    String name = "demo_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    long start = System.nanoTime();
    Login login = Login.parse(control.post("create", name).path("url").asString());
    say("created  %-14s in %.1f ms", name, millis(start));
    try {
      firstConnection(login);
      start = System.nanoTime();
      control.post("suspend", name);
      say("suspended, no process left, in %.1f ms", millis(start));
      start = System.nanoTime();
      String row = row(login);
      double total = millis(start);
      say("connected and got a row in %.1f ms: %s", total, row);
      System.out.println();
      timeline(control.get("timeline?name=" + name), total);
      start = System.nanoTime();
      row(login);
      say("%nagain, now that it is awake: %.1f ms", millis(start));
    } finally {
      if (keep) {
        say("kept     %s", name);
      } else {
        control.post("drop", name);
      }
    }
    return ExitCode.OK;
  }

  /** Loads the driver and trusts the certificate, so that the second connection is measured fairly. */
  private static void firstConnection(Login login) throws SQLException {
    row(login);
  }

  private static String row(Login login) throws SQLException {
    try (Connection connection = DriverManager.getConnection(login.url(), login.properties());
        Statement statement = connection.createStatement();
        ResultSet rows = statement
            .executeQuery("select current_database() || ' on ' || version()")) {
      rows.next();
      String row = rows.getString(1);
      return row.length() > 60 ? row.substring(0, 60) + "..." : row;
    }
  }

  private static void timeline(JsonNode timeline, double total) {
    JsonNode phases = timeline.path("phases");
    double told = 0;
    for (Map.Entry<String, JsonNode> phase : phases.properties()) {
      double millis = phase.getValue().asDouble() / 1e6;
      told += millis;
      line(PHASES.getOrDefault(phase.getKey(), phase.getKey()), millis, total);
    }
    line("client, network, query, answer", Math.max(0, total - told), total);
  }

  private static void line(String what, double millis, double total) {
    String full = System.out.charset().newEncoder().canEncode('█') ? "█" : "#";
    String bar = full.repeat((int) Math.round(BAR * Math.min(1, millis / Math.max(total, 0.001))));
    say("  %-32s %8.2f ms  %s", what, millis, bar);
  }

  private static double millis(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  @FormatMethod
  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  /** A connection string, as the driver wants it. */
  private record Login(String url, Properties properties) {
    static Login parse(String text) {
      java.net.URI uri = java.net.URI.create(text);
      String[] user = uri.getRawUserInfo().split(":", 2);
      Properties properties = new Properties();
      properties.setProperty("user", user[0]);
      properties.setProperty("password", user[1]);
      for (String pair : uri.getQuery().split("&", -1)) {
        String[] parts = pair.split("=", 2);
        properties.setProperty(parts[0], parts[1]);
      }
      return new Login("jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
          properties);
    }
  }
}
