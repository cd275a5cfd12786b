package dev.reveille.compute.local;

import dev.reveille.compute.clone.Ground;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** What clone drivers need of a local cell: its user, and children that die with the proxy. */
public record CellGround(ComputeUser user) implements Ground {
  @Override
  public void own(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    user.own(directory);
  }

  @Override
  public Ended run(List<String> command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(user.becomeUntilParentDies());
    whole.addAll(command);
    Process process = ChildProcesses.start(whole, builder -> builder.redirectErrorStream(true));
    process.getOutputStream().close();
    String complaints = new String(process.getInputStream().readAllBytes(),
        StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), complaints);
  }
}
