package dev.reveille.proxy.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille audit}. */
@Command(name = "audit", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Show who came, what became of it and what was done to credentials, oldest first.")
final class AuditCommand implements Callable<Integer> {
  private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|min|h|d)");
  private static final Map<String, Integer> SECONDS = Map.of("s", 1, "min", 60, "h", 3600, "d",
      86_400);
  private static final Set<String> COLUMNS = Set.of("at", "kind", "credential", "database",
      "instance", "number", "account", "database_id", "session");

  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--credential", paramLabel = "NAME", description = "Only what is about this credential.")
  private @Nullable String credential;
  @Option(names = "--since", paramLabel = "TIME", description = "How far back: 90s, 10min, 1h, 7d (default: 1h).")
  private String since = "1h";
  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Override
  public Integer call() {
    String named = credential == null
        ? ""
        : "&credential=" + URLEncoder.encode(credential, StandardCharsets.UTF_8);
    List<JsonNode> entries = home.control()
        .get("audit?seconds=" + within().toSeconds() + named)
        .valueStream()
        .toList()
        .reversed();
    if (json) {
      entries.forEach(System.out::println);
      return ExitCode.OK;
    }
    Table table = new Table("AT", "KIND", "CREDENTIAL", "DATABASE", "FACTS");
    for (JsonNode entry : entries) {
      table.row(entry.path("at").asString(), entry.path("kind").asString(),
          entry.path("credential").asString("-"), entry.path("database").asString("-"),
          facts(entry));
    }
    System.out.print(table.text());
    return ExitCode.OK;
  }

  private Duration within() {
    Matcher matcher = TIME.matcher(since);
    if (!matcher.matches()) {
      throw new CommandFailure(ExitCode.USAGE, "\"" + since + "\" is not a time",
          "Say 90s, 10min, 1h or 7d.");
    }
    long seconds = Long.parseLong(matcher.group(1)) * SECONDS.getOrDefault(matcher.group(2), 1);
    return Duration.ofSeconds(Math.min(seconds, Integer.MAX_VALUE));
  }

  private static String facts(JsonNode entry) {
    return entry.properties()
        .stream()
        .filter(fact -> !COLUMNS.contains(fact.getKey()))
        .map(fact -> fact.getKey() + "=" + fact.getValue().asString())
        .collect(Collectors.joining(" "));
  }
}
