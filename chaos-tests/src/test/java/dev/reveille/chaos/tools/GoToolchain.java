package dev.reveille.chaos.tools;

import dev.reveille.chaos.tools.Command.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Go: the one on the PATH if it is new enough, else the toolchain that the Go module proxy serves as a
 * module. What was fetched has to have the sum that the Go checksum database has for it.
 *
 * @see <a href="https://go.dev/ref/mod#goproxy-protocol">GOPROXY protocol</a>
 * @see <a href="https://go.dev/doc/toolchain">Go toolchains</a>
 */
final class GoToolchain {
  private static final int LEAST_MINOR = 26;
  private static final String VERSION = "1." + LEAST_MINOR + ".8";
  private static final String MODULE = "golang.org/toolchain";
  private static final String PUBLIC_PROXY = "https://proxy.golang.org";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** By {@code os.arch}, the module's version and its sum ("h1:", golang.org/x/mod/sumdb/dirhash). */
  private static final Map<String, List<String>> SUMS = Map.of("amd64",
      List.of("v0.0.1-go" + VERSION + ".linux-amd64",
          "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="),
      "aarch64", List.of("v0.0.1-go" + VERSION + ".linux-arm64",
          "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc="));

  private GoToolchain() {
  }

  /** The program {@code go}; it will not fetch another version of itself, and needs no C compiler. */
  static Command command() {
    Path go = Tools.onPath("go")
        .filter(GoToolchain::isNewEnough)
        .orElseGet(() -> Tools.kept("go-" + VERSION, "bin/go", GoToolchain::fetch));
    return local(go).within(PATIENCE);
  }

  private static Command local(Path go) {
    return Command.of(go.toString()).with("GOTOOLCHAIN", "local").with("CGO_ENABLED", "0");
  }

  private static boolean isNewEnough(Path go) {
    Outcome told = local(go).and("env", "GOVERSION").run();
    String minor = told.out().strip().replaceAll("^go1\\.(\\d+).*$", "$1");
    return told.succeeded() && minor.matches("\\d+") && Integer.parseInt(minor) >= LEAST_MINOR;
  }

  private static void fetch(Path directory) throws IOException {
    List<String> wanted = SUMS.get(System.getProperty("os.arch"));
    if (wanted == null) {
      throw new IOException("no sum is known for " + System.getProperty("os.arch"));
    }
    String module = MODULE + "@" + wanted.getFirst();
    Path zip = directory.resolve("toolchain.zip");
    download(MODULE + "/@v/" + wanted.getFirst() + ".zip", zip);
    try (ZipFile file = new ZipFile(zip.toFile())) {
      String sum = sum(file);
      if (!sum.equals(wanted.getLast())) {
        throw new IOException(module + " has the sum " + sum + ", not " + wanted.getLast());
      }
      unpack(file, module + "/", directory);
    }
    Files.delete(zip);
  }

  private static void download(String path, Path to) throws IOException {
    IOException last = new IOException("GOPROXY names no proxy");
    try (HttpClient http = HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build()) {
      for (String proxy : proxies()) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(proxy + "/" + path))
            .timeout(PATIENCE)
            .build();
        try {
          int status = http.send(request, HttpResponse.BodyHandlers.ofFile(to)).statusCode();
          if (status == 200) {
            return;
          }
          last = new IOException(request.uri() + " answered " + status);
        } catch (IOException e) {
          last = e;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
    }
    throw last;
  }

  /** As {@code go} itself would find them: the environment, then the file of {@code go env -w}. */
  private static List<String> proxies() throws IOException {
    String setting = Optional.ofNullable(System.getenv("GOPROXY")).orElse("");
    Path file = Path
        .of(Optional.ofNullable(System.getenv("XDG_CONFIG_HOME"))
            .orElse(System.getProperty("user.home") + "/.config"))
        .resolve("go/env");
    if (setting.isEmpty() && Files.isReadable(file)) {
      setting = Files.readAllLines(file)
          .stream()
          .filter(line -> line.startsWith("GOPROXY="))
          .map(line -> line.substring("GOPROXY=".length()))
          .findFirst()
          .orElse("");
    }
    return Stream.of((setting.isEmpty() ? PUBLIC_PROXY : setting).split("[,|]"))
        .map(String::strip)
        .filter(proxy -> proxy.startsWith("https://") || proxy.startsWith("http://"))
        .map(proxy -> proxy.replaceAll("/+$", ""))
        .toList();
  }

  /** The hash of the sorted list of the files' names and hashes. */
  private static String sum(ZipFile zip) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (ZipEntry entry : entries(zip)) {
      try (DigestInputStream in = new DigestInputStream(zip.getInputStream(entry), sha256())) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
        hashes.put(entry.getName(), HexFormat.of().formatHex(in.getMessageDigest().digest()));
      }
    }
    MessageDigest all = sha256();
    hashes.forEach((name, hash) -> all
        .update((hash + "  " + name + "\n").getBytes(StandardCharsets.UTF_8)));
    return "h1:" + Base64.getEncoder().encodeToString(all.digest());
  }

  /** Modules keep neither the right to execute nor files called {@code go.mod} below their root. */
  private static void unpack(ZipFile zip, String prefix, Path directory) throws IOException {
    for (ZipEntry entry : entries(zip)) {
      String name = entry.getName().substring(prefix.length());
      Path file = directory.resolve(name.replaceAll("(^|/)_go\\.mod$", "$1go.mod")).normalize();
      if (!entry.getName().startsWith(prefix) || !file.startsWith(directory)) {
        throw new IOException(entry.getName() + " is not part of " + prefix);
      }
      Files.createDirectories(file.getParent());
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      if (name.startsWith("bin/") || name.startsWith("pkg/tool/")) {
        file.toFile().setExecutable(true, false);
      }
    }
  }

  private static List<ZipEntry> entries(ZipFile zip) {
    List<ZipEntry> files = new ArrayList<>();
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
      ZipEntry entry = all.nextElement();
      if (!entry.isDirectory()) {
        files.add(entry);
      }
    }
    return files;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
