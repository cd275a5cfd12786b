package dev.reveille.chaos.kill;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the product calls instead, where {@link StepsAgent} has been: the same, but for a thread that is asked to
 * wait before one step, for ever. Uses nothing but the JDK, since it is loaded into the product.
 */
public final class Steps {
  private static final StackWalker CALLERS = StackWalker.getInstance();
  /** Not what is written when it suits: when databases were used, the audit. */
  private static final Pattern CHANGE = Pattern
      .compile("(?s).*?\\b((?:update|insert into|delete from)"
          + " reveille\\.(?:databases|checkpoints|credentials)\\b.{0,40}).*");
  private static final Pattern VALUE = Pattern.compile("\\('.*?(?:'::[\\w ]+\\)|$)");
  private static final Map<Path, Asked> ASKED = new ConcurrentHashMap<>();

  static Path directory = Path.of("");

  private Steps() {
  }

  public static Path move(Path from, Path to, CopyOption... how) throws IOException {
    at("move", from + " " + to);
    return Files.move(from, to, how);
  }

  public static void delete(Path file) throws IOException {
    at("delete", file.toString());
    Files.delete(file);
  }

  public static boolean deleteIfExists(Path file) throws IOException {
    at("delete", file.toString());
    return Files.deleteIfExists(file);
  }

  public static Path createDirectory(Path directory, FileAttribute<?>... attributes)
      throws IOException {
    at("create", directory.toString());
    return Files.createDirectory(directory, attributes);
  }

  public static Path createFile(Path file, FileAttribute<?>... attributes) throws IOException {
    at("create", file.toString());
    return Files.createFile(file, attributes);
  }

  public static long copy(InputStream in, Path file, CopyOption... how) throws IOException {
    at("write", file.toString());
    return Files.copy(in, file, how);
  }

  public static InputStream newInputStream(Path file, OpenOption... how) throws IOException {
    at("read", file.toString());
    return Files.newInputStream(file, how);
  }

  public static Path writeString(Path file, CharSequence text, OpenOption... how)
      throws IOException {
    at("write", file.toString());
    return Files.writeString(file, text, how);
  }

  public static FileChannel open(Path file, OpenOption... how) throws IOException {
    if (List.of(how).contains(StandardOpenOption.WRITE)) {
      at("open", file.toString());
    }
    return FileChannel.open(file, how);
  }

  public static int executeUpdate(PreparedStatement statement) throws SQLException {
    atStatement(statement);
    return statement.executeUpdate();
  }

  public static ResultSet executeQuery(PreparedStatement statement) throws SQLException {
    atStatement(statement);
    return statement.executeQuery();
  }

  /** The drivers' statements show themselves with their values. */
  private static void atStatement(PreparedStatement statement) {
    String text = statement.toString();
    Matcher change = CHANGE.matcher(text);
    if (change.matches()) {
      at("\"" + VALUE.matcher(change.group(1)).replaceAll("?").replaceAll("\\s+", " ").strip()
          + "\"", text);
    }
  }

  private static void at(String what, String text) {
    for (Asked one : asked()) {
      if (one.concerns(text)) {
        String step = CALLERS.walk(frames -> frames
            .filter(frame -> frame.getClassName().startsWith("dev.reveille.c")
                && !frame.getClassName().startsWith(Steps.class.getPackageName()))
            .limit(2)
            .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
            .collect(Collectors.joining(" < ", what + " at ", "")));
        one.at(step);
      }
    }
  }

  private static List<Asked> asked() {
    try (Stream<Path> files = Files.list(directory)) {
      Set<Path> there = files.filter(file -> file.toString().endsWith(Halts.ASKED))
          .collect(Collectors.toSet());
      ASKED.keySet().retainAll(there);
      return there.stream().map(file -> ASKED.computeIfAbsent(file, Asked::of)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One wish: the step and how often it was come to before, then the words by which its steps are known. */
  private record Asked(Path file, String step, int before, List<String> words,
      Map<String, Integer> times) {
    static Asked of(Path file) {
      try {
        List<String> lines = Files.readAllLines(file);
        return new Asked(file, lines.get(0), Integer.parseInt(lines.get(1)),
            lines.subList(2, lines.size()), new HashMap<>());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean concerns(String text) {
      return words.stream().anyMatch(text::contains);
    }

    void at(String come) {
      if (counted(come)) {
        while (true) {
          LockSupport.park();
        }
      }
    }

    private synchronized boolean counted(String come) {
      int now = times.merge(come, 1, Integer::sum);
      try {
        Files.writeString(beside(Halts.SEEN), come + "\n", StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
        if (come.equals(step) && now == before + 1) {
          Path whole = Files.writeString(beside(".next"), come);
          Files.move(whole, beside(Halts.REACHED), StandardCopyOption.ATOMIC_MOVE);
          return true;
        }
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Path beside(String end) {
      String name = file.getFileName().toString();
      return file.resolveSibling(
          name.substring(0, name.length() - Halts.ASKED.length()) + end);
    }
  }
}
