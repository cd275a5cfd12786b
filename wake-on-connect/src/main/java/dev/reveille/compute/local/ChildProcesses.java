package dev.reveille.compute.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives birth to every child process, on one platform thread that lives as long as the JVM: the
 * parent-death signal of {@code prctl(2)} fires when the <em>thread</em> that started the child ends,
 * so a pooled or virtual thread would stop computes at random. Children inherit next to nothing of
 * the environment, so that no secret of the proxy's shows in theirs.
 */
public final class ChildProcesses {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcesses.class);
  private static final int LONGEST_COMPLAINT = 500;
  private static final Set<String> INHERITED = Set.of("PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR");
  private static final LinkedBlockingQueue<Runnable> BIRTHS = new LinkedBlockingQueue<>();

  static {
    Thread.ofPlatform().name("reveille-children").daemon(true).start(ChildProcesses::deliver);
  }

  private ChildProcesses() {
  }

  /** Starts a command; {@code configure} may redirect its files. Blocks for about a millisecond. */
  public static Process start(List<String> command, Consumer<ProcessBuilder> configure)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(INHERITED);
    environment.put("LC_ALL", "C");
    configure.accept(builder);
    CompletableFuture<Process> born = new CompletableFuture<>();
    BIRTHS.add(() -> {
      try {
        born.complete(builder.start());
      } catch (IOException e) {
        born.completeExceptionally(new UncheckedIOException(e));
      } catch (RuntimeException e) {
        born.completeExceptionally(e);
      }
    });
    try {
      return born.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw new IOException("cannot start " + command.getFirst(), io);
      }
      throw e;
    }
  }

  /** Runs a command to its end and answers its output; an exit code other than 0 is an error. */
  public static String run(List<String> command) throws IOException, InterruptedException {
    Process process = start(command, builder -> builder.redirectErrorStream(true));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(),
        StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          command.getFirst() + " failed with exit code " + code + ": " + brief(output));
    }
    return output;
  }

  private static String brief(String output) {
    String text = output.strip();
    return text.length() > LONGEST_COMPLAINT ? text.substring(0, LONGEST_COMPLAINT) + "…" : text;
  }

  private static void deliver() {
    while (true) {
      try {
        BIRTHS.take().run();
      } catch (InterruptedException e) {
        LOG.debug("interrupt ignored: the end of this thread would stop every compute");
      }
    }
  }
}
