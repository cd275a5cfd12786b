package dev.reveille.proxy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code reveille diff A B}. */
@Command(name = "diff", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Print the SQL that would turn the schema of A into that of B; nothing when they are the same.")
final class Diff implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(index = "0", paramLabel = "A", description = "A database.")
  private String from = "";
  @Parameters(index = "1", paramLabel = "B", description = "Another, for instance a branch of it.")
  private String to = "";
  @Option(names = "--json", description = "Print JSON, with the statements that may lose data apart.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode difference = home.control().post("schema/diff", Map.of("from", from, "to", to));
    System.out.print(json
        ? difference.toPrettyString() + System.lineSeparator()
        : difference.path("sql").asString());
    int losing = difference.path("losing").size();
    if (!json && losing > 0) {
      System.err.println("reveille: " + losing + (losing == 1 ? " statement" : " statements")
          + " may lose data, marked LOSES DATA");
    }
    return ExitCode.OK;
  }
}
