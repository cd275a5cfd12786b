package dev.reveille.proxy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/** One event, one line: {@code time=… level=… logger=… message="…" key=value}, or a JSON object. */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
  private static final int SHOWN_STACK = 20_000;
  private final boolean json;

  LineEncoder(boolean json) {
    this.json = json;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return (json ? json(event) : text(event)).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> fields(ILoggingEvent event) {
    Map<String, String> fields = new LinkedHashMap<>();
    Instant at = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
    fields.put("time", at.toString());
    fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    String logger = event.getLoggerName();
    fields.put("logger", logger.substring(logger.lastIndexOf('.') + 1));
    fields.put("message", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        fields.put(pair.key, String.valueOf(pair.value));
      }
    }
    return fields;
  }

  private static String text(ILoggingEvent event) {
    StringBuilder line = new StringBuilder();
    fields(event).forEach((key, value) -> line.append(line.isEmpty() ? "" : " ")
        .append(key)
        .append('=')
        .append(bare(value) ? value : quoted(value)));
    IThrowableProxy thrown = event.getThrowableProxy();
    line.append('\n');
    return thrown == null ? line.toString() : line.append(stack(thrown)).toString();
  }

  private static String json(ILoggingEvent event) {
    Map<String, String> fields = fields(event);
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      fields.put("error", stack(thrown));
    }
    StringBuilder line = new StringBuilder();
    fields.forEach((key, value) -> line.append(line.isEmpty() ? '{' : ',')
        .append(quoted(key))
        .append(':')
        .append(quoted(value)));
    return line.append("}\n").toString();
  }

  private static String stack(IThrowableProxy thrown) {
    String stack = ThrowableProxyUtil.asString(thrown);
    return stack.length() > SHOWN_STACK ? stack.substring(0, SHOWN_STACK) + "…\n" : stack;
  }

  private static boolean bare(String value) {
    return !value.isEmpty()
        && value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c != '\\' && c < 127);
  }

  /** A JSON string, which is also how text lines quote: no newline of a stranger starts a line. */
  static String quoted(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (c >= 127 && c < 160)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
