package dev.reveille.proxy.console;

import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.Layer;
import dev.reveille.proxy.session.SessionFacts;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sessions as rows of our own and of PgBouncer's SHOW (its documentation, "Admin console"), as far as
 * they mean something here: a session that is served has one compute connection for itself, so each is
 * a client that is active and a server that is active. Times that nobody measures are 0.
 */
record Bouncers(List<SessionFacts> all, Instant now) {
  private static final DateTimeFormatter TIME = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);
  private static final int STATS = 22;

  private record Pool(String database, String user) implements Comparable<Pool> {
    @Override
    public int compareTo(Pool other) {
      int databases = database.compareTo(other.database);
      return databases != 0 ? databases : user.compareTo(other.user);
    }
  }

  List<MirrorRow> sessions() {
    return all.stream()
        .map(one -> MirrorRow.of(one.id(), database(one), user(one), state(one),
            one.client().getHostAddress(), one.tls(), one.proof(), since(one),
            one.traffic().fromClient(), one.traffic().fromCompute(), one.traffic().requests()))
        .toList();
  }

  List<MirrorRow> pools() {
    Map<Pool, int[]> pools = new TreeMap<>();
    for (SessionFacts one : all) {
      int[] counts = pools.computeIfAbsent(new Pool(database(one), user(one)), none -> new int[2]);
      counts[one.known().served() ? 0 : 1]++;
    }
    List<MirrorRow> rows = new ArrayList<>();
    pools.forEach((pool, counts) -> rows.add(MirrorRow.of(pool.database(), pool.user(), counts[0],
        counts[1], 0, 0, counts[0], 0, 0, 0, 0, 0, 0, 0, 0, "session", null)));
    return rows;
  }

  List<MirrorRow> clients() {
    return all.stream().map(one -> socket(one, "C")).toList();
  }

  List<MirrorRow> servers() {
    return all.stream().filter(one -> one.known().served()).map(one -> socket(one, "S")).toList();
  }

  private MirrorRow socket(SessionFacts one, String type) {
    String connected = TIME.format(since(one));
    String own = type + one.id();
    String other = (type.equals("C") ? "S" : "C") + one.id();
    return MirrorRow.of(type, user(one), database(one), "none",
        one.known().served() ? "active" : "waiting", one.client().getHostAddress(), 0, "", 0,
        connected, connected, 0, 0, 0, own, one.known().served() ? other : "",
        one.processId().orElse(0), one.tls().orElse(""), "", 0, (int) one.id());
  }

  List<MirrorRow> stats() {
    Map<String, List<SessionFacts>> databases = new TreeMap<>();
    all.forEach(one -> databases.computeIfAbsent(database(one), none -> new ArrayList<>())
        .add(one));
    List<MirrorRow> rows = new ArrayList<>();
    databases.forEach((name, those) -> {
      @Nullable
      Object[] values = new Object[STATS + 1];
      java.util.Arrays.fill(values, 0);
      values[0] = name;
      values[1] = those.stream().filter(one -> one.known().served()).count();
      values[2] = sum(those, one -> one.traffic().requests());
      values[3] = values[2];
      values[4] = sum(those, one -> one.traffic().fromClient());
      values[5] = sum(those, one -> one.traffic().fromCompute());
      rows.add(MirrorRow.of(values));
    });
    return rows;
  }

  private static long sum(List<SessionFacts> those, ToLongFunction<SessionFacts> what) {
    return those.stream().mapToLong(what).sum();
  }

  private static String database(SessionFacts one) {
    return one.known().database().orElse("");
  }

  private static String user(SessionFacts one) {
    Optional<Credential> credential = one.known().credential();
    return credential.map(Credential::name).orElse("");
  }

  private static String state(SessionFacts one) {
    return one.known()
        .layer()
        .map(Layer::toString)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .orElse("served");
  }

  private Instant since(SessionFacts one) {
    return now.minus(one.age());
  }
}
