package dev.reveille.proxy.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.reveille.auth.Secret;
import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One credential, for people and programs to read. Limits are written as a request has them. Has no
 * verifier, and a secret only in the answer to the call that made it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CredentialView(String name, String id, @JsonProperty("for") String kind,
    String state, @Nullable String parent, List<String> children, String mode,
    @JsonProperty("all_databases") boolean allDatabases, List<String> databases,
    @JsonProperty("database_ids") List<String> databaseIds, @Nullable List<String> schemas,
    @Nullable List<String> tables, @JsonProperty("not_before") String notBefore,
    @JsonProperty("expires_at") String expiresAt, List<String> addresses,
    Map<String, Object> limits, List<String> allowed,
    @JsonProperty("require_channel_binding") boolean channelBindingRequired,
    @JsonProperty("checkpoint_before") String checkpointBefore, int secrets,
    long version, @JsonProperty("connection_string") @Nullable String connectionString,
    @Nullable String secret) {

  static CredentialView of(Credential credential, List<Credential> all,
      Function<DatabaseId, String> names, Instant now) {
    List<DatabaseId> ids = credential.databases() instanceof DatabaseScope.Only only
        ? new ArrayList<>(only.databases())
        : List.of();
    Optional<ObjectScope.Only> objects = credential.scope()
        .objects() instanceof ObjectScope.Only only ? Optional.of(only) : Optional.empty();
    Map<String, Object> limits = new LinkedHashMap<>();
    for (CredentialLimit limit : CredentialLimit.values()) {
      Object value = limit.value(credential.scope().limits());
      limits.put(limit.key(),
          value instanceof Integer ? value : limit.text(credential.scope().limits()));
    }
    return new CredentialView(credential.name(), credential.id().toString(),
        credential.kind().word(),
        credential.fitness(now).name().toLowerCase(Locale.ROOT),
        credential.parent().flatMap(id -> named(id, all)).orElse(null),
        all.stream()
            .filter(one -> one.parent().equals(Optional.of(credential.id())))
            .map(Credential::name)
            .toList(),
        credential.mode().word(), credential.databases() instanceof DatabaseScope.All,
        ids.stream().map(names).sorted().toList(),
        ids.stream().map(DatabaseId::toString).sorted().toList(),
        objects.map(only -> only.schemas().stream().sorted().toList()).orElse(null),
        objects.map(only -> only.tables().stream().sorted().map(TableName::toString).toList())
            .orElse(null),
        credential.notBefore().toString(), credential.expiresAt().toString(),
        credential.scope().addresses().stream().map(AddressRange::toString).toList(), limits,
        credential.scope().allowances().stream().sorted().map(Allowance::word).toList(),
        credential.channelBindingRequired(), credential.scope().checkpointBefore().word(),
        credential.verifiers().size(),
        credential.version(), null, null);
  }

  /** All that were narrowed from a credential, directly or not. */
  static List<Credential> descendants(CredentialId root, List<Credential> all) {
    List<Credential> found = new ArrayList<>();
    for (Credential one : all) {
      if (one.parent().equals(Optional.of(root))) {
        found.add(one);
        found.addAll(descendants(one.id(), all));
      }
    }
    return found;
  }

  CredentialView with(String connection) {
    return with(connection, (String) null);
  }

  CredentialView with(String connection, Secret shown) {
    return with(connection, shown.reveal());
  }

  private CredentialView with(String connection, @Nullable String shown) {
    return new CredentialView(name, id, kind, state, parent, children, mode, allDatabases,
        databases, databaseIds, schemas, tables, notBefore, expiresAt, addresses, limits, allowed,
        channelBindingRequired, checkpointBefore, secrets, version, connection, shown);
  }

  private static Optional<String> named(CredentialId id, List<Credential> all) {
    return all.stream().filter(one -> one.id().equals(id)).map(Credential::name).findFirst();
  }

  @Override
  public String toString() {
    return "CredentialView[name=" + name + ", state=" + state + "]";
  }
}
