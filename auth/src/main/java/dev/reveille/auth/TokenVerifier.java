package dev.reveille.auth;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.reveille.auth.TokenStep.Proven;
import dev.reveille.auth.TokenStep.Refused;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens (RFC 7519) of configured issuers: signed with a published key, from exactly
 * that issuer, for its audience, with an expiry that lies ahead. Keys are only ever the issuer's own
 * published ones: what a token's header points to ({@code jku}, {@code x5u}, {@code jwk}) is not
 * looked at.
 *
 * <p>What is done up to the signature does not depend on the login that the client gave. Safe from any
 * thread; the work is done on {@code workers}, which must be allowed to block.
 */
public final class TokenVerifier {
  /** Longest token, in bytes. */
  public static final int MAX_BYTES = 16 * 1024;

  /** How far the issuer's clock may be ahead of ours ({@code nbf}, {@code iat}); never for the end. */
  public static final Duration LEEWAY = Duration.ofSeconds(30);

  private static final int MAX_SUBJECT = 1024;
  private static final int MAX_DATABASES = 100;

  private final List<Trusted> issuers;
  private final InstantSource clock;
  private final Executor workers;

  private record Trusted(TokenIssuer issuer, IssuerKeys keys) {}

  /** Issuers with the place of their keys. Nothing is read before the first token. */
  public TokenVerifier(Map<TokenIssuer, KeySource> issuers, InstantSource clock,
      LongSupplier nanoTime, Executor workers) {
    this.issuers = issuers.entrySet()
        .stream()
        .map(entry -> new Trusted(entry.getKey(), new IssuerKeys(entry.getValue(), nanoTime)))
        .toList();
    this.clock = clock;
    this.workers = workers;
  }

  /**
   * Verifies {@code token}, which a client gave that wants to log in as {@code login}. The stage does
   * not fail.
   */
  public CompletionStage<TokenStep> verify(String token, String login) {
    return CompletableFuture.supplyAsync(() -> step(token, login), workers);
  }

  private TokenStep step(String token, String login) {
    if (token.length() > MAX_BYTES || token.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return new Refused(TokenRefusal.TOO_LONG);
    }
    SignedJWT jwt;
    JWTClaimsSet claims;
    try {
      jwt = SignedJWT.parse(token);
      claims = jwt.getJWTClaimsSet();
    } catch (ParseException | RuntimeException e) {
      return new Refused(TokenRefusal.MALFORMED);
    }
    if (jwt.getState() != JWSObject.State.SIGNED || claims == null) {
      return new Refused(TokenRefusal.MALFORMED);
    }
    if (!TokenSignature.ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
      return new Refused(TokenRefusal.ALGORITHM);
    }
    if (jwt.getHeader().getCriticalParams() != null) {
      return new Refused(TokenRefusal.CRITICAL);
    }
    // Of several entries for one issuer, the login's own; any of them tells whether it is signed.
    var named = issuers.stream()
        .filter(of -> of.issuer.issuer().equals(claims.getIssuer()))
        .toList();
    if (named.isEmpty()) {
      return new Refused(TokenRefusal.UNKNOWN_ISSUER);
    }
    var own = named.stream().filter(of -> of.issuer.template().equals(login)).findFirst();
    return signed(jwt, own.orElse(named.getFirst()))
        .orElseGet(() -> own.isEmpty()
            ? new Refused(TokenRefusal.OTHER_LOGIN)
            : proven(claims, own.get().issuer, clock.instant()));
  }

  /** Why its signature is not good, if so. */
  private Optional<TokenStep> signed(SignedJWT jwt, Trusted trusted) {
    var fitting = trusted.keys.fitting(jwt.getHeader());
    if (fitting.isEmpty()) {
      return Optional.of(new TokenStep.Unavailable());
    }
    if (fitting.get().isEmpty()) {
      return Optional.of(new Refused(TokenRefusal.UNKNOWN_KEY));
    }
    return fitting.get().stream().anyMatch(key -> TokenSignature.good(jwt, key))
        ? Optional.empty()
        : Optional.of(new Refused(TokenRefusal.BAD_SIGNATURE));
  }

  private static TokenStep proven(JWTClaimsSet claims, TokenIssuer issuer, Instant now) {
    try {
      var unfit = unfit(claims, issuer, now);
      if (unfit.isPresent()) {
        return new Refused(unfit.get());
      }
      var names = issuer.claims();
      var subject = claims.getStringClaim(names.subject());
      if (subject == null || subject.isBlank() || subject.length() > MAX_SUBJECT) {
        return new Refused(TokenRefusal.NO_SUBJECT);
      }
      Optional<String> mode = Optional.empty();
      if (names.mode().isPresent()) {
        mode = Optional.ofNullable(claims.getStringClaim(names.mode().get()));
        if (mode.isEmpty()) {
          return new Refused(TokenRefusal.NO_MODE);
        }
      }
      Optional<List<String>> databases = Optional.empty();
      if (names.databases().isPresent()) {
        var listed = texts(claims.getClaim(names.databases().get()));
        if (listed.isEmpty()) {
          return new Refused(TokenRefusal.NO_DATABASES);
        }
        databases = Optional.of(listed);
      }
      return new Proven(issuer, subject, claims.getExpirationTime().toInstant(), mode, databases);
    } catch (ParseException e) {
      return new Refused(TokenRefusal.MALFORMED_CLAIMS);
    }
  }

  private static Optional<TokenRefusal> unfit(JWTClaimsSet claims, TokenIssuer issuer,
      Instant now) {
    if (!claims.getAudience().contains(issuer.audience())) {
      return Optional.of(TokenRefusal.WRONG_AUDIENCE);
    }
    if (claims.getExpirationTime() == null) {
      return Optional.of(TokenRefusal.NO_EXPIRY);
    }
    if (!now.isBefore(claims.getExpirationTime().toInstant())) {
      return Optional.of(TokenRefusal.EXPIRED);
    }
    return ahead(claims.getNotBeforeTime(), now) || ahead(claims.getIssueTime(), now)
        ? Optional.of(TokenRefusal.NOT_YET)
        : Optional.empty();
  }

  private static boolean ahead(@Nullable Date claim, Instant now) {
    return claim != null && claim.toInstant().isAfter(now.plus(LEEWAY));
  }

  /** One text, or a list of them. */
  private static List<String> texts(@Nullable Object claim)
      throws ParseException {
    return switch (claim) {
      case null -> List.of();
      case String one -> List.of(one);
      case List<?> several when several.size() <= MAX_DATABASES -> {
        List<String> texts = new ArrayList<>();
        for (Object item : several) {
          if (!(item instanceof String text)) {
            throw new ParseException("not a text", 0);
          }
          texts.add(text);
        }
        yield texts;
      }
      default -> throw new ParseException("neither a text nor a short list of them", 0);
    };
  }
}
