package dev.reveille.compute.local;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks a {@code .txz}: plain files with their owner's permissions, directories, symbolic links. */
final class TarXzArchive {
  private static final int OWNER_EXECUTE = 0100;
  private static final int BUFFER = 64 * 1024;

  /** Hears how many packed bytes were read. */
  @FunctionalInterface
  interface Progress {
    void read(long done, long total);
  }

  private final InputStream packed;
  private final long size;
  private final Progress progress;

  TarXzArchive(InputStream packed, long size, Progress progress) {
    this.packed = packed;
    this.size = size;
    this.progress = progress;
  }

  void unpackInto(Path directory) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(
        new XZInputStream(new BufferedInputStream(new Counting(packed), BUFFER)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, directory);
      }
    }
    progress.read(size, size);
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
      throws IOException {
    Path target = directory.resolve(entry.getName()).normalize();
    if (!target.startsWith(directory)) {
      throw new IOException("the archive wants to write outside of its directory: "
          + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      Files.setPosixFilePermissions(target, permissions(true));
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(target.getParent());
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.createDirectories(target.getParent());
      Files.copy(tar, target);
      Files.setPosixFilePermissions(target, permissions((entry.getMode() & OWNER_EXECUTE) != 0));
    }
  }

  /** Readable by everyone, because computes may run as another user than the one who unpacks. */
  private static Set<PosixFilePermission> permissions(boolean executable) {
    EnumSet<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ,
        PosixFilePermission.OTHERS_READ);
    if (executable) {
      permissions.addAll(Set.of(PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE));
    }
    return permissions;
  }

  private final class Counting extends FilterInputStream {
    private static final long STEP = 256 * 1024;
    private long done;
    private long told;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int bytes) {
      done += bytes;
      if (done - told >= STEP && done < size) {
        told = done;
        progress.read(done, size);
      }
    }
  }
}
