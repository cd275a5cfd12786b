package dev.reveille.cell;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A login and what it may do. Holds no secret, only what proves one; that too is left out of
 * {@link #toString()}.
 *
 * <p>A directory hands out records that are expired or revoked as well, because only a client that
 * has proved the secret may be told so: ask {@link #fitness} before letting anyone in, each time.
 *
 * @param name the login, and a Postgres role on the compute: 1 to 63 of {@code a-z 0-9 _}
 * @param parent the credential that this one was narrowed from: its scope lies within that one's,
 *     and it ends with it
 * @param verifiers at most two, in PostgreSQL's {@code SCRAM-SHA-256$…} form; without any, no secret
 *     proves this credential
 * @param version grows with every change; from one sequence for the whole catalog
 */
public record Credential(CredentialId id, String name, AccountId account,
    Optional<CredentialId> parent, CredentialKind kind, List<String> verifiers, Scope scope,
    boolean revoked, long version) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,63}");
  private static final String VERIFIER_PREFIX = "SCRAM-SHA-256$";

  /** Whether a credential can be used at some moment, and if not, why. */
  public enum Fitness {
    GOOD, NOT_YET, EXPIRED, REVOKED
  }

  public Credential {
    if (!validName(name)) {
      throw new InvalidNameException("42602", "a credential's name is 1 to 63 of a-z, 0-9 and '_'");
    }
    verifiers = List.copyOf(verifiers);
    if (verifiers.size() > 2) {
      throw new IllegalArgumentException("a credential has at most two verifiers");
    }
    for (String verifier : verifiers) {
      if (!verifier.startsWith(VERIFIER_PREFIX)) {
        throw new IllegalArgumentException("a verifier starts with " + VERIFIER_PREFIX);
      }
    }
  }

  /** Whether {@code name} could be a credential's at all. */
  public static boolean validName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether this credential is good at {@code now}. Expired from the very instant of its expiry. */
  public Fitness fitness(Instant now) {
    if (revoked) {
      return Fitness.REVOKED;
    }
    if (!now.isBefore(expiresAt())) {
      return Fitness.EXPIRED;
    }
    return now.isBefore(notBefore()) ? Fitness.NOT_YET : Fitness.GOOD;
  }

  /** The same login with another scope. */
  public Credential with(Scope other) {
    return new Credential(id, name, account, parent, kind, verifiers, other, revoked, version);
  }

  public Mode mode() {
    return scope.mode();
  }

  public DatabaseScope databases() {
    return scope.databases();
  }

  public Instant notBefore() {
    return scope.notBefore();
  }

  public Instant expiresAt() {
    return scope.expiresAt();
  }

  /** Most sessions at one time. */
  public int connectionLimit() {
    return scope.limits().connections();
  }

  public boolean channelBindingRequired() {
    return scope.channelBindingRequired();
  }

  @Override
  public String toString() {
    return "Credential[id=" + id + ", name=" + name + ", account=" + account + ", parent=" + parent
        + ", kind=" + kind + ", verifiers=(" + verifiers.size() + "), scope=" + scope
        + ", revoked=" + revoked + ", version=" + version + "]";
  }
}
