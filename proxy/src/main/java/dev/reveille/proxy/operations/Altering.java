package dev.reveille.proxy.operations;

import dev.reveille.cell.Route;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What an owner may set on a database: until when it lives, and how long it idles awake. */
final class Altering {
  private static final String TTL = "ttl";
  private static final String SUSPEND_AFTER = "suspend_after";

  private final Ground ground;
  private final Reclaiming reclaiming;

  Altering(Ground ground, Reclaiming reclaiming) {
    this.ground = ground;
    this.reclaiming = reclaiming;
  }

  /** All settings are read before the first is changed. */
  List<String> alter(Requester who, String name, Map<String, String> settings) {
    Route route = ground.route(who.account(), name);
    Map<String, String> given = new LinkedHashMap<>();
    settings.forEach((key, value) -> given.put(key.toLowerCase(Locale.ROOT), value));
    given.keySet().forEach(Altering::requireKnown);
    Instant now = ground.now();
    Optional<Ttl> ttl = Optional.ofNullable(given.get(TTL)).map(Ttl::parse);
    LifetimeRules rules = ground.policies().lifetimes();
    Optional<Instant> expiresAt = ttl
        .flatMap(one -> Expiry.at(who, ttl, rules.longest(), rules, now));
    var suspend = Optional.ofNullable(given.get(SUSPEND_AFTER))
        .map(value -> Expiry.suspendingAfter(Durations.require(SUSPEND_AFTER, value)));
    List<String> notices = new ArrayList<>();
    suspend.ifPresent(value -> ground.catalog().lifetimes().setSettings(route.database(), value));
    if (ttl.isPresent()) {
      expire(route, expiresAt, who.name());
      notices.add(Expiry.notice(name, expiresAt, now));
    }
    if (!given.isEmpty()) {
      ground.audit().record(DatabaseChanged.altered(route, given, who.name()));
    }
    return notices;
  }

  /** Another proxy may archive it until it has its new time; then it is brought back as well. */
  private void expire(Route route, Optional<Instant> expiresAt, String by) {
    ground.turns().alone(route.database(), () -> {
      Route before = ground.same(route);
      Route now = before.lifetime().archived()
          ? before
          : ground.catalog().lifetimes().setExpiry(route.database(), expiresAt);
      if (now.lifetime().archived()) {
        reclaiming.unarchive(ground.own(now), expiresAt);
        ground.audit().record(DatabaseChanged.unarchived(now, by));
      }
      return now;
    });
  }

  private static void requireKnown(String key) {
    if (!key.equals(TTL) && !key.equals(SUSPEND_AFTER)) {
      throw new OperationFailure(Kind.INVALID, "42704",
          "unrecognized database setting \"" + key + "\"", "",
          "There are " + TTL + " and " + SUSPEND_AFTER + ".");
    }
  }
}
