package dev.reveille.proxy.token;

import com.sun.net.httpserver.HttpServer;
import dev.reveille.auth.KeySource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PublishedKeysTest {
  @TempDir
  Path home;
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = "{\"keys\":[]}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/keys", exchange -> {
      try (exchange) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Location", "/keys");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private KeySource keys() {
    return PublishedKeys.at("http://127.0.0.1:" + server.getAddress().getPort() + "/keys", home);
  }

  @Test
  void keys_are_read_each_time_as_they_are_then() throws Exception {
    var keys = keys();
    assertThat(keys.read()).isEqualTo("{\"keys\":[]}");
    body = "{}";
    assertThat(keys.read()).isEqualTo("{}");
  }

  @Test
  void another_status_and_a_redirect_are_no_keys() {
    for (int other : new int[]{204, 302, 404, 500}) {
      status = other;
      assertThatThrownBy(() -> keys().read()).as("%d", other).isInstanceOf(IOException.class);
    }
  }

  @Test
  void an_endless_answer_is_given_up() {
    body = "x".repeat(KeySource.MAX_BYTES + 1);
    assertThatThrownBy(() -> keys().read()).isInstanceOf(IOException.class);
    server.stop(0);
    assertThatThrownBy(() -> keys().read()).isInstanceOf(IOException.class);
  }

  @Test
  void a_file_starts_at_the_home_and_is_read_each_time() throws Exception {
    var keys = PublishedKeys.at("keys.json", home);
    assertThatThrownBy(keys::read).isInstanceOf(IOException.class);
    Files.writeString(home.resolve("keys.json"), "{}");
    assertThat(keys.read()).isEqualTo("{}");
  }
}
