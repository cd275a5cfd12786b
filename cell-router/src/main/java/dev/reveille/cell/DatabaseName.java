package dev.reveille.cell;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What may name a database: 1 to 63 bytes of UTF-8 without NUL, as in Postgres (NAMEDATALEN - 1,
 * src/include/pg_config_manual.h), and none of the names that Postgres or Reveille keep for
 * themselves. Case and spaces are significant; nothing is folded or trimmed.
 */
public final class DatabaseName {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 63;

  private static final Set<String> RESERVED = Set.of("postgres", "template0", "template1",
      "reveille");

  private DatabaseName() {
  }

  /** Whether {@code name} is kept for Postgres itself or for the console. */
  public static boolean reserved(String name) {
    return RESERVED.contains(name);
  }

  /** Whether connecting to this name opens the console: its own name, and that which tools expect. */
  public static boolean isConsole(String name) {
    return name.equals("reveille") || name.equals("postgres");
  }

  /** Whether a database may have this name. */
  public static boolean valid(String name) {
    return !reserved(name) && problem(name).isEmpty();
  }

  /**
   * Returns {@code name} when a database may have it.
   *
   * @throws InvalidNameException 42602 for a malformed name, 42939 for a reserved one
   */
  public static String require(String name) {
    Optional<String> problem = problem(name);
    if (problem.isPresent()) {
      throw new InvalidNameException("42602", "a database name " + problem.get());
    }
    if (reserved(name)) {
      throw new InvalidNameException("42939", "the database name \"" + name + "\" is reserved");
    }
    return name;
  }

  /** As {@link #require}, also for what may bear a reserved name: a checkpoint. */
  static String requireWellFormed(String name) {
    problem(name).ifPresent(problem -> {
      throw new InvalidNameException("42602", "a name " + problem);
    });
    return name;
  }

  private static Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("must not be empty");
    }
    if (name.indexOf('\0') >= 0) {
      return Optional.of("must not contain a NUL");
    }
    if (name.length() > MAX_BYTES) {
      return Optional.of(tooLong());
    }
    try {
      int bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
      return bytes > MAX_BYTES ? Optional.of(tooLong()) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.of("must be valid UTF-8");
    }
  }

  private static String tooLong() {
    return "must be at most " + MAX_BYTES + " bytes of UTF-8";
  }
}
