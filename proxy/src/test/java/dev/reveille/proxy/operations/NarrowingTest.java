package dev.reveille.proxy.operations;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NarrowingTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @RepeatedTest(20)
  void it_names_a_field_exactly_when_the_scope_is_not_within() {
    for (int i = 0; i < 100; i++) {
      Scope asked = scope();
      Scope given = random.nextBoolean() ? asked.intersection(scope()) : scope();

      assertThat(Narrowing.wider(asked, given, DatabaseId::toString).isEmpty())
          .as("seed %d: %s within %s", seed, asked, given)
          .isEqualTo(asked.within(given));
    }
  }

  @Test
  void it_tells_both_values_of_each_wider_field() {
    Scope given = Scope.usual(CredentialKind.AGENT, new DatabaseScope.All(), Mode.RO, T);
    Scope asked = new Scope(given.databases(), Mode.RW, given.objects(), T, given.expiresAt(),
        given.addresses(),
        CredentialLimit.with(given.limits(),
            Map.of(CredentialLimit.MAX_BYTES_OUT, 5L << 30)),
        given.allowances(), false);

    assertThat(Narrowing.wider(asked, given, DatabaseId::toString)).containsExactly(
        "mode (rw, not within ro)", "max_bytes_out (5GB, not within 1GB)");
  }

  private Scope scope() {
    Mode mode = List.of(Mode.values()).get(random.nextInt(3));
    EnumSet<Allowance> allowances = EnumSet.allOf(Allowance.class);
    allowances.removeIf(allowance -> random.nextInt(8) == 0);
    return new Scope(
        random.nextBoolean()
            ? new DatabaseScope.All()
            : new DatabaseScope.Only(Set.of(new DatabaseId(new UUID(1, random.nextInt(2))))),
        mode, mode == Mode.DDL || random.nextBoolean()
            ? new ObjectScope.All()
            : new ObjectScope.Only(Set.of("s" + random.nextInt(2)), Set.of()),
        T.plusSeconds(random.nextInt(2)), T.plusSeconds(random.nextInt(8, 10)),
        random.nextBoolean() ? Scope.EVERYWHERE : List.of(AddressRange.parse("10.0.0.0/8")),
        limits(), allowances, random.nextBoolean(),
        List.of(CheckpointBefore.values()).get(random.nextInt(2)));
  }

  private CredentialLimits limits() {
    return new CredentialLimits(number(), number(), number(), Duration.ofSeconds(number()),
        Duration.ofSeconds(number()), Duration.ofSeconds(number()), number(), number(), number());
  }

  private int number() {
    return random.nextInt(6) == 0 ? 2 : 1;
  }
}
