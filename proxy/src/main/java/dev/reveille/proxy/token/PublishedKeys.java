package dev.reveille.proxy.token;

import dev.reveille.auth.KeySource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Reads an issuer's keys over HTTP, with the JDK's own trust, or from a file. Follows no redirects,
 * reads no more than a set of keys may have, and waits a few seconds at most. Blocks.
 */
public final class PublishedKeys {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private PublishedKeys() {
  }

  /** {@code place} is a URL, or a path that starts at {@code home}. */
  public static KeySource at(String place, Path home) {
    if (!place.contains("://")) {
      var file = home.resolve(place);
      return () -> inFile(file);
    }
    var request = HttpRequest.newBuilder(URI.create(place))
        .header("Accept", "application/jwk-set+json, application/json")
        .timeout(ANSWER)
        .build();
    return () -> published(request);
  }

  private static String inFile(Path file) throws IOException {
    try (var content = Files.newInputStream(file)) {
      return bounded(content);
    }
  }

  /** A client for each reading: they are minutes apart, and one that is kept keeps threads. */
  private static String published(HttpRequest request) throws IOException {
    try (var client = HttpClient.newBuilder()
        .connectTimeout(CONNECT)
        .followRedirects(Redirect.NEVER)
        .build()) {
      var answer = client.send(request, BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        if (answer.statusCode() != 200) {
          client.shutdownNow();
          throw new IOException("HTTP status " + answer.statusCode());
        }
        return bounded(body);
      } catch (IOException e) {
        client.shutdownNow();
        throw e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String bounded(InputStream from) throws IOException {
    var bytes = from.readNBytes(KeySource.MAX_BYTES + 1);
    if (bytes.length > KeySource.MAX_BYTES) {
      throw new IOException("more than " + KeySource.MAX_BYTES + " bytes of keys");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
