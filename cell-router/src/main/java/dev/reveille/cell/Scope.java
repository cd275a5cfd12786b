package dev.reveille.cell;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All that a credential may do. Scopes are ordered by {@link #within}: a narrower credential's lies
 * within that of the one it was made from, in every field.
 *
 * @param objects with {@link Mode#DDL} always all: who owns everything cannot be kept from a table
 * @param expiresAt it ends at this very instant
 * @param addresses where a client may come from; never empty as asked for, and an empty intersection
 *     lets nobody in
 * @param allowances managing databases goes only with all of them: it is taken out otherwise
 * @param channelBindingRequired whether only SCRAM-SHA-256-PLUS proves the secret
 * @param checkpointBefore before which of its statements the database is checkpointed
 */
public record Scope(DatabaseScope databases, Mode mode, ObjectScope objects, Instant notBefore,
    Instant expiresAt, List<AddressRange> addresses, CredentialLimits limits,
    Set<Allowance> allowances, boolean channelBindingRequired, CheckpointBefore checkpointBefore) {
  /** From everywhere. */
  public static final List<AddressRange> EVERYWHERE = List.of(AddressRange.parse("0.0.0.0/0"),
      AddressRange.parse("::/0"));

  /** What an agent is allowed where nothing was said. */
  public static final Set<Allowance> USUAL = Set.of(Allowance.COPY_IN, Allowance.COPY_OUT,
      Allowance.LISTEN);

  public Scope {
    addresses = List.copyOf(addresses);
    allowances = databases instanceof DatabaseScope.All
        ? Set.copyOf(allowances)
        : withoutManaging(allowances);
    if (mode == Mode.DDL && !(objects instanceof ObjectScope.All)) {
      throw new IllegalArgumentException(
          "a list of schemas or tables goes with mode ro or rw: ddl owns every table");
    }
  }

  private static Set<Allowance> withoutManaging(Set<Allowance> allowances) {
    Set<Allowance> left = EnumSet.noneOf(Allowance.class);
    left.addAll(allowances);
    left.remove(Allowance.MANAGE_DATABASES);
    return Set.copyOf(left);
  }

  /** Without a checkpoint before any statement. */
  public Scope(DatabaseScope databases, Mode mode, ObjectScope objects, Instant notBefore,
      Instant expiresAt, List<AddressRange> addresses, CredentialLimits limits,
      Set<Allowance> allowances, boolean channelBindingRequired) {
    this(databases, mode, objects, notBefore, expiresAt, addresses, limits, allowances,
        channelBindingRequired, CheckpointBefore.NOTHING);
  }

  /** What a credential of this kind may do with these databases when nothing else is said. */
  public static Scope usual(CredentialKind kind, DatabaseScope databases, Mode mode, Instant now) {
    return new Scope(databases, mode, new ObjectScope.All(), now, now.plus(kind.usualLife()),
        EVERYWHERE, kind.limits(), kind.allowances(), false);
  }

  /** Whether a client with this address may come in. */
  public boolean admits(InetAddress address) {
    return addresses.stream().anyMatch(range -> range.contains(address));
  }

  /** Whether no field allows more than the same field of {@code wider}. */
  public boolean within(Scope wider) {
    return databases.within(wider.databases) && mode.compareTo(wider.mode) <= 0
        && objects.within(wider.objects) && !notBefore.isBefore(wider.notBefore)
        && !expiresAt.isAfter(wider.expiresAt)
        && addresses.stream().allMatch(own -> wider.addresses.stream().anyMatch(own::within))
        && limits.within(wider.limits) && wider.allowances.containsAll(allowances)
        && (channelBindingRequired || !wider.channelBindingRequired)
        && checkpointBefore.compareTo(wider.checkpointBefore) >= 0;
  }

  /** What both allow: the narrower of each field. */
  public Scope intersection(Scope other) {
    Mode narrower = mode.compareTo(other.mode) <= 0 ? mode : other.mode;
    Set<AddressRange> shared = new HashSet<>();
    for (AddressRange own : addresses) {
      for (AddressRange theirs : other.addresses) {
        if (own.within(theirs)) {
          shared.add(own);
        } else if (theirs.within(own)) {
          shared.add(theirs);
        }
      }
    }
    Set<Allowance> both = EnumSet.noneOf(Allowance.class);
    both.addAll(allowances);
    both.retainAll(other.allowances);
    return new Scope(databases.intersection(other.databases), narrower,
        objects.intersection(other.objects),
        notBefore.isAfter(other.notBefore) ? notBefore : other.notBefore,
        expiresAt.isBefore(other.expiresAt) ? expiresAt : other.expiresAt,
        new ArrayList<>(shared), limits.intersection(other.limits), both,
        channelBindingRequired || other.channelBindingRequired,
        checkpointBefore.orMore(other.checkpointBefore));
  }
}
