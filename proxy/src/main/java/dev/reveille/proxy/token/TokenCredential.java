package dev.reveille.proxy.token;

import dev.reveille.auth.TokenStep.Proven;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Directory;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * The credential that a token stands for. It is stored nowhere: it follows from the token and its
 * template, so that every proxy makes the same of them. What it may do is what the template may do,
 * narrowed by the token's claims; it ends with whichever of the two ends first.
 *
 * <p>Its name is that of a Postgres role, one for each subject and mode: two sessions whose tokens
 * allow different things never share a role.
 */
public final class TokenCredential {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int NAME_LETTERS = 24;
  private static final Pattern NAME = Pattern.compile("j_[a-z2-7]{24}");

  private final Proven token;
  private final Mode mode;
  private final Optional<Set<DatabaseId>> databases;

  private TokenCredential(Proven token, Mode mode, Optional<Set<DatabaseId>> databases) {
    this.token = token;
    this.mode = mode;
    this.databases = databases;
  }

  /** Whether a name is one that tokens' credentials have; no stored credential may have such a name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** What a token's claims say, with names of databases looked up; or why they say nothing. */
  public sealed interface Claims {
  }

  /** They can be applied to the template. */
  public record Understood(TokenCredential credential) implements Claims {}

  /** {@code detail} says which of them cannot; it is meant for the holder of the token. */
  public record Unknown(String detail) implements Claims {}

  /** Looks up what the claims of {@code token} name among what belongs to the template's account. */
  public static CompletionStage<Claims> of(Proven token, Credential template,
      Directory directory) {
    Mode mode;
    try {
      mode = token.mode().map(Mode::ofWord).orElse(Mode.DDL);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(
          new Unknown("The claim that names the mode is none of ro, rw, ddl."));
    }
    if (token.databases().isEmpty()) {
      return CompletableFuture.completedFuture(
          new Understood(new TokenCredential(token, mode, Optional.empty())));
    }
    CompletionStage<Optional<Set<DatabaseId>>> found = CompletableFuture
        .completedFuture(Optional.of(Set.of()));
    for (String named : token.databases().get()) {
      found = found.thenCombine(id(named, template, directory), TokenCredential::joined);
    }
    return found.thenApply(ids -> ids.isEmpty()
        ? new Unknown("The claim that names databases names one that does not exist.")
        : new Understood(new TokenCredential(token, mode, ids)));
  }

  private static Optional<Set<DatabaseId>> joined(Optional<Set<DatabaseId>> all,
      Optional<DatabaseId> one) {
    if (all.isEmpty() || one.isEmpty()) {
      return Optional.empty();
    }
    var both = new HashSet<>(all.get());
    both.add(one.get());
    return Optional.of(both);
  }

  private static CompletionStage<Optional<DatabaseId>> id(String named, Credential template,
      Directory directory) {
    try {
      return CompletableFuture.completedFuture(Optional.of(DatabaseId.parse(named)));
    } catch (IllegalArgumentException e) {
      return DatabaseName.valid(named)
          ? directory.route(template.account(), named)
              .thenApply(route -> route.map(found -> found.database()))
          : CompletableFuture.completedFuture(Optional.empty());
    }
  }

  /** The login of the credential that this one is made from. */
  public String template() {
    return token.issuer().template();
  }

  /** What it is as of what its template is now: revoked with it, and never wider. */
  public Credential from(Credential template) {
    var may = template.scope();
    var lower = mode.compareTo(may.mode()) <= 0 ? mode : may.mode();
    DatabaseScope reached = databases.<DatabaseScope>map(DatabaseScope.Only::new)
        .map(only -> only.intersection(may.databases()))
        .orElse(may.databases());
    var narrowed = new Scope(reached, lower, may.objects(), may.notBefore(),
        token.expiresAt().isBefore(may.expiresAt()) ? token.expiresAt() : may.expiresAt(),
        may.addresses(), may.limits(), may.allowances(), may.channelBindingRequired(),
        may.checkpointBefore());
    if (!narrowed.within(may)) {
      throw new IllegalStateException("a token's scope is wider than its template's");
    }
    var digest = digest(template.id(), lower);
    return new Credential(id(digest), name(digest), template.account(),
        Optional.of(template.id()), template.kind(), List.of(), narrowed, template.revoked(),
        template.version());
  }

  private byte[] digest(CredentialId template, Mode lower) {
    try {
      var hash = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(template.toString(), lower.word(), token.issuer().issuer(),
          token.subject())) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        // With its length: no two lists of parts look the same.
        hash.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        hash.update(bytes);
      }
      return hash.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** {@code j_} and 120 bits of the digest. */
  private static String name(byte[] digest) {
    var name = new StringBuilder("j_");
    for (int letter = 0; letter < NAME_LETTERS; letter++) {
      int bit = letter * 5;
      int two = ((digest[bit / 8] & 0xff) << 8) | (digest[bit / 8 + 1] & 0xff);
      name.append(LETTERS.charAt((two >> (11 - bit % 8)) & 31));
    }
    return name.toString();
  }

  /** The other half of the digest, as a UUID of version 8 (RFC 9562, section 5.8). */
  private static CredentialId id(byte[] digest) {
    var half = ByteBuffer.wrap(digest, 16, 16);
    long high = (half.getLong() & ~0xf000L) | 0x8000L;
    long low = (half.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new CredentialId(new UUID(high, low));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "TokenCredential[template=%s, mode=%s]", template(), mode);
  }
}
