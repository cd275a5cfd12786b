package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which processes work in a data directory. Every process of a compute, the postmaster as well as its
 * backends, has the data directory as its working directory from its first moment to its last, also
 * when {@code postmaster.pid} is gone or tells of another life ({@code proc(5)}).
 */
final class ProcessesOf {
  private static final Path PROC = Path.of("/proc");

  private ProcessesOf() {
  }

  /** All processes of one data directory. */
  static List<Long> data(Path data) throws IOException {
    return all().getOrDefault(data.toRealPath(), List.of());
  }

  /** One walk through /proc: working directory to processes. Others' processes are not seen. */
  static Map<Path, List<Long>> all() throws IOException {
    Map<Path, List<Long>> found = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        workingDirectory(process).ifPresent(directory -> found
            .computeIfAbsent(directory, d -> new ArrayList<>())
            .add(Long.parseLong(process.getFileName().toString())));
      }
    }
    return found;
  }

  /** Whether the process still works in this data directory. */
  static boolean isIn(long processId, Path data) throws IOException {
    return workingDirectory(PROC.resolve(Long.toString(processId)))
        .equals(Optional.of(data.toRealPath()));
  }

  /** Whether the process has ended, even if its parent has not noticed yet. */
  static boolean hasEnded(long processId) {
    try {
      String stat = Files.readString(PROC.resolve(Long.toString(processId)).resolve("stat"));
      String state = stat.substring(stat.lastIndexOf(')') + 1).strip();
      return state.startsWith("Z") || state.startsWith("X");
    } catch (IOException e) {
      return true;
    }
  }

  /** Empty if the process has ended or belongs to someone else: either way it is not one of ours. */
  private static Optional<Path> workingDirectory(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("cwd")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
