package dev.reveille.cell;

import dev.reveille.cell.catalog.ScopeJson;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Narrowing is an order: what lies within is known from every field, and never widens. */
class ScopeTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
  private static final List<String> CLIENTS = List.of("10.1.2.3", "10.9.9.9", "192.168.1.1",
      "8.8.8.8", "2001:db8::1", "fe80::1");

  private final long seed = new Random().nextLong();
  private final RandomScopes scopes = new RandomScopes(new Random(seed));

  @RepeatedTest(20)
  void what_both_allow_lies_within_both_and_whatever_lies_within_both_lies_within_it() {
    for (int i = 0; i < 200; i++) {
      Scope one = scopes.next();
      Scope other = scopes.next();
      Scope both = one.intersection(other);
      Scope third = scopes.next();

      assertThat(both.within(one)).as("seed %d: %s / %s", seed, one, other).isTrue();
      assertThat(both.within(other)).as("seed %d: %s / %s", seed, one, other).isTrue();
      assertThat(other.intersection(one).within(both)).as("seed %d", seed).isTrue();
      if (third.within(one) && third.within(other)) {
        assertThat(third.within(both)).as("seed %d: %s", seed, third).isTrue();
      }
    }
  }

  @RepeatedTest(20)
  void within_is_an_order() {
    for (int i = 0; i < 200; i++) {
      Scope wide = scopes.next();
      Scope middle = wide.intersection(scopes.next());
      Scope narrow = middle.intersection(scopes.next());

      assertThat(wide.within(wide)).as("seed %d: %s", seed, wide).isTrue();
      assertThat(narrow.within(wide)).as("seed %d: %s / %s", seed, narrow, wide).isTrue();
      if (wide.within(middle)) {
        assertThat(middle.mode()).isEqualTo(wide.mode());
        assertThat(middle.limits()).isEqualTo(wide.limits());
        assertThat(middle.allowances()).isEqualTo(wide.allowances());
        assertThat(middle.expiresAt()).isEqualTo(wide.expiresAt());
      }
    }
  }

  @RepeatedTest(20)
  void a_client_that_a_narrower_scope_admits_is_admitted_by_the_wider() throws Exception {
    Scope one = scopes.next();
    Scope other = scopes.next();

    for (String client : CLIENTS) {
      InetAddress address = InetAddress.getByName(client);
      assertThat(one.intersection(other).admits(address)).as("seed %d: %s", seed, client)
          .isEqualTo(one.admits(address) && other.admits(address));
    }
  }

  @RepeatedTest(20)
  void a_scope_is_the_same_after_it_was_written_and_read() {
    Scope scope = scopes.next();

    Scope read = ScopeJson.read(ScopeJson.write(scope), CredentialKind.AGENT, scope.databases(),
        scope.mode(), scope.notBefore(), scope.expiresAt(), scope.channelBindingRequired());

    assertThat(read).as("seed %d", seed).isEqualTo(scope);
  }

  @Test
  void one_wider_field_is_enough_to_be_outside() {
    Scope usual = Scope.usual(CredentialKind.AGENT, new DatabaseScope.Only(Set.of()), Mode.RO, T);
    List<Scope> wider = new ArrayList<>();
    wider.add(new Scope(new DatabaseScope.All(), Mode.RO, usual.objects(), T, usual.expiresAt(),
        usual.addresses(), usual.limits(), Scope.USUAL, false));
    wider.add(new Scope(usual.databases(), Mode.RW, usual.objects(), T, usual.expiresAt(),
        usual.addresses(), usual.limits(), Scope.USUAL, false));
    wider.add(new Scope(usual.databases(), Mode.RO, usual.objects(), T.minusNanos(1000),
        usual.expiresAt(), usual.addresses(), usual.limits(), Scope.USUAL, false));
    wider.add(new Scope(usual.databases(), Mode.RO, usual.objects(), T,
        usual.expiresAt().plusNanos(1000), usual.addresses(), usual.limits(), Scope.USUAL, false));
    wider.add(new Scope(usual.databases(), Mode.RO, usual.objects(), T, usual.expiresAt(),
        usual.addresses(), CredentialLimits.APP, Scope.USUAL, false));
    wider.add(new Scope(usual.databases(), Mode.RO, usual.objects(), T, usual.expiresAt(),
        usual.addresses(), usual.limits(), Set.of(Allowance.FUNCTION_CALL), false));

    assertThat(wider).allSatisfy(scope -> {
      assertThat(scope.within(usual)).isFalse();
      assertThat(scope.intersection(usual).within(usual)).isTrue();
    });
  }

  @Test
  void narrowing_may_add_the_checkpoint_before_a_statement_and_never_take_it_away() {
    Scope without = Scope.usual(CredentialKind.AGENT, new DatabaseScope.Only(Set.of()), Mode.RO, T);
    Scope with = new Scope(without.databases(), without.mode(), without.objects(), T,
        without.expiresAt(), without.addresses(), without.limits(), without.allowances(), false,
        CheckpointBefore.DESTRUCTIVE);

    assertThat(with.within(without)).isTrue();
    assertThat(without.within(with)).isFalse();
    assertThat(without.intersection(with)).isEqualTo(with);
    assertThat(with.intersection(without)).isEqualTo(with);
  }

  @Test
  void a_list_of_tables_does_not_go_with_a_mode_that_owns_them() {
    Scope usual = Scope.usual(CredentialKind.APP, new DatabaseScope.All(), Mode.DDL, T);

    assertThatIllegalArgumentException().isThrownBy(() -> new Scope(usual.databases(), Mode.DDL,
        new ObjectScope.Only(Set.of("public"), Set.of()), T, usual.expiresAt(), usual.addresses(),
        usual.limits(), Scope.USUAL, false));
  }
}
