package dev.reveille.chaos.product;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Ports;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.Trees;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Configured certificate files that change, and a listener behind a balancer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListenersTest {
  /** The fixed start of every PROXY header of version 2. */
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  /** One more than the wrong secrets that one address may send for one name at once. */
  private static final int TOO_MANY = 11;

  private final Started started = new Started();
  private final int balanced = Ports.free();
  private Path files;
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    files = Files.createTempDirectory("reveille-tls");
    serve("first");
    reveille = started.add(Products.start("""
        listeners:
          - address: localhost
          - address: localhost
            port: %d
            proxy-protocol: true
        tls:
          certificate: %s
          key: %s
        compute:
          prepared-running: 1
          prepared-copied: 0
        """.formatted(balanced, files.resolve("served.crt"), files.resolve("served.key"))));
    url = reveille.create("shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
    Trees.delete(files);
  }

  /** Puts the files of an authority's server certificate where the product looks for them. */
  private ServerCertificate serve(String authority) throws IOException {
    ServerCertificate made = ServerCertificate.open(CertificateAuthority.openOrCreate(
        files.resolve(authority), InstantSource.system(), new SecureRandom()), List.of());
    replace(made.keyPath(), "served.key");
    replace(made.certificatePath(), "served.crt");
    return made;
  }

  private void replace(Path file, String name) throws IOException {
    Path fresh = Files.copy(file, files.resolve(name + ".new"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.move(fresh, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path root(String authority) {
    return files.resolve(authority).resolve("root.crt");
  }

  @Test
  void certificate_files_that_are_replaced_are_served_without_a_restart() throws Exception {
    long pid = reveille.pid();
    try (WireClient before = WireClient.to(reveille.port())
        .tls(root("first"))
        .startup(url)
        .prove(url.secret())) {
      before.readTo(ReadyForQuery.class);
      BigInteger first = before.certificate().getSerialNumber();

      serve("second");

      Awaitility.await()
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(() -> {
            try (WireClient after = WireClient.to(reveille.port()).tls(root("second"))) {
              assertThat(after.certificate().getSerialNumber()).isNotEqualTo(first);
              after.startup(url).prove(url.secret()).readTo(ReadyForQuery.class);
            }
          });
      assertThat(WireClient.values(before.query("select 1"))).containsExactly("1");
      assertThat(reveille.pid()).isEqualTo(pid);
    } finally {
      serve("first");
    }
  }

  @Test
  void the_address_in_a_proxy_header_is_the_clients() throws Exception {
    for (int attempt = 1; attempt < TOO_MANY; attempt++) {
      assertThat(refusedFrom("cb007107").sqlState()).isEqualTo("28P01");
    }
    assertThat(refusedFrom("cb007107").message()).contains("too many failed logins");
    assertThat(refusedFrom("cb007108").sqlState()).as("of another address").isEqualTo("28P01");
  }

  /** What an address, in hexadecimal, is told about a wrong secret. */
  private ErrorFields refusedFrom(String address) throws IOException {
    String ports = "3039" + "1920";
    try (WireClient client = WireClient.to(balanced)) {
      client.send(HexFormat.of()
          .parseHex(SIGNATURE + "2111" + "000c" + address + "7f000001"
              + ports));
      client.tls(servedRoot()).startup("a_watched", "shop");
      return client.refusalOf("wk_wrong");
    }
  }

  /** Which of the two is served just now depends on the other test. */
  private Path servedRoot() throws IOException {
    for (String authority : List.of("first", "second")) {
      try (WireClient client = WireClient.to(reveille.port()).tls(root(authority))) {
        assertThat(client.certificate()).isNotNull();
        return root(authority);
      } catch (javax.net.ssl.SSLHandshakeException e) {
        assertThat(authority).isEqualTo("first");
      }
    }
    throw new AssertionError("unreachable");
  }

  @Test
  void a_balancers_own_check_ends_silently_and_a_header_is_required() throws Exception {
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(reveille.metric("reveille_sessions")).isZero());
    try (WireClient check = WireClient.to(balanced)) {
      check.send(HexFormat.of().parseHex(SIGNATURE + "20000000"));
    }
    try (WireClient bare = WireClient.to(balanced)) {
      bare.startup(url);
      assertThat(bare.refusal().message()).contains("expected a PROXY protocol header");
    }
    try (WireClient first = WireClient.to(balanced)) {
      first.send("PROXY TCP4 203.0.113.7 127.0.0.1 12345 6432\r\n"
          .getBytes(StandardCharsets.US_ASCII));
      assertThat(first.refusal().message()).contains("expected a PROXY protocol header");
    }
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(reveille.metric("reveille_sessions")).isZero());
  }
}
