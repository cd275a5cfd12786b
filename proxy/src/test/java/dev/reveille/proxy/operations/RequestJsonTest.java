package dev.reveille.proxy.operations;

import dev.reveille.cell.Allowance;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Scope;
import dev.reveille.cell.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestJsonTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final DatabaseId SHOP = new DatabaseId(new UUID(1, 1));

  private static Scope fresh(CredentialKind kind, String json) {
    return RequestJson.credential(json).scope().fresh(kind, NOW, name -> SHOP);
  }

  @Test
  void what_is_not_said_is_the_narrow_default_of_the_kind() {
    for (CredentialKind kind : CredentialKind.values()) {
      assertThat(fresh(kind, "{\"databases\":[\"shop\"]}")).isEqualTo(
          Scope.usual(kind, new DatabaseScope.Only(Set.of(SHOP)), Mode.RO, NOW));
    }
  }

  @Test
  void everything_can_be_said() {
    Scope scope = fresh(CredentialKind.AGENT, """
        {"all_databases": true, "mode": "rw", "schemas": ["sales"], "tables": ["orders", "a.B"],
         "ttl": "90min", "addresses": ["10.0.0.0/8"], "max_connections": 3, "max_bytes_out": "10MB",
         "idle_time": "30s", "allow": ["function_call"], "deny": ["copy_in", "listen"],
         "require_channel_binding": true}""");

    assertThat(scope.databases()).isEqualTo(new DatabaseScope.All());
    assertThat(scope.mode()).isEqualTo(Mode.RW);
    assertThat(scope.objects()).isEqualTo(new ObjectScope.Only(Set.of("sales"),
        Set.of(new TableName("public", "orders"), new TableName("a", "B"))));
    assertThat(scope.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(90)));
    assertThat(scope.addresses()).hasToString("[10.0.0.0/8]");
    assertThat(scope.limits().connections()).isEqualTo(3);
    assertThat(scope.limits().sessionBytesOut()).isEqualTo(10 << 20);
    assertThat(scope.limits().idleTime()).isEqualTo(Duration.ofSeconds(30));
    assertThat(scope.limits().wakesPerHour()).isEqualTo(60);
    assertThat(scope.allowances()).containsExactlyInAnyOrder(Allowance.COPY_OUT,
        Allowance.FUNCTION_CALL);
    assertThat(scope.channelBindingRequired()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"max_byte_out\":\"1MB\"}", "{\"mode\":\"admin\"}",
      "{\"mode\":\"ro\",\"mode\":\"rw\"}", "{\"mode\":null}", "{\"mode\":[\"ro\"]}", "[]", "{",
      "{\"databases\":\"shop\"}", "{\"databases\":[]}", "{\"tables\":[\"pg_catalog.pg_authid\"]}",
      "{\"schemas\":[\"information_schema\"]}", "{\"ttl\":\"0\"}", "{\"ttl\":\"unlimited\"}",
      "{\"ttl\":\"25h\"}", "{\"ttl\":\"91d\"}", "{\"ttl\":\"-1h\"}",
      "{\"ttl\":\"1h\",\"expires_at\":\"2030-01-01T01:00:00Z\"}", "{\"expires_at\":\"tomorrow\"}",
      "{\"expires_at\":\"2029-12-31T00:00:00Z\"}", "{\"expires_at\":\"2030-01-03T00:00:00Z\"}",
      "{\"addresses\":[\"example.org\"]}", "{\"allow\":[\"replication\"]}",
      "{\"allow\":[\"listen\"],\"deny\":[\"listen\"]}", "{\"allow\":[\"superuser\"]}",
      "{\"all_databases\":\"yes\"}", "{\"all_databases\":true}",
      "{\"mode\":\"ddl\",\"tables\":[\"t\"]}", "{\"for\":\"human\"}",
      "{\"require_channel_binding\":\"no\"}"})
  void what_cannot_be_understood_is_an_error_and_never_left_out(String json) {
    String request = json.startsWith("{\"databases\"") || !json.endsWith("}")
        ? json
        : json.substring(0, json.length() - 1) + ",\"databases\":[\"shop\"]}";

    assertThatThrownBy(() -> fresh(CredentialKind.AGENT, request))
        .isInstanceOfSatisfying(OperationFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(OperationFailure.Kind.INVALID));
  }

  @Test
  void an_unknown_key_is_named_beside_the_known_ones() {
    assertThatThrownBy(() -> RequestJson.scope("{\"max_byte_out\":\"1MB\"}"))
        .isInstanceOfSatisfying(OperationFailure.class, failure -> {
          assertThat(failure).hasMessageContaining("max_byte_out");
          assertThat(failure.hint()).contains("max_bytes_out", "ttl");
        });
  }

  @ParameterizedTest
  @EnumSource(CredentialLimit.class)
  void a_limit_is_never_zero_or_unlimited_and_is_read_as_it_is_written(CredentialLimit limit) {
    for (String text : new String[]{"0", "unlimited", "-1", "", "0ms", "0B"}) {
      assertThatThrownBy(() -> RequestJson.scope("{\"" + limit.key() + "\":\"" + text + "\"}"))
          .as(text)
          .isInstanceOf(OperationFailure.class);
    }
    for (CredentialKind kind : CredentialKind.values()) {
      assertThat(limit.parse(limit.text(kind.limits()))).isEqualTo(limit.value(kind.limits()));
    }
  }

  @Test
  void a_child_takes_what_its_parent_has_and_ends_no_later() {
    Scope parent = fresh(CredentialKind.APP,
        "{\"all_databases\":true,\"mode\":\"rw\",\"ttl\":\"30min\"}");

    Scope child = RequestJson.credential("{}")
        .scope()
        .child(parent, CredentialKind.AGENT, NOW.plusSeconds(60), name -> SHOP);

    assertThat(child.within(parent)).isTrue();
    assertThat(child.mode()).isEqualTo(Mode.RW);
    assertThat(child.expiresAt()).isEqualTo(parent.expiresAt());
    assertThat(child.limits()).isEqualTo(CredentialKind.AGENT.limits());
  }
}
