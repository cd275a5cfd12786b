package dev.reveille.proxy.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code reveille merge BRANCH}. */
@Command(name = "merge", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Bring the changes of a branch's schema, never rows, back to its parent: tried on a fresh branch first, with a checkpoint before.")
final class Merge implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "BRANCH", description = "The branch whose schema has changed.")
  private String branch = "";
  @Option(names = "--into", paramLabel = "PARENT", description = "Where to (default: the branch's parent).")
  private @Nullable String into;
  @Option(names = "--base", paramLabel = "CHECKPOINT", description = "The parent's checkpoint that the branch began as (default: the one that it was made from, or the base that was kept with it; see checkpoints --bases).")
  private @Nullable String base;
  @Option(names = "--dry-run", description = "Only print the SQL.")
  private boolean dryRun;
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Map<String, String> asked = new HashMap<>();
    asked.put("branch", branch);
    if (into != null) {
      asked.put("into", into);
    }
    if (base != null) {
      asked.put("base", base);
    }
    if (dryRun) {
      asked.put("dry_run", "true");
    }
    JsonNode merged = home.control().post("schema/merge", asked);
    if (json) {
      System.out.println(merged.toPrettyString());
      return ExitCode.OK;
    }
    System.out.print(merged.path("sql").asString());
    String parent = merged.path("into").asString();
    if (merged.path("sql").asString().isEmpty()) {
      System.err.println("nothing to merge into \"" + parent + "\"");
    } else if (!dryRun) {
      String checkpoint = merged.path("checkpoint").asString();
      System.err.println("merged into \"" + parent + "\"; what it was before: reveille restore "
          + parent + " " + checkpoint);
    }
    int losing = merged.path("losing").size();
    if (losing > 0) {
      System.err.println(losing + (losing == 1 ? " statement" : " statements")
          + (dryRun ? " may lose" : " may have lost") + " data, marked LOSES DATA");
    }
    if (!merged.path("base").isString()) {
      System.err
          .println("what \"" + branch + "\" began as was not kept: only what it adds is merged");
    }
    for (JsonNode object : merged.path("untouched")) {
      System.err.println("only in \"" + parent + "\", and left as it is: " + object.asString());
    }
    return ExitCode.OK;
  }
}
