package dev.reveille.proxy.console;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AuditTable;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.proxy.console.Topics.Topic;
import dev.reveille.proxy.session.SessionFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Reads what one account has, as rows. Nothing of another account is ever in them, and no secret or
 * verifier. Blocking; for one refresh.
 */
final class Account {
  static final int EVENTS = 1_000;
  private static final int SESSIONS_SECONDS = 2;

  private final AccountId account;
  private final Sources sources;
  private final AdminConnection admin;

  /** @param admin of the console, which knows the names of databases */
  Account(AccountId account, Sources sources, AdminConnection admin) {
    this.account = account;
    this.sources = sources;
    this.admin = admin;
  }

  /** Of all tables but that of databases. */
  Map<MirrorTable, List<MirrorRow>> rows(Topics topics) throws IOException {
    Map<MirrorTable, List<MirrorRow>> rows = new EnumMap<>(MirrorTable.class);
    if (topics.has(Topic.CHECKPOINTS)) {
      rows.put(MirrorTable.CHECKPOINTS, sources.catalog()
          .checkpoints()
          .checkpoints(account)
          .stream()
          .map(Account::checkpoint)
          .toList());
    }
    if (topics.has(Topic.CREDENTIALS) || topics.has(Topic.BUDGETS)) {
      credentials(topics, rows);
    }
    if (topics.has(Topic.USAGE)) {
      usage(rows);
    }
    if (topics.has(Topic.CELLS)) {
      rows.put(MirrorTable.CELLS, cells());
    }
    if (topics.has(Topic.COMPUTES)) {
      rows.put(MirrorTable.COMPUTES, computes());
    }
    if (topics.has(Topic.EVENTS)) {
      rows.put(MirrorTable.EVENTS, events());
    }
    if (topics.has(Topic.SESSIONS)) {
      sessions(rows);
    }
    if (topics.has(Topic.HELP)) {
      rows.put(MirrorTable.HELP, Help.rows());
      rows.put(MirrorTable.VERSION, List.of(MirrorRow.of("Reveille " + sources.version())));
    }
    return rows;
  }

  private static MirrorRow checkpoint(Checkpoint one) {
    return MirrorRow.of(one.databaseName(), one.name(), one.id(), one.kind().word(),
        one.database(), one.cell().value(), one.createdAt(), one.createdBy(), one.expiresAt(),
        one.bytes());
  }

  private void credentials(Topics topics, Map<MirrorTable, List<MirrorRow>> rows)
      throws IOException {
    List<Credential> all = sources.catalog().credentials(account);
    if (topics.has(Topic.CREDENTIALS)) {
      Map<?, String> logins = all.stream()
          .collect(Collectors.toMap(Credential::id, Credential::name));
      Map<DatabaseId, String> names = DatabaseMirror.names(admin,
          all.stream().flatMap(one -> named(one).stream()).collect(Collectors.toSet()));
      rows.put(MirrorTable.CREDENTIALS,
          all.stream()
              .map(one -> credential(one, one.parent().map(logins::get), names))
              .toList());
    }
    if (topics.has(Topic.BUDGETS)) {
      List<MirrorRow> budgets = new ArrayList<>();
      sources.usage()
          .budgets(account)
          .forEach(one -> budgets.add(MirrorRow.of(one.name(), null, one.used(), one.limit(),
              one.unit(), one.resetsAt())));
      all.stream()
          .filter(one -> one.fitness(sources.clock().instant()) == Credential.Fitness.GOOD)
          .forEach(one -> budgets(one, budgets));
      rows.put(MirrorTable.BUDGETS, budgets);
    }
  }

  private static Set<DatabaseId> named(Credential one) {
    return switch (one.databases()) {
      case DatabaseScope.All _ -> Set.of();
      case DatabaseScope.Only(Set<DatabaseId> only) -> only;
    };
  }

  private MirrorRow credential(Credential one, Optional<String> parent,
      Map<DatabaseId, String> names) {
    Object scope = switch (one.databases()) {
      case DatabaseScope.All _ -> List.of("*");
      case DatabaseScope.Only(Set<DatabaseId> only) ->
        only.stream().map(id -> names.getOrDefault(id, id.toString())).sorted().toList();
    };
    String state = switch (one.fitness(sources.clock().instant())) {
      case GOOD -> "good";
      case NOT_YET -> "not_yet";
      case EXPIRED -> "expired";
      case REVOKED -> "revoked";
    };
    return MirrorRow.of(one.name(), one.kind().word(), one.mode().word(), scope, state,
        one.notBefore(), one.expiresAt(), parent,
        one.scope().allowances().stream().map(each -> each.word()).sorted().toList(),
        one.connectionLimit());
  }

  private void usage(Map<MirrorTable, List<MirrorRow>> rows) {
    var usage = sources.usage().usage(account);
    rows.put(MirrorTable.USAGE,
        usage.databases()
            .stream()
            .map(one -> MirrorRow.of(one.name(), one.id(), one.computeSeconds(), one.bytes(),
                one.dropped()))
            .toList());
    rows.put(MirrorTable.ACCOUNT,
        List.of(MirrorRow.of(usage.account(), usage.plan(), usage.since(), usage.until(),
            usage.computeSeconds(), usage.wakes(), usage.bytes(), usage.gbHours(), usage.cost(),
            usage.currency())));
  }

  private void budgets(Credential one, List<MirrorRow> rows) {
    var use = sources.ledger().use(one.id());
    var most = one.scope().limits();
    rows.add(MirrorRow.of("connections", one.name(), use.sessions(), most.connections(),
        "sessions", null));
    rows.add(MirrorRow.of("connects_per_minute", one.name(), use.connects(),
        most.connectsPerMinute(), "sessions", null));
    rows.add(MirrorRow.of("wakes_per_hour", one.name(), use.wakes(), most.wakesPerHour(),
        "wakes", null));
    rows.add(MirrorRow.of("daily_bytes_out", one.name(), use.bytesOut(), most.dailyBytesOut(),
        "bytes", null));
  }

  private List<MirrorRow> cells() throws IOException {
    Map<String, Long> own = DatabaseMirror.perCell(admin);
    return sources.catalog()
        .cells()
        .stream()
        .map(cell -> MirrorRow.of(cell.id().value(), cell.state().word(), cell.provider(),
            own.getOrDefault(cell.id().value(), 0L)))
        .toList();
  }

  private List<MirrorRow> computes() throws IOException {
    List<ComputeStatus> all = sources.computes().statuses();
    Map<DatabaseId, String> names = DatabaseMirror.names(admin,
        all.stream().map(ComputeStatus::database).toList());
    return all.stream()
        .filter(one -> names.containsKey(one.database()))
        .map(one -> MirrorRow.of(names.get(one.database()), one.cell().value(), one.state(),
            one.epoch(), one.sessions(), one.waiters()))
        .toList();
  }

  private List<MirrorRow> events() {
    return sources.audit()
        .events(account, OptionalLong.empty(), EVENTS)
        .stream()
        .map(AuditTable.Event::entry)
        .map(one -> MirrorRow.of(one.at(), one.kind(), one.database(), one.credential(),
            one.session().isPresent() ? one.session().getAsLong() : null, one.instance(),
            Json.object(one.details())))
        .toList();
  }

  private void sessions(Map<MirrorTable, List<MirrorRow>> rows) {
    Set<SessionFacts> facts = new HashSet<>(sources.sessions()
        .get()
        .facts(credential -> credential.account().equals(account))
        .toCompletableFuture()
        .completeOnTimeout(List.of(), SESSIONS_SECONDS, TimeUnit.SECONDS)
        .join());
    Bouncers bouncers = new Bouncers(facts.stream()
        .sorted(Comparator.comparingLong(SessionFacts::id))
        .toList(), sources.clock().instant());
    rows.put(MirrorTable.SESSIONS, bouncers.sessions());
    rows.put(MirrorTable.POOLS, bouncers.pools());
    rows.put(MirrorTable.CLIENTS, bouncers.clients());
    rows.put(MirrorTable.SERVERS, bouncers.servers());
    rows.put(MirrorTable.STATS, bouncers.stats());
  }
}
