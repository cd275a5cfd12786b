package dev.reveille.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The server's side of SASL OAUTHBEARER (RFC 7628, section 3), as PostgreSQL 18 does it (auth-oauth.c):
 * the client's first message carries the token, or none, which asks where to get one. A failure is a
 * JSON text, which the client acknowledges with one byte before the exchange ends. No channel binding.
 */
public final class OauthBearer {
  public static final String MECHANISM = "OAUTHBEARER";

  /** Longest first message: the token and what stands around it. */
  public static final int MAX_BYTES = TokenVerifier.MAX_BYTES + 1024;

  private static final char SEPARATOR = 0x01;
  private static final String SCHEME = "bearer ";

  private OauthBearer() {
  }

  /** What the client's first message says. */
  public sealed interface First {
  }

  /** It has a token. */
  public record Token(String token) implements First {
    @Override
    public String toString() {
      return "Token[" + token.length() + " characters]";
    }
  }

  /** It wants to know where to get one. */
  public record Discovery() implements First {}

  /** It cannot be understood; {@code detail} quotes nothing of it. */
  public record Malformed(String sqlState, String message, String detail) implements First {}

  /** Reads SASLInitialResponse. */
  public static First first(String mechanism, byte[] data) {
    if (!mechanism.equals(MECHANISM)) {
      return new Malformed("08P01", "client selected an invalid SASL authentication mechanism", "");
    }
    if (data.length == 0) {
      return malformed("The message is empty.");
    }
    if (data.length > MAX_BYTES) {
      return malformed("The message is too long.");
    }
    String text;
    try {
      text = StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    } catch (CharacterCodingException e) {
      return malformed("The message holds something else than ASCII.");
    }
    return switch (text.charAt(0)) {
      case 'p' -> malformed("There is no channel binding for OAUTHBEARER.");
      case 'n', 'y' -> afterFlag(text.substring(1));
      default -> malformed("The channel binding flag must be n or y.");
    };
  }

  private static First afterFlag(String text) {
    if (text.startsWith(",a")) {
      return new Malformed("0A000", "client uses authorization identity, but it is not supported",
          "");
    }
    if (!text.startsWith(",," + SEPARATOR)) {
      return malformed("The header does not end where it should.");
    }
    var rest = text.substring(3);
    Optional<String> auth = Optional.empty();
    while (true) {
      int end = rest.indexOf(SEPARATOR);
      if (end < 0) {
        return malformed("The message has no final terminator.");
      }
      if (end == 0) {
        break;
      }
      var pair = rest.substring(0, end);
      int equals = pair.indexOf('=');
      if (equals < 1 || !pair.substring(0, equals).chars().allMatch(OauthBearer::letter)
          || !pair.substring(equals + 1).chars().allMatch(OauthBearer::ordinary)) {
        return malformed("A key or a value has characters that it must not have.");
      }
      if (pair.startsWith("auth=")) {
        if (auth.isPresent()) {
          return malformed("The message has more than one auth value.");
        }
        auth = Optional.of(pair.substring(equals + 1));
      }
      rest = rest.substring(end + 1);
    }
    if (rest.length() > 1) {
      return malformed("There is more after the final terminator.");
    }
    return auth.map(OauthBearer::authorization)
        .orElseGet(() -> malformed("The message does not contain an auth value."));
  }

  /** An Authorization header of HTTP (RFC 6750, section 2.1). */
  private static First authorization(String value) {
    if (value.isEmpty()) {
      return new Discovery();
    }
    if (!value.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return malformed("Only Bearer tokens are accepted.");
    }
    var token = value.substring(SCHEME.length()).strip();
    return token.isEmpty() ? malformed("The bearer token is empty.") : new Token(token);
  }

  /** Whether SASLResponse is the acknowledgement of a failure: one separator, nothing else. */
  public static boolean acknowledges(byte[] data) {
    return data.length == 1 && data[0] == SEPARATOR;
  }

  /** What a token that is not accepted, or is not there, is answered with. */
  public static byte[] challenge(TokenIssuer issuer) {
    var discovery = issuer.issuer().contains("/.well-known/")
        ? issuer.issuer()
        : issuer.issuer() + "/.well-known/openid-configuration";
    return ("{ \"status\": \"invalid_token\", \"openid-configuration\": " + quoted(discovery)
        + ", \"scope\": " + quoted(issuer.scope()) + " }").getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    text.chars().forEach(c -> {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append((char) c);
      } else if (c < 0x20) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
      } else {
        quoted.append((char) c);
      }
    });
    return quoted.append('"').toString();
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean ordinary(int c) {
    return (c >= 0x20 && c <= 0x7e) || c == '\t' || c == '\r' || c == '\n';
  }

  private static First malformed(String detail) {
    return new Malformed("08P01", "malformed OAUTHBEARER message", detail);
  }
}
