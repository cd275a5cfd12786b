package dev.reveille.proxy.cli;

import dev.reveille.compute.local.ComputeUser;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} asks of the machine itself: JDK, user, programs, limits. */
final class MachineChecks {
  private static final int WANTED_JAVA = 25;
  private static final long WANTED_FILES = 4096;
  private static final long WANTED_MEMORY_KB = 512 * 1024;

  private MachineChecks() {
  }

  static List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(system());
    findings.add(user());
    for (String tool : List.of("setpriv", "flock", "setsid")) {
      findings.add(Tools.find(tool)
          .map(path -> Finding.ok(tool, path.toString()))
          .orElseGet(() -> tool.equals("setpriv")
              ? Finding.fail(tool, "is not on the PATH; computes are started with it",
                  "Install util-linux.")
              : Finding.note(tool, "is not on the PATH", "Install util-linux.")));
    }
    findings.add(Tools.find("psql")
        .map(path -> Finding.ok("psql", path.toString()))
        .orElseGet(() -> Finding.note("psql", "is not on the PATH",
            "Not needed, but it is how most people say hello: install postgresql-client.")));
    findings.add(files());
    findings.add(memory());
    findings.add(Epoll.isAvailable()
        ? Finding.ok("network", "epoll")
        : Finding.note("network", "epoll cannot be loaded: " + Epoll.unavailabilityCause(),
            "The slower NIO transport is used."));
    return findings;
  }

  private static Finding java() {
    String found = Runtime.version() + " in " + System.getProperty("java.home");
    return Runtime.version().feature() >= WANTED_JAVA
        ? Finding.ok("java", found)
        : Finding.fail("java", found, "Install a JDK 25, or set REVEILLE_JAVA_HOME.");
  }

  private static Finding system() {
    String found = System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
        + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors()
        + " processors";
    boolean known = List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    return known && System.getProperty("os.name").equals("Linux")
        ? Finding.ok("system", found)
        : Finding.fail("system", found, "There are packaged Postgres binaries for Linux on x86-64 "
            + "and arm64; elsewhere set compute.bin-directory.");
  }

  private static Finding user() {
    try {
      ComputeUser user = ComputeUser.current();
      return Finding.ok("user", user.changed()
          ? "root; computes run as " + user.name()
          : user.name() + "; computes run as the same user");
    } catch (IOException e) {
      return Finding.fail("user", String.valueOf(e.getMessage()), "Is /proc mounted?");
    }
  }

  private static Finding files() {
    String line = line(Path.of("/proc/self/limits"), "Max open files");
    String[] words = line.replace("Max open files", "").strip().split("\\s+", -1);
    long soft = words[0].equals("unlimited") ? Long.MAX_VALUE : number(words[0]);
    return soft >= WANTED_FILES
        ? Finding.ok("open files", "limit " + words[0])
        : Finding.note("open files", "limit " + words[0],
            "Two are needed for each client: raise it with ulimit -n, or LimitNOFILE in systemd.");
  }

  private static Finding memory() {
    String[] words = line(Path.of("/proc/meminfo"), "MemAvailable").split("\\s+", -1);
    long kilobytes = words.length > 1 ? number(words[1]) : 0;
    String found = kilobytes / 1024 + " MB available";
    return kilobytes >= WANTED_MEMORY_KB
        ? Finding.ok("memory", found)
        : Finding.note("memory", found,
            "A compute takes about 10 MB idle; keep fewer prepared (compute.prepared-running).");
  }

  private static String line(Path file, String start) {
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(start)).findFirst().orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
