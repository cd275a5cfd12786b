package dev.reveille.proxy.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What may be said of a new database. Its connection string alone goes to standard output. */
final class NewDatabaseOptions {
  @Option(names = "--ttl", paramLabel = "TIME", description = "How long it lives, such as 2h or 7d; it never expires without.")
  private @Nullable String ttl;
  @Option(names = "--suspend-after", paramLabel = "TIME", description = "How long it idles awake.")
  private @Nullable String suspendAfter;
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  int create(HomeOption home, String name, @Nullable String from) {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    put(request, "from", from);
    put(request, "ttl", ttl);
    put(request, "suspend_after", suspendAfter);
    JsonNode made = home.control().post("create", name, request);
    if (json) {
      System.out.println(made.toPrettyString());
      return ExitCode.OK;
    }
    System.out.println(made.path("url").asString());
    made.path("notices").forEach(notice -> System.err.println(notice.asString()));
    return ExitCode.OK;
  }

  private static void put(ObjectNode request, String key, @Nullable String value) {
    if (value != null) {
      request.put(key, value);
    }
  }
}
