package dev.reveille.proxy.session;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Every reason for which a session is refused or ended by the proxy. What it says is safe to send:
 * it names nothing but what the client itself sent or is entitled to know. SQLSTATEs follow the
 * table of refusals in the design and the error codes appendix of Postgres' documentation.
 */
public sealed interface SessionFailure
    permits
    SessionFailure.Fixed, SessionFailure.Malformed, SessionFailure.Unsupported,
    SessionFailure.Unproven, SessionFailure.NotAccepted, SessionFailure.ExchangeRefused,
    SessionFailure.TooManyAttempts, SessionFailure.OutsideValidity, SessionFailure.Revoked,
    SessionFailure.Parameter, SessionFailure.NoSuchDatabase, SessionFailure.DatabaseOutOfScope,
    SessionFailure.AddressNotAllowed, SessionFailure.Ended, LimitFailure, ComputeFailure {
  /** Five characters, as in Postgres' appendix A. */
  default String sqlState() {
    return kind().sqlState;
  }

  /** What a counter is labelled with. */
  Kind kind();

  /** What is wrong. */
  String message();

  /** Which limit, and its value. */
  default Optional<String> detail() {
    return Optional.empty();
  }

  /** What to do next. */
  default Optional<String> hint() {
    return Optional.empty();
  }

  /** The limit that was reached, if that is what it is. */
  default Optional<Limit> limitReached() {
    return Optional.empty();
  }

  /**
   * A limit that was reached.
   *
   * @param name a bounded word, the same for every client
   * @param value with its unit
   */
  record Limit(String name, String value) {}

  /** The refusal as it is sent. Always FATAL: the session does not go on after it. */
  default ErrorFields fields() {
    var fields = ErrorFields.of(Severity.FATAL, sqlState(), message());
    fields = detail().map(fields::detail).orElse(fields);
    return hint().map(fields::hint).orElse(fields);
  }

  /** The bounded vocabulary for metrics, each with the SQLSTATE that goes with it. */
  enum Kind {
    // @formatter:off
    MALFORMED("08P01"), UNSUPPORTED("0A000"), PLAINTEXT("28000"), UNPROVEN("28P01"),
    DOWNGRADE("28000"), LIMITED("28000"), TIMEOUT("57014"), EXPIRED("28000"),
    REVOKED("28000"), NO_DATABASE("3D000"), OUT_OF_SCOPE("42501"), CONNECTIONS("53300"),
    WAITERS("53300"), WAKING("57P03"), WAKE_FAILED("57P03"), UNREACHABLE("57P03"),
    COMPUTE("XX000"), ARCHIVED("55000"), CATALOG("57P03"), DRAINING("57P03"), ENDED("57P01"),
    INTERNAL("XX000"), MESSAGE_KIND("42501"), FRAME_BYTES("54000"), BYTES_OUT("53400"),
    REQUEST_TIME("57014"), IDLE_TIME("57P05"), IDLE_IN_TRANSACTION("25P03"),
    SESSION_TIME("57P01"), ADDRESS("28000"), CONNECTS("53400"), WAKES("53400"),
    ACCOUNT("53400");
    // @formatter:on

    private final String sqlState;

    Kind(String sqlState) {
      this.sqlState = sqlState;
    }

    /** The name in metrics and logs. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Refusals that say the same to everyone. */
  enum Fixed implements SessionFailure {
    /** Plaintext where TLS is required; decided before anything is looked up. */
    PLAINTEXT_REFUSED(Kind.PLAINTEXT, "connection requires TLS",
        "Connect with sslmode=require, or with sslmode=verify-full and the root certificate that"
            + " \"reveille ca\" names."),
    /** The client did not prove itself in time; the words are Postgres' own. */
    LOGIN_TIMEOUT(Kind.TIMEOUT, "canceling authentication due to timeout", ""),
    /** The directory has no answer at hand. */
    CATALOG_UNREACHABLE(Kind.CATALOG, "the catalog cannot be reached",
        "It is safe to try again."),
    /** A token cannot be verified now. */
    ISSUER_UNREACHABLE(Kind.CATALOG, "the keys of the token's issuer cannot be read",
        "It is safe to try again."),
    /** The console is for those who may make and drop databases. */
    CONSOLE_NOT_ALLOWED(Kind.OUT_OF_SCOPE, "permission denied for the console database",
        "Connect to one of the account's own databases; or, to make and drop databases, with a"
            + " credential that may: reveille credential create --allow manage_databases."),
    /** The proxy is going away. */
    DRAINING(Kind.DRAINING, "the proxy is shutting down", "It is safe to try again."),
    /** A bug of ours. */
    INTERNAL(Kind.INTERNAL, "internal error", "");

    private final Kind kind;
    private final String message;
    private final String hint;

    Fixed(Kind kind, String message, String hint) {
      this.kind = kind;
      this.message = message;
      this.hint = hint;
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public String message() {
      return message;
    }

    @Override
    public Optional<String> hint() {
      return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
    }
  }

  /** Bytes that are not the protocol, or are out of order. */
  record Malformed(String sqlState, String message) implements SessionFailure {
    public Malformed(String message) {
      this("08P01", message);
    }

    @Override
    public Kind kind() {
      return Kind.MALFORMED;
    }
  }

  /** Something that Postgres has and this proxy does not offer. */
  record Unsupported(String message, Optional<String> hint) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.UNSUPPORTED;
    }
  }

  /** Unknown credential or wrong secret; the same words as Postgres, the same bytes for both. */
  record Unproven(String user) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.UNPROVEN;
    }

    @Override
    public String message() {
      return "password authentication failed for user \"" + user + "\"";
    }
  }

  /**
   * A token or a certificate that proves nothing, or not enough.
   *
   * @param guess whether it may have been made up, which counts as a wrong secret
   */
  record NotAccepted(String message, Optional<String> detail, String next, boolean guess)
      implements
        SessionFailure {
    @Override
    public String sqlState() {
      return "28000";
    }

    @Override
    public Kind kind() {
      return Kind.UNPROVEN;
    }

    @Override
    public Optional<String> hint() {
      return Optional.of(next);
    }
  }

  /** The SASL exchange itself was refused: malformed, or a downgrade of channel binding. */
  record ExchangeRefused(ScramRefusal refusal) implements SessionFailure {
    @Override
    public String sqlState() {
      return refusal.sqlState();
    }

    @Override
    public Kind kind() {
      return refusal.sqlState().equals("28000") ? Kind.DOWNGRADE : Kind.MALFORMED;
    }

    @Override
    public String message() {
      return refusal.message();
    }

    @Override
    public Optional<String> detail() {
      return Optional.of(refusal.detail()).filter(text -> !text.isEmpty());
    }
  }

  /** Too many wrong secrets from this address for this name. */
  record TooManyAttempts(String user) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.LIMITED;
    }

    @Override
    public String message() {
      return "too many failed logins for user \"" + user + "\" from this address";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Wait a minute before the next attempt.");
    }
  }

  /** The credential is not valid now: too late or too early. */
  record OutsideValidity(String credential, Optional<Instant> expiredAt, Instant notBefore)
      implements
        SessionFailure {
    @Override
    public Kind kind() {
      return Kind.EXPIRED;
    }

    @Override
    public String message() {
      return "credential \"" + credential + "\" "
          + (expiredAt.isPresent() ? "has expired" : "is not valid yet");
    }

    @Override
    public Optional<String> detail() {
      return Optional.of(expiredAt.map(at -> "It expired at " + at + ".")
          .orElseGet(() -> "It becomes valid at " + notBefore + "."));
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Ask for a new connection string.");
    }
  }

  /** The credential was revoked. */
  record Revoked(String credential) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.REVOKED;
    }

    @Override
    public String message() {
      return "credential \"" + credential + "\" has been revoked";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Ask for a new connection string.");
    }
  }

  /** A startup parameter that is not accepted. */
  record Parameter(Kind kind, String sqlState, String message, Optional<String> detail,
      Optional<String> hint) implements SessionFailure {}

  /** No database of that name in the account; said only after proof. */
  record NoSuchDatabase(String database) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.NO_DATABASE;
    }

    @Override
    public String message() {
      return "database \"" + database + "\" does not exist";
    }
  }

  /** The database exists, the credential is limited to others. */
  record DatabaseOutOfScope(String credential, String database) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.OUT_OF_SCOPE;
    }

    @Override
    public String message() {
      return "permission denied for database \"" + database + "\"";
    }

    @Override
    public Optional<String> detail() {
      return Optional.of("Credential \"" + credential + "\" is limited to other databases.");
    }
  }

  /** The credential may not be used from there; said only after the proof. */
  record AddressNotAllowed(String credential, InetAddress client) implements SessionFailure {
    @Override
    public Kind kind() {
      return Kind.ADDRESS;
    }

    @Override
    public String message() {
      return "address is not allowed for this credential";
    }

    @Override
    public Optional<String> detail() {
      return Optional.of("Credential \"" + credential + "\" may not be used from "
          + client.getHostAddress() + ".");
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Connect from an address that it allows, or ask for a credential that"
          + " allows this one.");
    }
  }

  /** An established session is ended in good order, at a message boundary. */
  record Ended(CloseReason reason, String message, Optional<String> hint)
      implements
        SessionFailure {
    @Override
    public Kind kind() {
      return Kind.ENDED;
    }
  }

}
