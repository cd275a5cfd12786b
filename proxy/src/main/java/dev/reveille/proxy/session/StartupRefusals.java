package dev.reveille.proxy.session;

import dev.reveille.cell.CredentialLimits;
import dev.reveille.proxy.session.SessionFailure.Kind;
import dev.reveille.proxy.session.SessionFailure.Parameter;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is said to a startup parameter that is not accepted; it names the parameter. */
final class StartupRefusals {
  private static final String DENIED = "42501";

  private StartupRefusals() {
  }

  /** A setting that would decide who the session is or what it loads. */
  static SessionFailure lever(String key) {
    return new Parameter(Kind.OUT_OF_SCOPE, DENIED,
        "permission denied to set parameter \"" + key + "\"",
        Optional.of("It decides who a session is, or what is loaded into it, and no client may."),
        Optional.of("Leave \"" + key + "\" out of the connection's parameters and options."));
  }

  /** More than the credential has. */
  static SessionFailure above(NarrowedLimit limit, String value, CredentialLimits allowed) {
    return new Parameter(Kind.OUT_OF_SCOPE, DENIED,
        "parameter \"" + limit.key() + "\" may only narrow the credential's limit",
        Optional.of("The limit is " + limit.key() + " = " + limit.of(allowed) + "."),
        Optional.of("Ask for less, or leave it out."));
  }

  /** A parameter of ours that is none. */
  static SessionFailure unknown(String key) {
    return new Parameter(Kind.MALFORMED, "42704",
        "unrecognized configuration parameter \"" + key + "\"", Optional.empty(),
        Optional.of("There are " + Arrays.stream(NarrowedLimit.values())
            .map(NarrowedLimit::key)
            .collect(Collectors.joining(", ")) + "."));
  }

  /** A value that cannot be read. */
  static SessionFailure malformed(NarrowedLimit limit, String value) {
    return new Parameter(Kind.MALFORMED, "22023",
        "invalid value for parameter \"" + limit.key() + "\": \"" + value + "\"", Optional.empty(),
        Optional.of("Give " + limit.form() + "."));
  }
}
