package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Postgres programs that can be run: a directory with {@code initdb} and {@code postgres} in it.
 *
 * @param version as the programs report it, for example {@code 18.6}
 * @param clusters where new clusters of these programs are kept; empty when somebody else installed
 * them and may change them
 */
public record PostgresDistribution(Path bin, int major, String version, Optional<Path> clusters) {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (([0-9]+)\\S*)");

  /** Asks the programs of {@code bin} who they are. Blocking. */
  public static PostgresDistribution at(Path bin) throws IOException, InterruptedException {
    for (String program : List.of("postgres", "initdb")) {
      if (!Files.isExecutable(bin.resolve(program))) {
        throw new IOException("there is no program " + bin.resolve(program));
      }
    }
    String answer = ChildProcesses.run(List.of(bin.resolve("postgres").toString(), "-V"));
    Matcher matcher = VERSION.matcher(answer);
    if (!matcher.find()) {
      throw new IOException("not a PostgreSQL server: " + answer.strip());
    }
    return new PostgresDistribution(bin, Integer.parseInt(matcher.group(2)), matcher.group(1),
        Optional.empty());
  }

  PostgresDistribution keepingClusters(Path directory) {
    return new PostgresDistribution(bin, major, version, Optional.of(directory));
  }

  Path program(String name) {
    return bin.resolve(name);
  }
}
