package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * One JSON object a line, in a file that only its owner can read. Past its size it is renamed to
 * {@code .1}, what was {@code .1} to {@code .2}, and so on; the oldest goes. One thread at a time.
 */
final class FileSink implements AuditSink {
  private final Path file;
  private final long size;
  private final int files;
  private final String instance;
  private FileChannel out;

  FileSink(Path file, long size, int files, String instance) throws IOException {
    this.file = file;
    this.size = size;
    this.files = files;
    this.instance = instance;
    out = open(file);
  }

  private static FileChannel open(Path file) throws IOException {
    FileChannel opened = FileChannel.open(file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return opened;
  }

  @Override
  public String name() {
    return "file";
  }

  /** Numbered by the journal. */
  @Override
  public boolean keep(List<Noted> batch) {
    write(batch.stream().map(noted -> Entries.entry(noted, instance)).toList());
    return true;
  }

  /** Any thread. */
  synchronized void write(List<AuditEntry> entries) {
    StringBuilder lines = new StringBuilder();
    entries.forEach(entry -> lines.append(Entries.line(entry)));
    try {
      if (!out.isOpen()) {
        out = open(file); // it could not be opened after the last renaming
      }
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      if (out.size() >= size) {
        rotate();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void rotate() throws IOException {
    out.close();
    for (int i = files - 1; i >= 1; i--) {
      if (Files.exists(older(i))) {
        Files.move(older(i), older(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(file, older(1), StandardCopyOption.REPLACE_EXISTING);
    out = open(file);
  }

  private Path older(int i) {
    return file.resolveSibling(file.getFileName() + "." + i);
  }

  @Override
  public synchronized void close() {
    try {
      out.force(false);
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
