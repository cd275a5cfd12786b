package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Collection;
import java.util.Set;

/**
 * Copies directories byte by byte and makes them durable on the way, so that no more than one turn's
 * bytes wait to be written: whatever is written at once is what a commit beside it has to wait for.
 *
 * <p>Follows no links, neither of files nor of directories: what the compute's user may have put there
 * cannot lead out of the storage. What is made belongs to the compute's user only when it is whole. For
 * one copy and one thread, which it blocks.
 */
final class PacedCopy {
  /** Some hundredths of a second for most disks. */
  private static final long TURN_BYTES = 8L << 20;
  private static final int BUFFER = 1 << 20;

  private final CopyTurns turns;
  private final Ground ground;
  private final Progress progress;
  private final boolean busy;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private boolean inTurn;
  private long unwritten;

  /** @param busy whether the source is in use: then files may vanish, and change, while they are read */
  PacedCopy(CopyTurns turns, Ground ground, Progress progress, boolean busy) {
    this.turns = turns;
    this.ground = ground;
    this.progress = progress;
    this.busy = busy;
  }

  /** Everything in one directory into another one, which exists. */
  void all(Path from, Path into) throws IOException, InterruptedException {
    try (SecureDirectoryStream<Path> source = open(from)) {
      enter();
      entries(source, into);
    } finally {
      leave();
    }
  }

  /** The same of some entries. */
  void some(Path from, Collection<String> names, Path into)
      throws IOException, InterruptedException {
    try (SecureDirectoryStream<Path> source = open(from)) {
      enter();
      for (String name : names) {
        entry(source, Path.of(name), into);
      }
    } finally {
      leave();
    }
  }

  private void enter() throws InterruptedException {
    turns.enter(progress);
    inTurn = true;
  }

  private void leave() {
    if (inTurn) {
      inTurn = false;
      turns.leave();
    }
  }

  @SuppressWarnings("StreamResourceLeak") // the caller closes it
  private static SecureDirectoryStream<Path> open(Path directory) throws IOException {
    DirectoryStream<Path> opened = Files.newDirectoryStream(directory);
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    opened.close();
    throw new IOException("cannot be read without following links: " + directory);
  }

  private void entries(SecureDirectoryStream<Path> source, Path into)
      throws IOException, InterruptedException {
    for (Path entry : source) {
      entry(source, entry.getFileName(), into);
    }
  }

  private void entry(SecureDirectoryStream<Path> source, Path name, Path into)
      throws IOException, InterruptedException {
    Path target = into.resolve(name.toString());
    try {
      PosixFileAttributes attributes = source
          .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes();
      if (attributes.isDirectory()) {
        try (SecureDirectoryStream<Path> below = source.newDirectoryStream(name,
            LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(target);
          entries(below, target);
        }
      } else if (attributes.isRegularFile()) {
        file(source, name, target);
      } else {
        throw new IOException("neither a file nor a directory: " + target.getFileName());
      }
      Files.setPosixFilePermissions(target, attributes.permissions());
      ground.give(target);
    } catch (NoSuchFileException e) {
      if (!busy || Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  private void file(SecureDirectoryStream<Path> source, Path name, Path target)
      throws IOException, InterruptedException {
    try (SeekableByteChannel in = source.newByteChannel(name,
        Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      long unwrittenBefore = unwritten;
      buffer.clear();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        buffer.clear();
        unwritten += read;
        progress.moved(read);
        if (unwritten >= TURN_BYTES) {
          if (unwrittenBefore == 0) {
            out.force(false);
          } else {
            OpenFile.syncFileSystem(target);
          }
          unwrittenBefore = 0;
          unwritten = 0;
          leave();
          enter();
        }
      }
    }
  }
}
