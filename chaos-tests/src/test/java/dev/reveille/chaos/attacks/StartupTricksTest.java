package dev.reveille.chaos.attacks;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.ComputeView;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Startup packets that are not what they seem. The control of each is the same client with the
 * packet as it should be, which gets its row.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartupTricksTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    url = reveille.create("shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  /** A startup packet of raw pairs, in order, so that what no map can hold can be sent. */
  private static Consumer<ByteBuf> packet(int version, String... words) {
    return out -> {
      int start = out.writerIndex();
      out.writeInt(0).writeInt(version);
      for (String word : words) {
        out.writeCharSequence(word, StandardCharsets.UTF_8);
        out.writeByte(0);
      }
      out.writeByte(0);
      out.setInt(start, out.writerIndex() - start);
    };
  }

  private static final int V3_0 = 3 << 16;

  private ErrorFields refused(Consumer<ByteBuf> packet) throws IOException {
    try (WireClient client = WireClient.secured(reveille)) {
      client.send(packet);
      return client.refusalOf(url.secret());
    }
  }

  private List<String> served(String sql, String... more) throws IOException {
    String[] words = new String[4 + more.length];
    words[0] = "user";
    words[1] = url.user();
    words[2] = "database";
    words[3] = "shop";
    System.arraycopy(more, 0, words, 4, more.length);
    try (WireClient client = WireClient.secured(reveille)) {
      client.send(packet(V3_0, words));
      client.prove(url.secret()).readTo(ReadyForQuery.class);
      return WireClient.values(client.query(sql));
    }
  }

  @Test
  void a_key_given_twice_is_refused_whichever_of_the_two_is_right() throws Exception {
    assertThat(served("select current_user")).isNotEmpty();
    for (String[] twice : List.of(
        new String[]{"user", "a_nobody", "user", url.user(), "database", "shop"},
        new String[]{"user", url.user(), "database", "other", "database", "shop"},
        new String[]{"user", url.user(), "database", "shop", "USER", "reveille_admin"},
        new String[]{"user", url.user(), "database", "shop", "search_path", "a", "search_path",
            "b"})) {
      assertThat(refused(packet(V3_0, twice)).sqlState()).isEqualTo("08P01");
    }
  }

  @Test
  void a_long_name_is_refused_and_not_cut_to_that_of_another() throws Exception {
    String longest = "d".repeat(63);
    ConnectionString other = reveille.create(longest);
    try (WireClient control = WireClient.loggedIn(reveille, other)) {
      assertThat(WireClient.values(control.query("select 1"))).containsExactly("1");
    }
    assertThat(refused(packet(V3_0, "user", url.user(), "database", longest + "x")).sqlState())
        .isEqualTo("08P01");
    assertThat(refused(packet(V3_0, "user", url.user() + "x".repeat(64), "database", "shop"))
        .sqlState()).isEqualTo("08P01");
  }

  @Test
  void bytes_that_do_not_add_up_are_refused() throws Exception {
    byte[] good = WireClient
        .bytes(packet(V3_0, "user", url.user(), "database", "shop"));
    byte[] noEnd = good.clone();
    noEnd[noEnd.length - 1] = 'x';
    try (WireClient client = WireClient.secured(reveille)) {
      client.send(noEnd);
      assertThat(client.refusal().sqlState()).isEqualTo("08P01");
    }
    assertThat(refused(packet(V3_0, "", "x", "user", url.user())).sqlState())
        .isEqualTo("08P01");
    assertThat(refused(packet(V3_0, "user", "")).sqlState()).isIn("08P01", "28000");
    for (int length : new int[]{0, 4, 7, Integer.MAX_VALUE, -1}) {
      try (WireClient client = WireClient.secured(reveille)) {
        client.send(out -> out.writeInt(length).writeInt(V3_0));
        assertThat(client.refusal().sqlState()).as("length " + length).isEqualTo("08P01");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2 << 16, 1 << 16, 4 << 16, 0})
  void a_protocol_of_another_major_version_is_refused(int version) throws Exception {
    assertThat(refused(packet(version, "user", url.user(), "database", "shop")).sqlState())
        .isEqualTo("0A000");
  }

  @Test
  void a_newer_minor_version_and_unknown_extensions_are_negotiated_down() throws Exception {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", url.user());
    parameters.put("database", "shop");
    parameters.put("_pq_.no_checks", "on");
    try (WireClient client = WireClient.secured(reveille)
        .startup(new ProtocolVersion(3, 9999), parameters)
        .prove(url.secret())) {
      assertThat(client.negotiated()).hasValueSatisfying(
          down -> assertThat(down.unsupported()).containsExactly("_pq_.no_checks"));
      client.readTo(ReadyForQuery.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "on", "1", "yes", "database", "TRUE", "t"})
  void a_replication_connection_is_refused(String value) throws Exception {
    assertThat(refused(packet(V3_0, "user", url.user(), "database", "shop", "replication", value))
        .sqlState()).isEqualTo("0A000");
    assertThat(served("select 1", "replication", "false")).containsExactly("1");
  }

  /** Every spelling in which Postgres' own parser would take {@code role = reveille_admin}. */
  @ParameterizedTest
  @ValueSource(strings = {"-c role=reveille_owner", "-crole=reveille_owner",
      "--role=reveille_owner", "-c ROLE=reveille_owner", "-c\trole=reveille_owner",
      "-c r\\ole=reveille_owner", "-c application_name=x -c role=reveille_owner",
      "-c session_authorization=reveille_admin", "--session-authorization=reveille_admin",
      "--Session_Authorization=reveille_admin", "-c session_preload_libraries=auto_explain",
      "-c local_preload_libraries=auto_explain", "--local-preload-libraries=auto_explain"})
  void options_cannot_pull_a_lever_in_any_spelling(String options) throws Exception {
    ErrorFields refusal = refused(
        packet(V3_0, "user", url.user(), "database", "shop", "options", options));
    assertThat(refusal.sqlState()).as(options).isEqualTo("42501");
    assertThat(refusal.message() + refusal.detail()).containsIgnoringCase(
        options.toLowerCase(java.util.Locale.ROOT).contains("preload")
            ? "preload"
            : options.toLowerCase(java.util.Locale.ROOT).contains("session") ? "session" : "role");
  }

  @ParameterizedTest
  @ValueSource(strings = {"role", "ROLE", "session_authorization", "session_preload_libraries",
      "local_preload_libraries"})
  void a_startup_key_cannot_pull_a_lever(String key) throws Exception {
    assertThat(refused(packet(V3_0, "user", url.user(), "database", "shop", key, "none"))
        .sqlState()).isEqualTo("42501");
  }

  @Test
  void a_lever_is_spoken_of_only_after_the_proof() throws Exception {
    try (WireClient client = WireClient.secured(reveille)) {
      client.send(packet(V3_0, "user", url.user(), "database", "shop", "options", "-c role=x"));
      assertThat(client.refusalOf("wk_wrong").sqlState()).isEqualTo("28P01");
    }
  }

  @Test
  void what_is_harmless_goes_through_as_it_is() throws Exception {
    assertThat(
        served("select current_setting('search_path')", "search_path", "pg_catalog, \"A b\""))
        .containsExactly("pg_catalog, \"A b\"");
    assertThat(served("select current_setting('work_mem')", "options",
        "-c work_mem=5MB --enable-seqscan=off -c statement_timeout=9s"))
        .containsExactly("5MB");
    assertThat(served("select current_setting('IntervalStyle')", "IntervalStyle", "iso_8601"))
        .containsExactly("iso_8601");
    assertThat(served("select current_setting('app.tenant')", "options",
        "-c app.tenant=a\\ b\\\\c"))
        .containsExactly("a b\\c");
  }

  @Test
  void a_refused_packet_wakes_nothing() throws Exception {
    reveille.control("suspend", "shop");
    refused(packet(V3_0, "user", url.user(), "database", "shop", "options", "-c role=x"));
    refused(packet(V3_0, "user", url.user(), "user", url.user()));
    assertThat(ComputeView.of(reveille, "shop").state()).isEqualTo("asleep");
  }
}
