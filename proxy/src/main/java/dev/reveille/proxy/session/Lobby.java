package dev.reveille.proxy.session;

import dev.reveille.auth.ClientOrigin;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clients that have proved nothing yet, by the address that they come from. So many of one
 * address are heard at a time; the others of that address wait outside, unread, in order of arrival.
 * A place that was used for nothing is held for a while longer, and the longer the more of that address
 * have failed: so what strangers at one address cost in handshakes and guesses is bounded in time as
 * well, and who comes from another address does not wait behind them.
 *
 * <p>Safe from any thread; one short lock. A visitor is admitted on the thread that made room for it.
 */
final class Lobby {
  /** Failures that anyone may have who mistypes a secret, or has a health check. */
  private static final int A_FEW = 16;
  private static final int MOST_STEPS = 4;

  /** One client's stay. Leaving is idempotent, and leaves the queue too. */
  final class Visit {
    private final ClientOrigin origin;
    private final Runnable admitted;
    private boolean inside;
    private boolean over;

    private Visit(ClientOrigin origin, Runnable admitted) {
      this.origin = origin;
      this.admitted = admitted;
    }

    boolean inside() {
      synchronized (Lobby.this) {
        return inside;
      }
    }

    /**
     * Counts that this client leaves without having proved anything. For how many steps its place is
     * to be held: one, and more of them the more clients of this address have failed.
     */
    int failed() {
      synchronized (Lobby.this) {
        var room = rooms.get(origin);
        return room == null || !inside ? 1 : Math.min(MOST_STEPS, 1 + room.failures++ / A_FEW);
      }
    }

    void leave() {
      var next = Lobby.this.leave(this);
      if (next != null) {
        next.admitted.run();
      }
    }
  }

  private static final class Room {
    private final ArrayDeque<Visit> outside = new ArrayDeque<>();
    private int inside;
    /** Since there was last nobody here. */
    private int failures;
  }

  private final int places;
  private final Map<ClientOrigin, Room> rooms = new HashMap<>();
  private int waiting;

  /** With room for so many of each address. */
  Lobby(int places) {
    this.places = places;
  }

  /** Calls {@code admitted} once there is room, unless there is at once. */
  synchronized Visit enter(InetAddress from, Runnable admitted) {
    var visit = new Visit(ClientOrigin.of(from), admitted);
    var room = rooms.computeIfAbsent(visit.origin, origin -> new Room());
    if (room.inside < places) {
      room.inside++;
      visit.inside = true;
    } else {
      room.outside.add(visit);
      waiting++;
    }
    return visit;
  }

  private synchronized @Nullable Visit leave(Visit visit) {
    var room = rooms.get(visit.origin);
    if (visit.over || room == null) {
      return null;
    }
    visit.over = true;
    if (!visit.inside) {
      room.outside.remove(visit);
      waiting--;
      return null;
    }
    visit.inside = false;
    var next = room.outside.poll();
    if (next != null) {
      next.inside = true;
      waiting--;
      return next;
    }
    room.inside--;
    if (room.inside == 0) {
      rooms.remove(visit.origin);
    }
    return null;
  }

  /** How many are waiting outside, of all addresses. */
  synchronized int waiting() {
    return waiting;
  }

  /** How many addresses are remembered. */
  synchronized int origins() {
    return rooms.size();
  }
}
