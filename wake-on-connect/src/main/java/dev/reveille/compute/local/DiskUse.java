package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What directory trees have allocated on the disk, by {@code du(1)}: the JDK does not tell. */
final class DiskUse {
  private static final int ARGUMENTS = 500;

  private DiskUse() {
  }

  /** Bytes of each tree; one that is gone is not listed. Blocking. */
  static Map<Path, Long> of(List<Path> trees) throws IOException, InterruptedException {
    Map<Path, Long> found = new HashMap<>();
    for (int from = 0; from < trees.size(); from += ARGUMENTS) {
      List<String> command = new ArrayList<>(List.of("nice", "-n", "10", "du", "-s",
          "--block-size=1", "--count-links", "--"));
      trees.subList(from, Math.min(trees.size(), from + ARGUMENTS))
          .forEach(tree -> command.add(tree.toString()));
      Process process = ChildProcesses.start(command,
          builder -> builder.redirectError(ProcessBuilder.Redirect.DISCARD));
      process.getOutputStream().close();
      try (var lines = process.inputReader()) {
        lines.lines()
            .map(line -> line.split("\t", 2))
            .filter(parts -> parts.length == 2)
            .forEach(parts -> found.put(Path.of(parts[1]), Long.parseLong(parts[0])));
      }
      process.waitFor(); // files that vanish meanwhile make it complain, and nothing else does
    }
    return found;
  }
}
