package dev.reveille.proxy.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One process per home: held by the process, and given back by the system when it dies. */
final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  static HomeLock take(Home home) throws IOException, StartFailure {
    FileChannel channel = FileChannel.open(home.lockFile(),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    @Nullable
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      String pid = Home.read(home.pidFile()).map(text -> ", process " + text).orElse("");
      throw new StartFailure(StartFailure.Kind.ALREADY_RUNNING,
          "already running on " + home.root() + pid,
          "See it with: reveille status. End it with: reveille down. "
              + "Or give another --home, --port and --http-port.");
    }
    Files.writeString(home.pidFile(), ProcessHandle.current().pid() + "\n");
    return new HomeLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
