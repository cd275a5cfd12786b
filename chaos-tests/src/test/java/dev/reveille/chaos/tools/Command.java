package dev.reveille.chaos.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program, with a deadline, its output kept in files until it has ended.
 *
 * <p>
 * Confined to the thread that builds it. A program that passes its deadline is killed with everything
 * it started, so nothing outlives {@link #run()}.
 */
public final class Command {
  /** How a program ended; {@code out} and {@code err} are whole. */
  public record Outcome(List<String> words, int exit, String out, String err) {
    public boolean succeeded() {
      return exit == 0;
    }

    /** This outcome, or an exception that shows what the program printed. */
    public Outcome orThrow() {
      if (exit != 0) {
        throw new IllegalStateException(this.toString());
      }
      return this;
    }

    @Override
    public String toString() {
      return String.join(" ", words) + "\nexit " + exit + "\n" + out + "\n" + err;
    }
  }

  private final List<String> words;
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable Path directory;
  private @Nullable String input;
  private Duration deadline = Duration.ofMinutes(1);

  private Command(List<String> words) {
    this.words = List.copyOf(words);
  }

  public static Command of(String... words) {
    return new Command(List.of(words));
  }

  public static Command of(List<String> words) {
    return new Command(words);
  }

  public Command and(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    Command longer = new Command(all);
    longer.environment.putAll(environment);
    longer.directory = directory;
    longer.input = input;
    longer.deadline = deadline;
    return longer;
  }

  public Command in(Path where) {
    directory = where;
    return this;
  }

  public Command with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Command input(String text) {
    input = text;
    return this;
  }

  public Command within(Duration limit) {
    deadline = limit;
    return this;
  }

  public Outcome run() {
    try {
      Path scratch = Files.createTempDirectory("reveille-command");
      try {
        return run(scratch);
      } finally {
        for (String name : List.of("in", "out", "err")) {
          Files.deleteIfExists(scratch.resolve(name));
        }
        Files.delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome run(Path scratch) throws IOException {
    Path out = scratch.resolve("out");
    Path err = scratch.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(words).redirectOutput(out.toFile())
        .redirectError(err.toFile());
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    if (input == null) {
      builder.redirectInput(Path.of("/dev/null").toFile());
    } else {
      builder.redirectInput(Files.writeString(scratch.resolve("in"), input).toFile());
    }
    builder.environment().putAll(environment);
    Process process = builder.start();
    String late = "";
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        late = "\nkilled: not done within " + deadline;
        kill(process);
      }
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + words + " ran", e);
    }
    int exit = late.isEmpty() ? process.exitValue() : 124;
    return new Outcome(words, exit, Files.readString(out), Files.readString(err) + late);
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
