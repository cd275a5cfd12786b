package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille list}. */
@Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "List the databases, where they live and whether they are awake.")
final class ListDatabases implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode databases = home.control().get("databases");
    if (json) {
      System.out.println(databases.toPrettyString());
      return ExitCode.OK;
    }
    Table table = new Table("NAME", "CELL", "STATE", "SESSIONS", "CREATED", "EXPIRES",
        "PARENT");
    for (JsonNode database : databases) {
      table.row(database.path("name").asString(), database.path("cell").asString(),
          database.path("state").asString(), database.path("sessions").asString(),
          database.path("created").asString(), database.path("expires").asString("never"),
          parent(database));
    }
    System.out.print(table.text());
    return ExitCode.OK;
  }

  private static String parent(JsonNode database) {
    String checkpoint = database.path("checkpoint").asString("");
    return database.path("parent").asString("")
        + (checkpoint.isEmpty() ? "" : "@" + checkpoint);
  }
}
