package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the process that runs on a home. */
final class RunningProcess {
  private RunningProcess() {
  }

  /** The process that holds the home's lock; a pid file that was left behind is not believed. */
  static Optional<ProcessHandle> find(Home home) {
    if (!Files.exists(home.lockFile())) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(home.lockFile(), StandardOpenOption.WRITE);
        @Nullable
        FileLock shared = channel.tryLock()) {
      if (shared != null) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Home.read(home.pidFile())
        .map(Long::parseLong)
        .flatMap(ProcessHandle::of)
        .filter(ProcessHandle::isAlive);
  }
}
