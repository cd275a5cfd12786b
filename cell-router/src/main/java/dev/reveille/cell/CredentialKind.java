package dev.reveille.cell;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** Who holds a credential: decides how long it may live, and what a limit is when none was given. */
public enum CredentialKind {
  /** An agent with one task. */
  AGENT(Duration.ofHours(1), Duration.ofHours(24)),
  /** An application, which somebody looks after. */
  APP(Duration.ofDays(90), Duration.ofDays(90));

  private final Duration usualLife;
  private final Duration longestLife;

  CredentialKind(Duration usualLife, Duration longestLife) {
    this.usualLife = usualLife;
    this.longestLife = longestLife;
  }

  /** How long it lives when nothing was said. */
  public Duration usualLife() {
    return usualLife;
  }

  /** How long it may live from its not-before on. */
  public Duration longestLife() {
    return longestLife;
  }

  /** The limits that hold where none was given. */
  public CredentialLimits limits() {
    return switch (this) {
      case AGENT -> CredentialLimits.AGENT;
      case APP -> CredentialLimits.APP;
    };
  }

  /** What is allowed besides statements where nothing was said: tools like pg_dump call functions. */
  public Set<Allowance> allowances() {
    return switch (this) {
      case AGENT -> Scope.USUAL;
      case APP -> Set.of(Allowance.COPY_IN, Allowance.COPY_OUT, Allowance.LISTEN,
          Allowance.FUNCTION_CALL);
    };
  }

  /** The word used in the catalog and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind for a word; throws {@link IllegalArgumentException} naming the valid ones. */
  public static CredentialKind ofWord(String word) {
    for (CredentialKind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("a credential is for an agent or an app, not '" + word
        + "'");
  }
}
