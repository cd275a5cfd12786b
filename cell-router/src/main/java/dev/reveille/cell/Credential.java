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
 * @param verifiers one or two, in PostgreSQL's {@code SCRAM-SHA-256$…} form
 * @param connectionLimit most sessions at one time; at least 1
 * @param version grows with every change; from one sequence for the whole catalog
 */
public record Credential(
    CredentialId id,
    String name,
    AccountId account,
    List<String> verifiers,
    Mode mode,
    DatabaseScope databases,
    Instant notBefore,
    Optional<Instant> expiresAt,
    boolean revoked,
    int connectionLimit,
    boolean channelBindingRequired,
    long version) {

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
    if (verifiers.isEmpty() || verifiers.size() > 2) {
      throw new IllegalArgumentException("a credential has one or two verifiers");
    }
    for (String verifier : verifiers) {
      if (!verifier.startsWith(VERIFIER_PREFIX)) {
        throw new IllegalArgumentException("a verifier starts with " + VERIFIER_PREFIX);
      }
    }
    if (connectionLimit < 1) {
      throw new IllegalArgumentException("a credential's connection limit is at least 1");
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
    if (expiresAt.isPresent() && !now.isBefore(expiresAt.get())) {
      return Fitness.EXPIRED;
    }
    return now.isBefore(notBefore) ? Fitness.NOT_YET : Fitness.GOOD;
  }

  @Override
  public String toString() {
    return "Credential[id=" + id + ", name=" + name + ", account=" + account + ", verifiers=("
        + verifiers.size() + "), mode=" + mode + ", databases=" + databases + ", notBefore="
        + notBefore + ", expiresAt=" + expiresAt + ", revoked=" + revoked + ", connectionLimit="
        + connectionLimit + ", channelBindingRequired=" + channelBindingRequired + ", version="
        + version + "]";
  }
}
