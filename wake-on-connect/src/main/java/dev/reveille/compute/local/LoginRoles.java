package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.RoleListener;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One LOGIN role per credential, without a password: {@code ddl} is a member of the owner role and is
 * it from the start of each session, so that what it makes belongs to the owner; {@code rw} and
 * {@code ro} are in the groups of those who write and read everything, or have grants on what their
 * list names and nothing else. Blocking.
 *
 * <p>What was found right or made right is remembered for one compute and one version of the scope:
 * the next compute of the storage is looked at again, since the storage may have been restored or
 * changed by hand meanwhile. A role with a list is looked at each time that it logs in, because a
 * table may have been made, or made again, a moment ago. One administrative session per storage at a
 * time.
 */
final class LoginRoles {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int REMEMBERED = 100_000;
  private static final int STRIPES = 64;
  private static final String NO_SUCH_DATABASE = "3D000";

  /** One running compute, as an administrative session reaches it. */
  record Place(StorageId storage, long epoch, Path socket, String database) {}

  private record Key(StorageId storage, String role) {}

  private record Known(long epoch, LoginRole role) {}

  private final Map<Key, Known> known = new ConcurrentHashMap<>();
  private final Map<StorageId, Long> hardened = new ConcurrentHashMap<>();
  private final Map<StorageId, AdminConnection> waiting = new ConcurrentHashMap<>();
  private final ReentrantLock[] oneAtATime = new ReentrantLock[STRIPES];

  private final RoleListener listener;

  LoginRoles(RoleListener listener) {
    this.listener = listener;
    Arrays.setAll(oneAtATime, i -> new ReentrantLock());
  }

  /** Makes the role what it should be on this compute, before it logs in. */
  void ensure(Place place, LoginRole role) throws IOException {
    Key key = new Key(place.storage(), role.name());
    Known wanted = new Known(place.epoch(), role);
    if (settled(key, wanted)) {
      return;
    }
    ReentrantLock turn = turn(place.storage());
    turn.lock();
    try {
      if (!settled(key, wanted)) {
        try (AdminConnection admin = open(place)) {
          reconcile(admin, place, role);
        }
        remember(key, wanted);
      }
    } finally {
      turn.unlock();
    }
  }

  private boolean settled(Key key, Known wanted) {
    return wanted.role().objects() instanceof ObjectScope.All && wanted.equals(known.get(key));
  }

  private AdminConnection open(Place place) throws IOException {
    AdminConnection admin = Administration.open(place.socket(), place.database(), LIMIT);
    try {
      Long epoch = hardened.get(place.storage());
      if (epoch == null || epoch != place.epoch()) {
        StorageHardening.renew(admin, place.socket(), place.database());
        hardened.put(place.storage(), place.epoch());
      }
      return admin;
    } catch (IOException | RuntimeException e) {
      admin.close();
      throw e;
    }
  }

  /**
   * Names a prepared storage's database and makes its first role, in one transaction unless the role
   * has a list. May be repeated.
   */
  void name(Place place, LoginRole role) throws IOException {
    ReentrantLock turn = turn(place.storage());
    turn.lock();
    try {
      if (!named(place, role)) {
        try (AdminConnection admin = open(place)) {
          reconcile(admin, place, role);
        }
      }
      remember(new Key(place.storage(), role.name()), new Known(place.epoch(), role));
    } finally {
      turn.unlock();
    }
  }

  /** Whether that was all; the template that the storage is a copy of was hardened. */
  private boolean named(Place place, LoginRole role) throws IOException {
    if (place.database().equals(RoleNames.UNNAMED)) {
      return false;
    }
    boolean whole = role.objects() instanceof ObjectScope.All;
    try (AdminConnection admin = waiting(place)) {
      admin.execute("ALTER DATABASE " + RoleNames.UNNAMED + " RENAME TO "
          + Sql.identifier(place.database()) + (whole ? ";" + creation(role) : ""));
    } catch (SqlFailedException e) {
      if (e.sqlState().equals(NO_SUCH_DATABASE)) {
        return false; // it has its name from an earlier attempt
      }
      throw e;
    }
    if (whole) {
      listener.changed(place.database(), role.name(), RoleListener.Change.MADE);
    }
    return whole;
  }

  /** The session that was opened ahead of time, or one of now. */
  private AdminConnection waiting(Place place) throws IOException {
    AdminConnection ready = waiting.remove(place.storage());
    return ready != null ? ready : Administration.open(place.socket(), LIMIT);
  }

  /**
   * Keeps a session of a prepared compute, where nobody else may connect, for its naming: a fork and a
   * login less for whoever waits for the name. Takes it over.
   */
  void await(StorageId storage, AdminConnection admin) {
    close(waiting.put(storage, admin));
  }

  /** The compute that such a session was of has gone, perhaps. */
  void dismiss(StorageId storage) {
    close(waiting.remove(storage));
  }

  private static void close(@Nullable AdminConnection admin) {
    if (admin != null) {
      admin.close();
    }
  }

  /**
   * Ends roles whose credentials have ended: none of them logs in from the first statement on, their
   * sessions are ended, what belongs to them goes to the owner, and they are dropped. One that cannot
   * be dropped stays, without a login.
   *
   * @throws IOException if one of them is still there; the others are gone
   */
  void end(Place place, Set<String> roles) throws IOException {
    ReentrantLock turn = turn(place.storage());
    turn.lock();
    try (AdminConnection admin = open(place)) {
      Set<String> there = new TreeSet<>(agents(admin));
      there.retainAll(roles);
      EndedRoles.end(admin, there);
      there.forEach(
          role -> listener.changed(place.database(), role, RoleListener.Change.ENDED));
    } finally {
      roles.forEach(role -> known.remove(new Key(place.storage(), role)));
      turn.unlock();
    }
  }

  /**
   * The names of all roles of credentials on this compute. What one of them made as itself and not as
   * the owner, because a session gave up the owner's role, is handed to the owner on the way.
   */
  Set<String> present(Place place) throws IOException {
    ReentrantLock turn = turn(place.storage());
    turn.lock();
    try (AdminConnection admin = open(place)) {
      EndedRoles.handOver(admin);
      return agents(admin);
    } finally {
      turn.unlock();
    }
  }

  /** Those which this process has let log in to this compute. */
  Set<String> known(StorageId storage, long epoch) {
    return known.entrySet()
        .stream()
        .filter(e -> e.getKey().storage().equals(storage) && e.getValue().epoch() == epoch)
        .map(e -> e.getKey().role())
        .collect(Collectors.toSet());
  }

  /** The login roles of credentials. */
  static Set<String> agents(AdminConnection admin) throws IOException {
    return admin.query("SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        + " JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = '" + RoleNames.AGENTS + "'")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .collect(Collectors.toSet());
  }

  /** The storage is gone. */
  void forget(StorageId storage) {
    known.keySet().removeIf(key -> key.storage().equals(storage));
    hardened.remove(storage);
    dismiss(storage);
  }

  /** Nothing will be named any more. */
  void close() {
    waiting.keySet().forEach(this::dismiss);
  }

  private ReentrantLock turn(StorageId storage) {
    return oneAtATime[Math.floorMod(storage.hashCode(), STRIPES)];
  }

  private void remember(Key key, Known version) {
    if (known.size() >= REMEMBERED) {
      known.clear();
    }
    known.put(key, version);
  }

  private void reconcile(AdminConnection admin, Place place, LoginRole role)
      throws IOException {
    RoleReading found = RoleReading.of(admin, role);
    if (!found.exists()) {
      admin.execute(creation(role) + found.grants()
          .stream()
          .map(grant -> ";" + grant)
          .collect(Collectors.joining()));
      listener.changed(place.database(), role.name(), RoleListener.Change.MADE);
    } else if (!found.matches(role)) {
      // Committed by itself first: a login could race the changes that follow.
      admin.execute("ALTER ROLE " + Sql.identifier(role.name()) + " NOLOGIN");
      if (found.owner() && role.mode() != Mode.DDL) {
        // Was an owner and is none any more. Its sessions go before what is theirs does.
        admin.execute("REVOKE " + RoleNames.OWNER + " FROM " + Sql.identifier(role.name()));
        EndedRoles.terminate(admin, Set.of(role.name()));
      }
      admin.execute(changes(found, role));
      listener.changed(place.database(), role.name(), RoleListener.Change.CHANGED);
    }
  }

  private static String creation(LoginRole role) {
    return "CREATE ROLE " + Sql.identifier(role.name()) + ";"
        + changes(RoleReading.nothing(), role);
  }

  /** One transaction: sessions that live on never have less than both versions give. */
  private static String changes(RoleReading found, LoginRole role) {
    String name = Sql.identifier(role.name());
    List<String> statements = new ArrayList<>();
    if (role.mode() != Mode.DDL && found.owner()) {
      statements.add("REASSIGN OWNED BY " + name + " TO " + RoleNames.OWNER);
    }
    boolean afresh = role.mode() != Mode.DDL && (found.extra() || found.owner());
    if (afresh) {
      statements.add("DROP OWNED BY " + name);
    }
    Set<String> wanted = RoleReading.groups(role);
    if (!found.groups().equals(wanted)) {
      found.groups()
          .forEach(group -> statements.add("REVOKE "
              + Sql.identifier(group.replace(RoleReading.WITH_ADMIN, "")) + " FROM " + name));
      statements.add("GRANT " + String.join(", ", wanted) + " TO " + name);
    }
    statements.addAll(found.resets());
    statements.addAll(afresh ? found.grants() : found.missing());
    statements.add("ALTER ROLE " + name + (role.mode() == Mode.DDL
        ? " SET role TO " + RoleNames.OWNER
        : " RESET role"));
    statements.add("ALTER ROLE " + name + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        + " NOREPLICATION NOBYPASSRLS INHERIT PASSWORD NULL VALID UNTIL 'infinity'"
        + " CONNECTION LIMIT " + RoleReading.limit(role));
    return String.join(";", statements);
  }
}
