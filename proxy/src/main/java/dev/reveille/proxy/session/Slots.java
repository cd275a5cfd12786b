package dev.reveille.proxy.session;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.ComputeEndpoint;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of each running compute, handed out first come, first served, so that waiters are
 * released in step with its {@code max_connections}. Counts what this proxy uses; other proxies
 * count for themselves, and where they collide the compute says 53300.
 *
 * <p>Safe from any thread; one short lock. A claim is granted on the thread that made room for it.
 */
public final class Slots {

  /** One session's claim. Releasing it is idempotent and also leaves the queue. */
  public final class Claim {
    private final Key key;
    private final Runnable granted;
    private boolean holds;
    private boolean released;

    private Claim(Key key, Runnable granted) {
      this.key = key;
      this.granted = granted;
    }

    public void release() {
      var next = leave(this);
      if (next != null) {
        next.granted.run();
      }
    }
  }

  private record Key(DatabaseId database, long epoch) {}

  private static final class Room {
    private final ArrayDeque<Claim> queue = new ArrayDeque<>();
    private int taken;
  }

  private final Map<Key, Room> rooms = new HashMap<>();

  /** Calls {@code granted} once there is room, maybe before this returns. */
  public Claim claim(ComputeEndpoint endpoint, Runnable granted) {
    var claim = new Claim(new Key(endpoint.database(), endpoint.epoch()), granted);
    if (enter(claim, Math.max(1, endpoint.maxConnections()))) {
      granted.run();
    }
    return claim;
  }

  private synchronized boolean enter(Claim claim, int limit) {
    var room = rooms.computeIfAbsent(claim.key, key -> new Room());
    if (room.taken < limit) {
      room.taken++;
      claim.holds = true;
      return true;
    }
    room.queue.add(claim);
    return false;
  }

  /** Who may go next, if someone may. */
  private synchronized @Nullable Claim leave(Claim claim) {
    var room = rooms.get(claim.key);
    if (claim.released || room == null) {
      return null;
    }
    claim.released = true;
    if (!claim.holds) {
      room.queue.remove(claim);
      return null;
    }
    claim.holds = false;
    var next = room.queue.poll();
    if (next != null) {
      next.holds = true;
      return next;
    }
    room.taken--;
    if (room.taken == 0) {
      rooms.remove(claim.key);
    }
    return null;
  }

  /** How many are taken or waited for, in all. */
  public synchronized int taken() {
    return rooms.values().stream().mapToInt(room -> room.taken + room.queue.size()).sum();
  }
}
