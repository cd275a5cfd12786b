package dev.reveille.proxy.token;

import dev.reveille.auth.TokenIssuer;
import dev.reveille.auth.TokenStep.Proven;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Directory;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.Scope;
import dev.reveille.cell.StorageId;
import dev.reveille.proxy.token.TokenCredential.Claims;
import dev.reveille.proxy.token.TokenCredential.Understood;
import dev.reveille.proxy.token.TokenCredential.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A claim can only narrow. */
class TokenCredentialTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final AccountId ACCOUNT = AccountId.random();
  private static final DatabaseId SHOP = DatabaseId.random();
  private static final DatabaseId STOCK = DatabaseId.random();

  private final Credential template = template(Mode.RW, new DatabaseScope.All());

  private static Credential template(Mode mode, DatabaseScope databases) {
    return new Credential(CredentialId.random(), "a_people", ACCOUNT, Optional.empty(),
        CredentialKind.AGENT, List.of(), Scope.usual(CredentialKind.AGENT, databases, mode, NOW),
        false, 7);
  }

  private static Proven token(String subject, Optional<String> mode,
      Optional<List<String>> databases, Duration left) {
    var issuer = new TokenIssuer("https://login.example.org", "reveille", "a_people",
        new TokenIssuer.Claims("sub", Optional.empty(), Optional.empty()), "openid");
    return new Proven(issuer, subject, NOW.plus(left), mode, databases);
  }

  private static Proven alice(String mode, String... databases) {
    return token("alice", Optional.of(mode),
        databases.length == 0 ? Optional.empty() : Optional.of(List.of(databases)),
        Duration.ofMinutes(5));
  }

  private static Claims claims(Proven token, Credential template) {
    return TokenCredential.of(token, template, new Names()).toCompletableFuture().join();
  }

  private static Credential made(Proven token, Credential template) {
    assertThat(claims(token, template)).isInstanceOf(Understood.class);
    return ((Understood) claims(token, template)).credential().from(template);
  }

  @Test
  void mode_and_databases_are_the_lower_of_both() {
    var reader = made(alice("ro", "shop", STOCK.toString()), template);
    assertThat(reader.mode()).isEqualTo(Mode.RO);
    assertThat(reader.databases()).isEqualTo(new DatabaseScope.Only(Set.of(SHOP, STOCK)));

    var owner = made(alice("ddl"), template);
    assertThat(owner.mode()).isEqualTo(Mode.RW);
    assertThat(owner.databases()).isEqualTo(new DatabaseScope.All());

    var shopOnly = template(Mode.RW, new DatabaseScope.Only(Set.of(SHOP)));
    assertThat(made(alice("rw", "shop", "stock"), shopOnly).databases())
        .isEqualTo(new DatabaseScope.Only(Set.of(SHOP)));
  }

  @Test
  void it_ends_with_the_token_or_with_the_template_whichever_is_first() {
    assertThat(made(alice("rw"), template).expiresAt()).isEqualTo(NOW.plusSeconds(300));
    assertThat(made(token("alice", Optional.empty(), Optional.empty(), Duration.ofDays(9)),
        template).expiresAt()).isEqualTo(template.expiresAt());
    var revoked = new Credential(template.id(), template.name(), ACCOUNT, Optional.empty(),
        template.kind(), List.of(), template.scope(), true, 8);
    var token = ((Understood) claims(alice("rw"), template)).credential();
    assertThat(token.from(revoked).fitness(NOW)).isEqualTo(Credential.Fitness.REVOKED);
    assertThat(token.from(revoked).id()).isEqualTo(made(alice("rw"), template).id());
  }

  @Test
  void it_is_never_wider_whatever_the_claims_say() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      var modes = List.of("ro", "rw", "ddl");
      var of = template(Mode.ofWord(modes.get(random.nextInt(3))),
          random.nextBoolean()
              ? new DatabaseScope.All()
              : new DatabaseScope.Only(random.nextBoolean() ? Set.of(SHOP) : Set.of()));
      if (of.mode() != Mode.DDL && random.nextBoolean()) {
        var may = of.scope();
        of = of.with(new Scope(may.databases(), may.mode(),
            new ObjectScope.Only(Set.of("public"), Set.of()), may.notBefore(), may.expiresAt(),
            may.addresses(), may.limits(), may.allowances(), random.nextBoolean()));
      }
      var token = token("s" + i,
          random.nextBoolean() ? Optional.empty() : Optional.of(modes.get(random.nextInt(3))),
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(List.of("shop", DatabaseId.random().toString())),
          Duration.ofMinutes(random.nextInt(1, 1000)));

      var credential = made(token, of);

      assertThat(credential.scope().within(of.scope())).as("seed %d, %d", seed, i).isTrue();
      assertThat(credential.verifiers()).isEmpty();
      assertThat(credential.parent()).contains(of.id());
    }
  }

  @Test
  void claims_that_are_not_understood_let_nobody_in() {
    for (String mode : List.of("", "RW", "admin", "rw ", "*")) {
      assertThat(claims(alice(mode), template)).as(mode).isInstanceOf(Unknown.class);
    }
    for (String database : List.of("", "*", "nope", "postgres", "x".repeat(64))) {
      assertThat(claims(alice("rw", "shop", database), template)).as(database)
          .isInstanceOf(Unknown.class);
    }
  }

  @Test
  void each_subject_and_each_mode_is_a_role_of_its_own() {
    var names = new HashSet<String>();
    var ids = new HashSet<CredentialId>();
    var other = template(Mode.RW, new DatabaseScope.All());
    for (var credential : List.of(made(alice("rw"), template), made(alice("ro"), template),
        made(token("bob", Optional.of("rw"), Optional.empty(), Duration.ofHours(1)), template),
        made(alice("rw"), other))) {
      assertThat(TokenCredential.isName(credential.name())).isTrue();
      assertThat(TokenCredential.isName("a" + credential.name())).isFalse();
      assertThat(credential.id().value().version()).isEqualTo(8);
      assertThat(credential.id().value().variant()).isEqualTo(2);
      assertThat(names.add(credential.name())).isTrue();
      assertThat(ids.add(credential.id())).isTrue();
    }
    assertThat(made(alice("rw", "shop"), template).name())
        .isEqualTo(made(alice("ddl"), template).name());
  }

  /** Two databases of one account. */
  private static final class Names implements Directory {
    @Override
    public CompletionStage<Optional<Credential>> credential(String name) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Optional<Route>> route(AccountId account, String databaseName) {
      var id = switch (databaseName) {
        case "shop" -> Optional.of(SHOP);
        case "stock" -> Optional.of(STOCK);
        default -> Optional.<DatabaseId>empty();
      };
      return CompletableFuture.completedFuture(id.filter(_ -> account.equals(ACCOUNT))
          .map(database -> new Route(database, account, databaseName, new CellId("a"),
              StorageId.random(), new DatabaseSettings(Duration.ofMinutes(1)), 1)));
    }

    @Override
    public AutoCloseable onChange(Consumer<DirectoryChange> listener) {
      return () -> {
      };
    }

    @Override
    public boolean catalogReachable() {
      return true;
    }

    @Override
    public void close() {
    }
  }
}
