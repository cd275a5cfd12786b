package dev.reveille.proxy.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.reveille.proxy.operations.CredentialView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What calls about credentials take and give; see docs/credentials.md. */
public final class CredentialBodies {
  private static final String LOGIN = "^[a-z0-9_]{1,63}$";
  private static final String SPAN = "^[1-9][0-9]{0,3}(ms|s|min|h|d)$";
  private static final String BYTES = "^[1-9][0-9]{0,3}(B|kB|MB|GB|TB)$";
  private static final String SOME = "^[^\\u0000]+$";

  private CredentialBodies() {
  }

  /** A credential to be made. What is missing takes the default of its kind. */
  public record CreateCredentialRequest(
      @Describe(value = "The login; a random one if missing.", maxLength = 63, pattern = LOGIN) @Nullable String name,
      @JsonProperty("for") @Describe(value = "Who will hold it; `agent` if missing.", oneOf = {
          "agent", "app"}) @Nullable String kind,
      @Describe("True: only a certificate or a token proves it.") @Nullable Boolean noSecret,
      @Describe("For all databases of the account, in place of `databases`.") @Nullable Boolean allDatabases,
      @Describe(value = "The databases that it is for, by name.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> databases,
      @Describe(value = "What it may do; `ro` if missing.", oneOf = {"ro", "rw",
          "ddl"}) @Nullable String mode,
      @Describe(value = "Only these schemas.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> schemas,
      @Describe(value = "Only these tables, as `schema.table`.", minItems = 1, maxItems = 100, pattern = "^[a-z_][a-z0-9_]{0,62}\\.[a-z_][a-z0-9_]{0,62}$") @Nullable List<String> tables,
      @Describe(value = "How long it lives.", pattern = SPAN) @Nullable String ttl,
      @Describe(value = "Addresses that it may be used from, as CIDR.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 64) @Nullable List<String> addresses,
      @Describe(value = "Sessions at one time.", min = 1, max = 1_000_000) @Nullable Integer maxConnections,
      @Describe(value = "Sessions begun in a minute.", min = 1, max = 1_000_000) @Nullable Integer maxConnectsPerMinute,
      @Describe(value = "Computes started in an hour.", min = 1, max = 1_000_000) @Nullable Integer maxWakesPerHour,
      @Describe(value = "Longest request.", pattern = SPAN) @Nullable String requestTime,
      @Describe(value = "Longest without a request.", pattern = SPAN) @Nullable String idleTime,
      @Describe(value = "Longest session.", pattern = SPAN) @Nullable String sessionTime,
      @Describe(value = "Bytes sent to the client in one session.", pattern = BYTES) @Nullable String maxBytesOut,
      @Describe(value = "The same in a day of UTC.", pattern = BYTES) @Nullable String maxBytesOutPerDay,
      @Describe(value = "Longest message from the client.", pattern = BYTES) @Nullable String maxFrame,
      @Describe(value = "What it may do beside what is usual.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> allow,
      @Describe(value = "What of the usual it may not do.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> deny,
      @Describe(value = "Whether what destroys is preceded by a checkpoint.", oneOf = {"never",
          "destructive"}) @Nullable String checkpointBefore,
      @Describe("Whether it demands SCRAM with channel binding.") @Nullable Boolean requireChannelBinding) {}

  /** A credential to be narrowed from the one in the path. What is missing stays as it is there. */
  public record NarrowCredentialRequest(
      @Describe(value = "The login; a random one if missing.", maxLength = 63, pattern = LOGIN) @Nullable String name,
      @JsonProperty("for") @Describe(value = "Who will hold it; `agent` if missing.", oneOf = {
          "agent", "app"}) @Nullable String kind,
      @Describe("True: only a certificate or a token proves it.") @Nullable Boolean noSecret,
      @Describe("For all databases of the account, in place of `databases`.") @Nullable Boolean allDatabases,
      @Describe(value = "The databases that it is for, by name.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> databases,
      @Describe(value = "What it may do.", oneOf = {"ro", "rw",
          "ddl"}) @Nullable String mode,
      @Describe(value = "Only these schemas.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> schemas,
      @Describe(value = "Only these tables, as `schema.table`.", minItems = 1, maxItems = 100, pattern = "^[a-z_][a-z0-9_]{0,62}\\.[a-z_][a-z0-9_]{0,62}$") @Nullable List<String> tables,
      @Describe(value = "How long it lives.", pattern = SPAN) @Nullable String ttl,
      @Describe(value = "Addresses that it may be used from, as CIDR.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 64) @Nullable List<String> addresses,
      @Describe(value = "Sessions at one time.", min = 1, max = 1_000_000) @Nullable Integer maxConnections,
      @Describe(value = "Sessions begun in a minute.", min = 1, max = 1_000_000) @Nullable Integer maxConnectsPerMinute,
      @Describe(value = "Computes started in an hour.", min = 1, max = 1_000_000) @Nullable Integer maxWakesPerHour,
      @Describe(value = "Longest request.", pattern = SPAN) @Nullable String requestTime,
      @Describe(value = "Longest without a request.", pattern = SPAN) @Nullable String idleTime,
      @Describe(value = "Longest session.", pattern = SPAN) @Nullable String sessionTime,
      @Describe(value = "Bytes sent to the client in one session.", pattern = BYTES) @Nullable String maxBytesOut,
      @Describe(value = "The same in a day of UTC.", pattern = BYTES) @Nullable String maxBytesOutPerDay,
      @Describe(value = "Longest message from the client.", pattern = BYTES) @Nullable String maxFrame,
      @Describe(value = "What it may do beside what is usual.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> allow,
      @Describe(value = "What of the usual it may not do.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> deny,
      @Describe(value = "Whether what destroys is preceded by a checkpoint.", oneOf = {"never",
          "destructive"}) @Nullable String checkpointBefore,
      @Describe("Whether it demands SCRAM with channel binding.") @Nullable Boolean requireChannelBinding) {}

  /** What the credential in the path may do from now on. What is missing stays as it is. */
  public record NarrowInPlaceRequest(
      @Describe("For all databases of the account, in place of `databases`.") @Nullable Boolean allDatabases,
      @Describe(value = "The databases that it is for, by name.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> databases,
      @Describe(value = "What it may do.", oneOf = {"ro", "rw",
          "ddl"}) @Nullable String mode,
      @Describe(value = "Only these schemas.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 63) @Nullable List<String> schemas,
      @Describe(value = "Only these tables, as `schema.table`.", minItems = 1, maxItems = 100, pattern = "^[a-z_][a-z0-9_]{0,62}\\.[a-z_][a-z0-9_]{0,62}$") @Nullable List<String> tables,
      @Describe(value = "How long it lives.", pattern = SPAN) @Nullable String ttl,
      @Describe(value = "Addresses that it may be used from, as CIDR.", minItems = 1, maxItems = 100, pattern = SOME, maxLength = 64) @Nullable List<String> addresses,
      @Describe(value = "Sessions at one time.", min = 1, max = 1_000_000) @Nullable Integer maxConnections,
      @Describe(value = "Sessions begun in a minute.", min = 1, max = 1_000_000) @Nullable Integer maxConnectsPerMinute,
      @Describe(value = "Computes started in an hour.", min = 1, max = 1_000_000) @Nullable Integer maxWakesPerHour,
      @Describe(value = "Longest request.", pattern = SPAN) @Nullable String requestTime,
      @Describe(value = "Longest without a request.", pattern = SPAN) @Nullable String idleTime,
      @Describe(value = "Longest session.", pattern = SPAN) @Nullable String sessionTime,
      @Describe(value = "Bytes sent to the client in one session.", pattern = BYTES) @Nullable String maxBytesOut,
      @Describe(value = "The same in a day of UTC.", pattern = BYTES) @Nullable String maxBytesOutPerDay,
      @Describe(value = "Longest message from the client.", pattern = BYTES) @Nullable String maxFrame,
      @Describe(value = "What it may do beside what is usual.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> allow,
      @Describe(value = "What of the usual it may not do.", minItems = 1, maxItems = 20, pattern = "^[a-z_]{1,40}$") @Nullable List<String> deny,
      @Describe(value = "Whether what destroys is preceded by a checkpoint.", oneOf = {"never",
          "destructive"}) @Nullable String checkpointBefore,
      @Describe("Whether it demands SCRAM with channel binding.") @Nullable Boolean requireChannelBinding) {}

  /** A fresh secret for a credential. */
  public record RotateCredentialRequest(
      @Describe("True: its old secret ends at once; else at the next rotation.") @Nullable Boolean dropOld) {}

  /** A page of credentials. */
  public record CredentialPage(@Describe("By name.") List<CredentialView> items,
      @Describe("The `cursor` of the next page; missing on the last.") @Nullable String next) {}
}
