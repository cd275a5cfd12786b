package dev.reveille.proxy.operations;

import dev.reveille.cell.CredentialLimits;
import dev.reveille.proxy.config.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The limits of a credential as people write them: each is an option of the command line and a key of
 * a request. Declared once; a test writes the table in {@code docs/credentials.md} from here.
 */
public enum CredentialLimit {
  MAX_CONNECTIONS(Unit.NUMBER,
      "sessions at one time, over all databases and proxies") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.connections();
    }
  },
  MAX_CONNECTS_PER_MINUTE(Unit.NUMBER, "sessions begun in a minute") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.connectsPerMinute();
    }
  },
  MAX_WAKES_PER_HOUR(Unit.NUMBER, "computes started in an hour") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.wakesPerHour();
    }
  },
  REQUEST_TIME(Unit.TIME,
      "from the first byte of a request to its ReadyForQuery") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.requestTime();
    }
  },
  IDLE_TIME(Unit.TIME, "without a request, in a transaction or not") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.idleTime();
    }
  },
  SESSION_TIME(Unit.TIME, "length of one session, whatever goes on in it") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.sessionTime();
    }
  },
  MAX_BYTES_OUT(Unit.SIZE,
      "bytes of every kind sent to the client in one session") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.sessionBytesOut();
    }
  },
  MAX_BYTES_OUT_PER_DAY(Unit.SIZE,
      "the same, over all sessions of a day of UTC") {
    @Override
    Object value(CredentialLimits limits) {
      return limits.dailyBytesOut();
    }
  },
  MAX_FRAME(Unit.FRAME, "the longest message that a client may send") {
    @Override
    Object value(CredentialLimits limits) {
      return (long) limits.frameBytes();
    }
  };

  private final Unit unit;
  private final String about;

  CredentialLimit(Unit unit, String about) {
    this.unit = unit;
    this.about = about;
  }

  /** An Integer, a Duration or a Long of bytes. */
  abstract Object value(CredentialLimits limits);

  /** The key of a request: {@code max_bytes_out}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The option of the command line: {@code --max-bytes-out}. */
  public String option() {
    return "--" + key().replace('_', '-');
  }

  /** What it limits, in words. */
  public String about() {
    return about;
  }

  /** How a value is written and from what to what, for the reference page. */
  public String unit() {
    return unit.kind().unit() + ", " + unit.kind().range();
  }

  /** The value as it can be written in a request. */
  public String text(CredentialLimits limits) {
    return switch (value(limits)) {
      case Duration time -> Units.text(time);
      case Long bytes -> Units.bytes(bytes);
      case Object number -> number.toString();
    };
  }

  /** Throws {@link IllegalArgumentException} with what is wrong with the text. */
  Object parse(String text) {
    return unit.kind().parser().apply(text);
  }

  /** Whether this limit alone is not above that of {@code wider}. */
  boolean within(CredentialLimits limits, CredentialLimits wider) {
    return value(limits).equals(value(limits.intersection(wider)));
  }

  /** These limits, with each that was asked for in place of its own. */
  static CredentialLimits with(CredentialLimits limits, Map<CredentialLimit, Object> asked) {
    Function<CredentialLimit, Object> merged = limit -> asked.getOrDefault(limit,
        limit.value(limits));
    return new CredentialLimits((Integer) merged.apply(MAX_CONNECTIONS),
        (Integer) merged.apply(MAX_CONNECTS_PER_MINUTE),
        (Integer) merged.apply(MAX_WAKES_PER_HOUR), (Duration) merged.apply(REQUEST_TIME),
        (Duration) merged.apply(IDLE_TIME), (Duration) merged.apply(SESSION_TIME),
        (Long) merged.apply(MAX_BYTES_OUT), (Long) merged.apply(MAX_BYTES_OUT_PER_DAY),
        Math.toIntExact((Long) merged.apply(MAX_FRAME)));
  }

  private enum Unit {
    NUMBER, TIME, SIZE, FRAME;

    Kind<?> kind() {
      return switch (this) {
        case NUMBER -> Kind.integer("number", 1, 1_000_000);
        case TIME -> Kind.duration("1ms", "90d");
        case SIZE -> Kind.size("1B", "1024TB");
        case FRAME -> Kind.size("1B", "1073741826B");
      };
    }
  }
}
