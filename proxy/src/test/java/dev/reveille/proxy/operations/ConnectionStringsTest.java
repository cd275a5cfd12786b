package dev.reveille.proxy.operations;

import dev.reveille.auth.Secret;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionStringsTest {
  private final Secret secret = Secret.generate(new Random(7));

  @Test
  void the_certificate_is_always_verified() {
    ConnectionStrings strings = new ConnectionStrings("localhost", 6432,
        Optional.of(Path.of("/home/me/.reveille/root.crt")));

    assertThat(strings.of("a_x", secret, "shop"))
        .isEqualTo("postgresql://a_x:" + secret.reveal() + "@localhost:6432/shop"
            + "?sslmode=verify-full&sslrootcert=/home/me/.reveille/root.crt");
  }

  @Test
  void names_and_paths_are_encoded() {
    ConnectionStrings strings = new ConnectionStrings("localhost", 1,
        Optional.of(Path.of("/a b/c&d")));

    assertThat(strings.of("a_x", secret, "my shop/ü?"))
        .contains("/my%20shop%2F%C3%BC%3F?", "sslrootcert=/a%20b/c%26d");
  }

  @Test
  void a_certificate_from_elsewhere_is_verified_with_what_the_system_trusts() {
    assertThat(new ConnectionStrings("db.example.org", 1, Optional.empty()).of("a_x", secret, "s"))
        .endsWith("sslrootcert=system");
  }
}
