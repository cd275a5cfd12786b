package dev.reveille.proxy.session;

import dev.reveille.proxy.budget.AccountSpent;
import dev.reveille.proxy.budget.Spent;
import dev.reveille.proxy.relay.Breach;
import dev.reveille.wire.ErrorFields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Something was used up: places, a budget, or what one session may. */
public sealed interface LimitFailure extends SessionFailure {

  /** A limit on connections: the credential's, the compute's or the proxy's own. */
  record TooManyConnections(String message, String limit, int value) implements LimitFailure {
    @Override
    public Kind kind() {
      return Kind.CONNECTIONS;
    }

    @Override
    public Optional<Limit> limitReached() {
      return Optional.of(new Limit("connections", Integer.toString(value)));
    }

    @Override
    public Optional<String> detail() {
      return Optional.of("The limit is " + limit + " = " + value + ".");
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Close connections that are not used, or use a smaller pool.");
    }
  }

  /** Too many clients wait for the same compute. */
  record TooManyWaiters(String database, int limit) implements LimitFailure {
    @Override
    public Kind kind() {
      return Kind.WAITERS;
    }

    @Override
    public Optional<Limit> limitReached() {
      return Optional.of(new Limit("waiters", Integer.toString(limit)));
    }

    @Override
    public String message() {
      return "too many clients are waiting for database \"" + database + "\" to wake";
    }

    @Override
    public Optional<String> detail() {
      return Optional.of("The limit is waiters = " + limit + ".");
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Try again in a few seconds.");
    }
  }

  /** The credential has used up what it may use, on all proxies together. */
  record BudgetSpent(String credential, Spent spent) implements LimitFailure {
    @Override
    public Kind kind() {
      return switch (spent.budget()) {
        case CONNECTIONS -> Kind.CONNECTIONS;
        case CONNECTS -> Kind.CONNECTS;
        case WAKES -> Kind.WAKES;
        case BYTES -> Kind.BYTES_OUT;
      };
    }

    @Override
    public String message() {
      return switch (spent.budget()) {
        case CONNECTIONS -> "too many connections for credential \"" + credential + "\"";
        case CONNECTS -> "credential \"" + credential + "\" has connected too often";
        case WAKES -> "credential \"" + credential + "\" has woken databases too often";
        case BYTES -> "credential \"" + credential + "\" has no bytes left to send today";
      };
    }

    @Override
    public Optional<Limit> limitReached() {
      return Optional.of(new Limit(spent.budget().label(), Long.toString(spent.limit())));
    }

    @Override
    public Optional<String> detail() {
      return Optional.of("The limit is " + spent.budget().words() + " = " + spent.limit() + "."
          + spent.resets().map(at -> " It resets at " + wholeSecond(at) + ".").orElse(""));
    }

    @Override
    public Optional<String> hint() {
      return Optional.of(switch (spent.budget()) {
        case CONNECTIONS -> "Close connections that are not used, or use a smaller pool.";
        case CONNECTS -> "Keep connections open, in a pool.";
        case WAKES -> "Wait, or use databases that are awake.";
        case BYTES -> "Wait, or ask for less at once.";
      });
    }

    /** Never too early. */
    private static Instant wholeSecond(Instant at) {
      return at.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /** The account has used up what it may use, on all proxies together. */
  record AccountBudgetSpent(AccountSpent spent) implements LimitFailure {
    @Override
    public Kind kind() {
      return Kind.ACCOUNT;
    }

    @Override
    public Optional<Limit> limitReached() {
      return Optional.of(new Limit(spent.budget().word(), spent.limit()));
    }

    @Override
    public String message() {
      return spent.message();
    }

    @Override
    public Optional<String> detail() {
      return Optional.of(spent.detail());
    }

    @Override
    public Optional<String> hint() {
      return Optional.of(spent.hint());
    }
  }

  /** A limit of the credential ends an established session. */
  record Limited(Breach breach) implements LimitFailure {
    @Override
    public Kind kind() {
      return Kind.valueOf(breach.limit().name());
    }

    @Override
    public Optional<Limit> limitReached() {
      return Optional.of(new Limit(breach.name(), breach.value()));
    }

    @Override
    public String message() {
      return breach.words().message();
    }

    @Override
    public ErrorFields fields() {
      return breach.words();
    }
  }
}
