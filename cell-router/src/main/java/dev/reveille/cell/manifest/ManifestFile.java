package dev.reveille.cell.manifest;

import dev.reveille.cell.manifest.ManifestFormat.UnreadableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * One cell's manifest on that cell's storage. Replaced in one step: at every moment, power loss
 * included, there is a whole manifest under the name or under the name with {@code .bak}, which is the
 * one before. Readable by its owner alone. One writer at a time; methods are synchronized.
 */
public final class ManifestFile {
  private static final Set<OpenOption> CREATE = Set.of(StandardOpenOption.CREATE,
      StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

  private final Path file;
  private final Path before;
  private final Path next;

  public ManifestFile(Path file) {
    this.file = file.toAbsolutePath();
    this.before = this.file.resolveSibling(file.getFileName() + ".bak");
    this.next = this.file.resolveSibling(file.getFileName() + ".new");
  }

  /**
   * What was read.
   *
   * @param problem set when the newest file was unusable and this is the one before it
   */
  public record Loaded(CellManifest manifest, Optional<String> problem) {}

  public Path path() {
    return file;
  }

  /**
   * The newest manifest that can be read; empty when none was ever written.
   *
   * @throws ManifestException when there is something, and nothing that can be read
   */
  public synchronized Optional<Loaded> load() {
    String problem;
    try {
      return Optional.of(new Loaded(read(file), Optional.empty()));
    } catch (NoSuchFileException e) {
      if (!Files.exists(before)) {
        return Optional.empty();
      }
      problem = "is missing";
    } catch (UnreadableException e) {
      problem = String.valueOf(e.getMessage());
    } catch (IOException e) {
      problem = "cannot be read (" + e.getClass().getSimpleName() + ")";
    }
    String newest = "the manifest " + file + " " + problem;
    try {
      return Optional.of(new Loaded(read(before), Optional.of(newest + "; using " + before)));
    } catch (UnreadableException | IOException e) {
      throw new ManifestException(newest + ", and so is or does " + before.getFileName()
          + "; it will be written again once the catalog is there", e);
    }
  }

  /** Replaces the manifest; on return it is on the disk. */
  public synchronized void save(CellManifest manifest) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(ManifestFormat.write(manifest));
    Files.deleteIfExists(next);
    try (FileChannel channel = FileChannel.open(next, CREATE, ownerOnly())) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    if (readable(file)) {
      Files.move(file, before, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.resolveSibling("."))) {
      directory.force(true);
    }
  }

  private static CellManifest read(Path path) throws IOException, UnreadableException {
    return ManifestFormat.read(Files.readAllBytes(path));
  }

  /** A broken file is overwritten: it must not take the place of the good one before it. */
  private static boolean readable(Path path) {
    try {
      read(path);
      return true;
    } catch (IOException | UnreadableException e) {
      return false;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[]{
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
        : new FileAttribute<?>[0];
  }
}
