package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille status}. */
@Command(name = "status", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Show the running process, its ports, cells and computes.")
final class Status implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode status = home.control().get("status");
    System.out.print(json ? status.toPrettyString() + "\n" : text(status));
    return ExitCode.OK;
  }

  private static String text(JsonNode status) {
    StringBuilder out = new StringBuilder();
    out.append("reveille ")
        .append(status.path("version").asString())
        .append(", process ")
        .append(status.path("pid").asString())
        .append(", up since ")
        .append(status.path("since").asString())
        .append('\n');
    for (JsonNode listener : status.path("listeners")) {
      out.append("clients  ").append(listener.asString()).append('\n');
    }
    out.append("http     ").append(status.path("http").asString()).append('\n');
    out.append("ready    ").append(status.path("ready").asBoolean() ? "yes" : "no").append('\n');
    for (JsonNode check : status.path("checks")) {
      if (!check.path("ok").asBoolean()) {
        out.append("  ")
            .append(check.path("name").asString())
            .append(": ")
            .append(check.path("reason").asString())
            .append('\n');
      }
    }
    Table cells = new Table("CELL", "STATE", "KIND", "DATABASES", "CAPACITY", "PREPARED");
    for (JsonNode cell : status.path("cells")) {
      cells.row(cell.path("id").asString(), cell.path("state").asString(),
          cell.path("kind").asString(), cell.path("databases").asString(),
          cell.path("capacity").asString(), cell.path("prepared").asString("-"));
    }
    Table computes = new Table("DATABASE", "CELL", "STATE", "SESSIONS", "WAITERS", "PROCESS");
    for (JsonNode compute : status.path("computes")) {
      computes.row(compute.path("database").asString(), compute.path("cell").asString(),
          compute.path("state").asString(), compute.path("sessions").asString(),
          compute.path("waiters").asString(), compute.path("pid").asString("-"));
    }
    return out.append('\n').append(cells.text()).append('\n').append(computes.text()).toString();
  }
}
