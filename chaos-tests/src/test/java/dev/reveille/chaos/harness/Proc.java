package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel says is there: processes, their files and locks, read from {@code /proc}. */
public final class Proc {
  private static final Path ROOT = Path.of("/proc");

  private Proc() {
  }

  /** Every process id at this moment. */
  public static List<Long> pids() {
    try (Stream<Path> entries = Files.list(ROOT)) {
      return entries.map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words that started a process; empty when it has gone. */
  public static List<String> words(long pid) {
    return List.of(read(pid, "cmdline").split("\0", -1));
  }

  /** How many descriptors a process has open; 0 when it has gone. */
  public static int descriptors(long pid) {
    try (Stream<Path> entries = Files.list(ROOT.resolve(Long.toString(pid)).resolve("fd"))) {
      return (int) entries.count();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** What the descriptors of a process point at, each with how often, for a message that helps. */
  public static Map<String, Long> descriptorKinds(long pid) {
    try (Stream<Path> entries = Files.list(ROOT.resolve(Long.toString(pid)).resolve("fd"))) {
      return entries.map(Proc::target)
          .collect(Collectors
              .groupingBy(target -> target.replaceAll("\\[\\d+]", ""), Collectors.counting()));
    } catch (IOException | UncheckedIOException e) {
      return Map.of();
    }
  }

  /**
   * The postmasters that run now, by data directory. A child that has just been forked still shows
   * its parent's command line, so a process whose parent serves the same directory is not counted.
   */
  public static Map<Path, Set<Long>> postmasters() {
    Map<Path, Set<Long>> found = new HashMap<>();
    for (long pid : pids()) {
      dataDirectory(words(pid)).ifPresent(
          directory -> found.computeIfAbsent(directory, any -> new HashSet<>()).add(pid));
    }
    found.values()
        .forEach(
            same -> same.removeIf(pid -> parent(pid).map(same::contains).orElse(true)));
    return found;
  }

  /** The processes that run in, or were started with, a path below the given directory. */
  public static List<String> processesOf(Path directory) {
    Path real = real(directory);
    Path cells = real(directory.resolve("cells"));
    long self = ProcessHandle.current().pid();
    return pids().stream().filter(pid -> pid != self).filter(pid -> {
      String told = String.join(" ", words(pid));
      String at = target(ROOT.resolve(Long.toString(pid)).resolve("cwd"));
      return Stream.of(directory, real, cells)
          .map(Path::toString)
          .anyMatch(path -> told.contains(path) || at.startsWith(path));
    }).map(pid -> pid + " " + String.join(" ", words(pid))).toList();
  }

  /** The files named {@code lock} below a directory that some process still holds. */
  public static List<Path> locksHeld(Path directory) {
    Path cells = real(directory.resolve("cells"));
    Set<String> held = locked();
    try (Stream<Path> files = Files.exists(cells) ? Files.walk(cells, 4) : Stream.of()) {
      return files.filter(file -> file.getFileName().toString().equals("lock"))
          .filter(file -> held.contains(inode(file)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void signal(long pid, String name) {
    Command.of("kill", "-" + name, Long.toString(pid)).run();
  }

  private static Optional<Path> dataDirectory(List<String> words) {
    int at = words.indexOf("-D");
    return words.getFirst().endsWith("/postgres") && at > 0 && at + 1 < words.size()
        ? Optional.of(Path.of(words.get(at + 1)))
        : Optional.empty();
  }

  /** The parent of a live process; empty for one that has gone or is a zombie. */
  public static Optional<Long> parent(long pid) {
    String status = read(pid, "stat");
    int end = status.lastIndexOf(')');
    if (end < 0) {
      return Optional.empty();
    }
    List<String> fields = List.of(status.substring(end + 2).split(" ", -1));
    return fields.getFirst().equals("Z")
        ? Optional.empty()
        : Optional.of(Long.valueOf(fields.get(1)));
  }

  private static Set<String> locked() {
    try (Stream<String> lines = Files.lines(ROOT.resolve("locks"))) {
      return lines.flatMap(line -> Stream.of(line.split(" +", -1)))
          .filter(word -> word.matches("[0-9a-f]+:[0-9a-f]+:\\d+"))
          .map(word -> word.substring(word.lastIndexOf(':') + 1))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String inode(Path file) {
    try {
      return String.valueOf(Files.getAttribute(file, "unix:ino"));
    } catch (IOException e) {
      return "gone";
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "gone";
    }
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(ROOT.resolve(Long.toString(pid)).resolve(file),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
