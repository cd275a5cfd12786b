package dev.reveille.proxy.cli;

import dev.reveille.auth.P256;
import dev.reveille.proxy.config.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille credential cert NAME}. The private key is made here and goes nowhere else. */
@Command(name = "cert", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Issue a client certificate for a credential: write NAME.crt and NAME.key, and print a connection string that uses them.")
final class CredentialCert implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The credential.")
  private String name = "";
  @Option(names = "--out", paramLabel = "DIR", description = "Where to write the files; by default here.")
  private Path out = Path.of("");
  @Option(names = "--ttl", paramLabel = "TIME", description = "How long it is good, as 8h; at most and by default 24h, and never longer than the credential.")
  private @Nullable String ttl;
  @Option(names = "--json", description = "Print all of it as JSON, with the paths of the files.")
  private boolean json;

  @Override
  public Integer call() {
    P256.Pair pair = P256.generate(new SecureRandom());
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.put("public_key", Base64.getEncoder().encodeToString(pair.publicInfo()));
    if (ttl != null) {
      request.put("ttl_seconds", seconds(ttl));
    }
    JsonNode issued = home.control().post("credential/cert", name, request);
    Path directory = out.toAbsolutePath().normalize();
    Path certificate = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    try {
      Files.createDirectories(directory);
      write(key, pair.privatePem(), "rw-------");
      write(certificate, issued.path("certificate").asString(), "rw-r--r--");
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "cannot write in " + directory + ": " + e, null);
    }
    String url = issued.path("url").asString() + "&sslcert=" + encoded(certificate) + "&sslkey="
        + encoded(key);
    if (json) {
      ObjectNode all = JsonMapper.shared().createObjectNode();
      all.put("certificate", certificate.toString());
      all.put("key", key.toString());
      all.put("expires_at", issued.path("expiresAt").asString());
      all.put("url", url);
      System.out.println(all);
    } else {
      System.out.println(url);
    }
    return ExitCode.OK;
  }

  private static long seconds(String text) {
    try {
      return Kind.duration("1s", "24h").parser().apply(text).toSeconds();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--ttl " + text + " " + e.getMessage(), null);
    }
  }

  /** Nobody else can read it from its first byte on, and whoever reads it meanwhile sees all of it. */
  private static void write(Path file, String text, String permissions) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String encoded(Path path) {
    return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%2F", "/");
  }
}
