package dev.reveille.chaos.drivers;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Files in {@code src/test/resources/drivers}. */
final class Resource {
  private Resource() {
  }

  static Path file(String name) {
    URL found = Objects.requireNonNull(Resource.class.getResource("/drivers/" + name), name);
    try {
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
