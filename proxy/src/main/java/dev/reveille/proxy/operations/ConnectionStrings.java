package dev.reveille.proxy.operations;

import dev.reveille.auth.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes what a client connects with (PostgreSQL documentation, 32.1.1.2 "Connection URIs").
 *
 * @param host as the server's certificate names it
 * @param root the authority to verify with; none if the client's system knows it
 */
public record ConnectionStrings(String host, int port, Optional<Path> root) {
  String of(String credential, Secret secret, String database) {
    return of(credential, Optional.of(secret), database);
  }

  /** Without a secret, the client brings a certificate or a token. */
  String of(String credential, Optional<Secret> secret, String database) {
    return "postgresql://" + encoded(credential)
        + secret.map(shown -> ":" + encoded(shown.reveal())).orElse("") + "@" + host + ":"
        + port + "/" + encoded(database) + "?sslmode=verify-full&sslrootcert="
        + root.map(path -> encoded(path.toString()).replace("%2F", "/")).orElse("system");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
