package dev.reveille.compute.local;

import dev.reveille.compute.clone.Ground;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What clone drivers need of a local cell: its user, and children that die with the proxy. */
public record CellGround(ComputeUser user) implements Ground {
  @Override
  public void own(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    user.own(directory);
  }

  @Override
  public void give(Path path) throws IOException {
    user.own(path);
  }

  @Override
  public Ended run(List<String> command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(user.becomeUntilParentDies());
    whole.addAll(command);
    Process process = ChildProcesses.start(whole, builder -> builder.redirectErrorStream(true));
    process.getOutputStream().close();
    CompletableFuture<String> complaints = new CompletableFuture<>();
    Thread.ofVirtual().name("reveille-complaints").start(() -> complaints.complete(all(process)));
    try {
      return new Ended(process.waitFor(), complaints.join());
    } catch (InterruptedException e) {
      process.destroyForcibly().onExit().join(); // it writes no more when this returns
      throw e;
    }
  }

  private static String all(Process process) {
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "its complaints cannot be read: " + e.getMessage();
    }
  }
}
