package dev.reveille.compute.local;

import dev.reveille.compute.clone.Progress;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A data directory as a {@code .tar.gz}: directories and plain files with what their owner may do.
 * There is nothing else in one; links would lead out of the storage and are refused. Every byte is
 * under gzip's checksum.
 */
final class TarGzip {
  private static final int BUFFER = 256 * 1024;
  /** Postgres's pages shrink little more at a higher one, and take thrice the time. */
  private static final int LEVEL = 3;

  private TarGzip() {
  }

  static void pack(Path directory, OutputStream into, Progress progress) throws IOException {
    GzipParameters parameters = new GzipParameters();
    parameters.setCompressionLevel(LEVEL);
    parameters.setBufferSize(BUFFER);
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new BufferedOutputStream(
        new GzipCompressorOutputStream(new Unclosed(into), parameters), BUFFER))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      Files.walkFileTree(directory, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
            throws IOException {
          if (!path.equals(directory)) {
            tar.putArchiveEntry(new TarArchiveEntry(directory.relativize(path) + "/"));
            tar.closeArchiveEntry();
          }
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
            throws IOException {
          if (!attributes.isRegularFile()) {
            throw new IOException("not a plain file: " + path);
          }
          TarArchiveEntry entry = new TarArchiveEntry(directory.relativize(path).toString());
          entry.setSize(attributes.size());
          tar.putArchiveEntry(entry);
          try (InputStream file = new Told(Files.newInputStream(path), progress)) {
            file.transferTo(tar);
          }
          tar.closeArchiveEntry();
          return FileVisitResult.CONTINUE;
        }
      });
    }
  }

  /** Everything in it will belong to {@code user}, and only to it. */
  static void unpack(InputStream packed, Path directory, ComputeUser user, Progress progress)
      throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(
        new GzipCompressorInputStream(new BufferedInputStream(packed, BUFFER)), BUFFER))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory) || !(entry.isDirectory() || entry.isFile())) {
          throw new IOException("not a file of a data directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectory(target);
        } else {
          Files.copy(new Told(tar, progress), target);
        }
        Files.setPosixFilePermissions(target, permissions(entry.isDirectory()));
        user.own(target);
      }
      tar.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** What Postgres gives its own files (src/include/common/file_perm.h). */
  private static Set<PosixFilePermission> permissions(boolean directory) {
    EnumSet<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_WRITE);
    if (directory) {
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
    }
    return permissions;
  }

  /** Says of each piece that is read how long it is. */
  private static final class Told extends FilterInputStream {
    private final Progress progress;

    Told(InputStream in, Progress progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      progress.moved(Math.max(0, read));
      return read;
    }
  }

  /** Leaves what it writes to open, which has to be made durable before it is closed. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
