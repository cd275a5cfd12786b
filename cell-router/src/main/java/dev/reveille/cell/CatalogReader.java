package dev.reveille.cell;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a directory needs of the catalog. Every method blocks, for a short and bounded time: call them
 * on virtual threads. All throw {@link CatalogUnavailableException} when the catalog is gone.
 */
public interface CatalogReader {

  /** The credential with this name, expired or revoked ones included. */
  Optional<Credential> credential(String name);

  /** The route of a database that is ready or archived. */
  Optional<Route> route(AccountId account, String name);

  /**
   * The changes committed since {@code cursor} was handed out, possibly some from before it as well,
   * never one too few: not even one whose transaction began earlier and committed later. Without a
   * cursor: none, and a cursor for now.
   */
  Changes changesSince(Optional<Cursor> cursor);

  /** Removes records of changes older than {@code age}. Directories away longer start afresh. */
  void forgetChanges(Duration age);

  /** All that {@code cell} needs to be served without the catalog. */
  CellContents contents(CellId cell);

  /**
   * Starts to pass on changes as they happen, from a thread and a connection of its own that
   * reconnects by itself. Closing the result stops the thread and waits for it.
   */
  Subscription subscribe(Subscriber subscriber);

  /** What kind of thing has changed. */
  enum Subject {
    CREDENTIAL, DATABASE, DATABASE_DROPPED, CELL
  }

  /** One change: {@code id} is the text of the id of what changed. */
  record Change(Subject subject, String id, long version) {}

  /** A place in the stream of changes; opaque, of meaning only to the catalog that gave it. */
  record Cursor(long oldestUnfinished) {}

  /**
   * Changes, oldest first, and the cursor to ask with next.
   *
   * @param complete false when the stream has a gap: too many changes, or a catalog that was set
   *     back. Whatever is cached must then be forgotten
   */
  record Changes(List<Change> changes, Cursor next, boolean complete) {
    public Changes {
      changes = List.copyOf(changes);
    }
  }

  /** The ready and archived databases of a cell, and the credentials that reach any of them and can yet be good. */
  record CellContents(List<Route> databases, List<Credential> credentials) {
    public CellContents {
      databases = List.copyOf(databases);
      credentials = List.copyOf(credentials);
    }
  }

  /** Told what happens; on the subscription's thread, so it must not block. */
  interface Subscriber {
    /** From here on changes are passed on; those from before may have been missed. */
    void connected();

    void changed(Change change);
  }

  /** A running subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
