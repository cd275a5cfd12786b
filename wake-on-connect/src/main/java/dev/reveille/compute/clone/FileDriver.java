package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** File by file, by {@code cp}: by reference where the file system can, else byte by byte. */
final class FileDriver implements CloneDriver {
  private static final String GONE = "No such file or directory";
  private static final int ARGUMENTS = 1_000;

  private final String name;
  private final String reflink;
  private final Ground ground;

  private FileDriver(String name, String reflink, Ground ground) {
    this.name = name;
    this.reflink = reflink;
    this.ground = ground;
  }

  static FileDriver reflink(Ground ground) {
    return new FileDriver("reflink", "--reflink=always", ground);
  }

  /** For those that are made when there is time, see {@link CopyDriver}. */
  static FileDriver copy(Ground ground) {
    return new FileDriver("copy", "--reflink=never", ground);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void create(Path data) throws IOException {
    Files.createDirectory(data);
    ground.own(data);
  }

  @Override
  public boolean atomic(Path data) {
    return false;
  }

  @Override
  public void clone(Path data, Path target, Progress progress)
      throws IOException, InterruptedException {
    create(target);
    fill(data, target, false);
  }

  @Override
  public void clonePatiently(Path data, Path target) throws IOException, InterruptedException {
    create(target);
    fill(data, target, true);
  }

  /** Into an empty directory. */
  void fill(Path data, Path target, boolean patient) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(patient ? List.of("nice", "-n", "10") : List.of());
    command.addAll(List.of("cp", "-a", "-T", reflink, data.toString(), target.toString()));
    ground.must(command);
    sync(target);
  }

  @Override
  public void cloneEntries(Path data, List<String> names, Path target, Progress progress)
      throws IOException, InterruptedException {
    for (int from = 0; from < names.size(); from += ARGUMENTS) {
      List<String> command = new ArrayList<>(
          List.of("cp", "-a", reflink, "-t", target.toString(), "--"));
      names.subList(from, Math.min(names.size(), from + ARGUMENTS))
          .forEach(name -> command.add(data.resolve(name).toString()));
      Ground.Ended ended = ground.run(command);
      if (ended.code() != 0 && !ended.complaints().lines().allMatch(line -> line.endsWith(GONE))) {
        throw new IOException("cp failed with exit code " + ended.code() + ": "
            + ended.complaints().strip());
      }
    }
  }

  @Override
  public void sync(Path directory) throws IOException, InterruptedException {
    KernelCalls.run(() -> OpenFile.syncFileSystem(directory));
  }

  @Override
  public void remove(Path data) {
    // There is no way but file by file.
  }
}
