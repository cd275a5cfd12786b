package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says (src/include/utils/pidfile.h: line 1 the process id, line 8 the
 * status). After a crash the file stays and still says ready, so both have to be looked at.
 */
record PostmasterPid(long processId, boolean ready) {
  static final String NAME = "postmaster.pid";
  private static final int STATUS_LINE = 7;

  /** Reads the file of a data directory; empty if it is absent or still being written. */
  static Optional<PostmasterPid> read(Path data) throws IOException {
    try {
      return parse(Files.readAllLines(data.resolve(NAME)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  static Optional<PostmasterPid> parse(List<String> lines) {
    if (lines.isEmpty() || !lines.getFirst().strip().matches("-?[0-9]{1,10}")) {
      return Optional.empty();
    }
    boolean ready = lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    return Optional
        .of(new PostmasterPid(Math.abs(Long.parseLong(lines.getFirst().strip())), ready));
  }
}
