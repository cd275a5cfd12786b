package dev.reveille.cell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Scopes drawn from small sets of values, so that two of them often touch. */
public final class RandomScopes {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
  private static final List<String> RANGES = List.of("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16",
      "10.1.2.3", "192.168.0.0/16", "::/0", "2001:db8::/32", "2001:db8::1");
  private final RandomGenerator random;

  public RandomScopes(RandomGenerator random) {
    this.random = random;
  }

  public Scope next() {
    Mode mode = List.of(Mode.values()).get(random.nextInt(3));
    List<AddressRange> addresses = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      addresses.add(AddressRange.parse(RANGES.get(random.nextInt(RANGES.size()))));
    }
    Set<Allowance> allowances = new HashSet<>();
    for (Allowance allowance : Allowance.values()) {
      if (random.nextBoolean()) {
        allowances.add(allowance);
      }
    }
    Instant start = T.plusSeconds(random.nextInt(3));
    return new Scope(databases(), mode, mode == Mode.DDL ? new ObjectScope.All() : objects(), start,
        start.plusSeconds(random.nextInt(3, 6)), addresses, limits(), allowances,
        random.nextBoolean(), List.of(CheckpointBefore.values()).get(random.nextInt(2)));
  }

  private DatabaseScope databases() {
    if (random.nextInt(4) == 0) {
      return new DatabaseScope.All();
    }
    Set<DatabaseId> ids = new HashSet<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      ids.add(new DatabaseId(new UUID(7, random.nextInt(4))));
    }
    return new DatabaseScope.Only(ids);
  }

  private ObjectScope objects() {
    if (random.nextInt(3) == 0) {
      return new ObjectScope.All();
    }
    Set<String> schemas = new HashSet<>();
    Set<TableName> tables = new HashSet<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      String schema = "s" + random.nextInt(3);
      if (random.nextBoolean()) {
        schemas.add(schema);
      } else {
        tables.add(new TableName(schema, "t" + random.nextInt(2)));
      }
    }
    return new ObjectScope.Only(schemas, tables);
  }

  private CredentialLimits limits() {
    return new CredentialLimits(number(), number(), number(), time(), time(), time(), number(),
        number(), number());
  }

  private int number() {
    return random.nextInt(1, 3);
  }

  private Duration time() {
    return Duration.ofSeconds(number());
  }
}
