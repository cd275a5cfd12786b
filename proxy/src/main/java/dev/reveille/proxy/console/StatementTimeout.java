package dev.reveille.proxy.console;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the session's Postgres for its {@code statement_timeout}, wherever that was set: nobody else knows.
 * With SHOW, which takes no snapshot. In the extended protocol that ends the time which Postgres itself
 * has been counting since the Parse, so that it does not end the statement while the proxy is at work.
 * What fails is told to the client, as the answer to its own statement. For one question.
 */
final class StatementTimeout implements Replies {
  private static final String SHOW = "SHOW statement_timeout";
  /** Of a statement and a portal, which are closed at once. */
  private static final String NAME = "reveille_timeout";
  /** As GUCs with the unit of milliseconds are shown (src/backend/utils/misc/guc.c). */
  private static final Pattern SHOWN = Pattern.compile("(\\d{1,10})(ms|s|min|h|d)");
  private static final int HEADER = 5;
  private static final int FIRST_VALUE = HEADER + Short.BYTES + Integer.BYTES;

  private final boolean extended;
  private int closed;
  private boolean failed;
  private Duration limit = Duration.ZERO;

  StatementTimeout(boolean extended) {
    this.extended = extended;
  }

  byte[][] question() {
    return extended
        ? new byte[][]{Messages.parse(NAME, SHOW), Messages.bind(NAME, NAME),
            Messages.execute(NAME), Messages.close('P', NAME), Messages.close('S', NAME),
            Messages.flush()}
        : new byte[][]{Messages.query(SHOW, StandardCharsets.US_ASCII)};
  }

  /** Whether there is no answer, and the client has been told why. */
  boolean failed() {
    return failed;
  }

  /** Zero for none. */
  Duration limit() {
    return limit;
  }

  @Override
  public boolean answer(byte type, ByteBuf message, ByteBuf out) {
    return switch (type) {
      case FrameTypes.ROW_DESCRIPTION, FrameTypes.COMMAND_COMPLETE, FrameTypes.PARSE_COMPLETE,
          FrameTypes.BIND_COMPLETE ->
        false;
      case FrameTypes.DATA_ROW -> {
        limit = read(message.toString(message.readerIndex() + FIRST_VALUE,
            message.readableBytes() - FIRST_VALUE, StandardCharsets.US_ASCII));
        yield false;
      }
      case FrameTypes.CLOSE_COMPLETE -> ++closed == 2;
      case FrameTypes.ERROR_RESPONSE -> {
        failed = true;
        out.writeBytes(message, message.readerIndex(), message.readableBytes());
        yield extended;
      }
      case FrameTypes.READY_FOR_QUERY -> {
        if (failed) {
          out.writeBytes(message, message.readerIndex(), message.readableBytes());
        }
        yield true;
      }
      default -> {
        out.writeBytes(message, message.readerIndex(), message.readableBytes());
        yield false;
      }
    };
  }

  private static Duration read(String shown) {
    Matcher parts = SHOWN.matcher(shown);
    return parts.matches()
        ? Duration.of(Long.parseLong(parts.group(1)), switch (parts.group(2)) {
          case "ms" -> ChronoUnit.MILLIS;
          case "s" -> ChronoUnit.SECONDS;
          case "min" -> ChronoUnit.MINUTES;
          case "h" -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        })
        : Duration.ZERO;
  }
}
