package dev.reveille.proxy.audit;

import dev.reveille.proxy.audit.AuditEvent.BudgetExceeded;
import dev.reveille.proxy.audit.AuditEvent.Cancel;
import dev.reveille.proxy.audit.AuditEvent.ConnectionRefused;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds what clients can have written down at will: refusals, limits reached, cancel requests. In
 * each window, {@value #EACH} alike from one address and {@value #ALL} in all are told one by one;
 * of the others one summary tells how many there were. More than {@value #ADDRESSES} different ones
 * in a window are summed up without an address. Any thread; each call costs one map entry.
 */
final class Flood {
  static final int EACH = 10;
  static final int ALL = 500;
  static final int ADDRESSES = 2048;

  private record Alike(AuditKind kind, Optional<InetAddress> client, String reason) {}

  private record Seen(long told, long kept, AuditEvent last) {}

  private final ConcurrentMap<Alike, Seen> window = new ConcurrentHashMap<>();
  private final AtomicInteger told = new AtomicInteger();

  /** Whether this one is written down by itself; if not, it counts in the next summary. */
  boolean admits(AuditEvent event) {
    return switch (event) {
      case ConnectionRefused e -> admits(e, e.client(), e.layer() + " " + e.reason());
      case BudgetExceeded e -> admits(e, e.client(), e.budget());
      case Cancel e -> admits(e, e.client(), e.outcome());
      case AuditEvent.SessionStarted _,AuditEvent.SessionEnded _,AuditEvent.Request _ -> true;
      case AuditEvent.CredentialCreated _,AuditEvent.CredentialNarrowed _ -> true;
      case AuditEvent.CredentialRotated _,AuditEvent.CredentialRevoked _ -> true;
      case AuditEvent.CredentialExpired _,AuditEvent.RoleChanged _ -> true;
      case AuditEvent.DatabaseCreated _,AuditEvent.DatabaseDropped _ -> true;
      case AuditEvent.DatabaseChanged _ -> true;
    };
  }

  private boolean admits(AuditEvent event, Optional<InetAddress> client, String reason) {
    boolean crowded = window.size() >= ADDRESSES;
    Alike alike = new Alike(event.kind(), crowded ? Optional.empty() : client, reason);
    boolean room = !crowded && told.get() < ALL;
    Seen seen = window.merge(alike, room ? new Seen(1, 0, event) : new Seen(0, 1, event),
        (before, one) -> before.kept() == 0 && before.told() < EACH && one.told() == 1
            ? new Seen(before.told() + 1, before.kept(), event)
            : new Seen(before.told(), before.kept() + 1, event));
    boolean admitted = seen.kept() == 0; // once one is kept back, so are those after it
    if (admitted) {
      told.incrementAndGet();
    }
    return admitted;
  }

  /** Ends the window: what was not told one by one in it. */
  List<AuditEvent> summaries() {
    List<AuditEvent> summaries = new ArrayList<>();
    told.set(0);
    for (Alike alike : window.keySet()) {
      Seen seen = window.remove(alike);
      if (seen != null && seen.kept() > 0) {
        summaries.add(summary(seen.last(), alike.client(), seen.kept()));
      }
    }
    return summaries;
  }

  private static AuditEvent summary(AuditEvent last, Optional<InetAddress> client, long count) {
    return switch (last) {
      case ConnectionRefused e -> new ConnectionRefused(Subject.NONE, e.layer(), e.sqlState(),
          e.reason(), client, Optional.empty(), count);
      case BudgetExceeded e ->
        new BudgetExceeded(e.subject(), e.budget(), e.limit(), client, count);
      case Cancel e ->
        new Cancel(e.subject(), client, e.outcome(), OptionalInt.empty(), count);
      case AuditEvent other -> other;
    };
  }
}
