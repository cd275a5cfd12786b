package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;

/**
 * What the client has asked and the compute has not yet answered, followed from the types of the messages of both
 * directions. Nothing here is a flag that a pipelining client could make lie: requests queue in the order in which the
 * compute will read them.
 *
 * <p>The rules are those of PostgresMain and SocketBackend in tcop/postgres.c and of CopyGetData in
 * commands/copyfromparse.c (PostgreSQL documentation, Frontend/Backend Protocol, Message Flow):
 * <ul>
 * <li>Query, FunctionCall and Sync are answered by one ReadyForQuery each.
 * <li>Parse, Bind, Describe, Execute and Close are answered by one message each, but it may stay unsent until a Flush or
 * Sync; and until a Sync or a Query has come the session is not at rest, answered or not.
 * <li>After an error in one of those five the compute drops everything up to the next Sync, Queries too.
 * <li>While it takes COPY data the compute ignores Sync and Flush. CopyDone and CopyFail end that; for any other message
 * it ends the connection. CopyData, CopyDone and CopyFail at any other time are ignored.
 * </ul>
 *
 * <p>One Sync stays undecidable from outside: sent during a COPY that fails, it was either ignored by the COPY or not.
 * It is taken for ignored, which is what happens unless the COPY failed before it read anything.
 *
 * <p>Confined to one thread. Allocates only when more runs of requests are queued than ever before.
 */
public final class InFlight {
  private static final int EXTENDED = 0;
  private static final int SYNC = 1;
  private static final int QUERY = 2;
  private static final int COPY_END = 3;
  private static final int KIND_BITS = 2;
  private static final int MAX_RUN = Integer.MAX_VALUE >> KIND_BITS;

  /** A ring of runs: kind in the lower bits, how many of it in the others. */
  private int[] runs = new int[8];
  private int first;
  private int size;

  /** The compute drops everything up to a Sync that the client has not sent yet. */
  private boolean skipping;
  /** The compute takes COPY data: what the client sends next belongs to that. */
  private boolean copyIn;
  /** The last request was one of the five and still wants its Sync. */
  private boolean syncOwed;

  /** The client has sent (the header of) this message. */
  public void fromClient(byte type) {
    if (skipping) {
      if (type != FrameTypes.SYNC) {
        return;
      }
      skipping = false;
    } else if (copyIn) {
      copyIn = type == FrameTypes.COPY_DATA || type == FrameTypes.SYNC || type == FrameTypes.FLUSH;
      return;
    }
    switch (type) {
      case FrameTypes.QUERY, FrameTypes.FUNCTION_CALL -> {
        add(QUERY);
        syncOwed = false;
      }
      case FrameTypes.SYNC -> {
        add(SYNC);
        syncOwed = false;
      }
      case FrameTypes.PARSE, FrameTypes.BIND, FrameTypes.DESCRIBE, FrameTypes.EXECUTE,
          FrameTypes.CLOSE -> {
        add(EXTENDED);
        syncOwed = true;
      }
      case FrameTypes.COPY_DONE, FrameTypes.COPY_FAIL -> {
        if (size > 0) {
          add(COPY_END);
        }
      }
      default -> {
        // CopyData and Flush are answered by nothing, Terminate by the end.
      }
    }
  }

  /** The compute has sent (the header of) this message. */
  public void fromCompute(byte type) {
    if (size == 0) {
      if (type == FrameTypes.READY_FOR_QUERY) {
        skipping = false; // the undecidable Sync of the class comment was not ignored after all
      }
      return; // asynchronous: ParameterStatus, NoticeResponse, NotificationResponse, a last error
    }
    switch (type) {
      case FrameTypes.PARSE_COMPLETE, FrameTypes.BIND_COMPLETE, FrameTypes.CLOSE_COMPLETE,
          FrameTypes.ROW_DESCRIPTION, FrameTypes.NO_DATA, FrameTypes.COMMAND_COMPLETE,
          FrameTypes.EMPTY_QUERY_RESPONSE, FrameTypes.PORTAL_SUSPENDED -> {
        if (kind(0) == EXTENDED) {
          takeFirst();
        }
      }
      case FrameTypes.READY_FOR_QUERY -> answered();
      case FrameTypes.ERROR_RESPONSE -> failed();
      case FrameTypes.COPY_IN_RESPONSE, FrameTypes.COPY_BOTH_RESPONSE -> copyBegins();
      default -> {
        // Rows, COPY data, ParameterDescription before its RowDescription, and what is asynchronous.
      }
    }
  }

  /** Whether nothing is owed by either side, so that the next message from the client begins something new. */
  boolean isEmpty() {
    return size == 0 && !skipping && !syncOwed;
  }

  /** Whether the compute may be working on something that a cancel request would reach. */
  public boolean isRunning() {
    return size > 0;
  }

  /** Whether the compute would drop or ignore a Query or an Execute that the client sent now. */
  boolean isDeaf() {
    return skipping || copyIn;
  }

  /** Whether a ReadyForQuery is still to come for what the client has sent. */
  boolean owesReady() {
    for (int i = 0; i < size; i++) {
      if (kind(i) == SYNC || kind(i) == QUERY) {
        return true;
      }
    }
    return false;
  }

  /** Whether the compute drops what comes, up to a Sync that the client has not sent yet. */
  public boolean isSkipping() {
    return skipping;
  }

  /** Whether what the client sends next belongs to a COPY. */
  public boolean takesCopy() {
    return copyIn;
  }

  private void answered() {
    while (size > 0 && kind(0) == EXTENDED) {
      dropFirstRun(); // answered by nothing that is known here; ReadyForQuery proves them done
    }
    if (size > 0) {
      takeFirst();
    }
  }

  private void failed() {
    copyIn = false;
    if (kind(0) != EXTENDED) {
      return; // the request itself ends with ReadyForQuery
    }
    while (size > 0 && kind(0) != SYNC) {
      dropFirstRun();
    }
    skipping = size == 0;
    if (skipping) {
      syncOwed = false; // skipping says it all, and ends with the same Sync
    }
  }

  /** The request at the head reads COPY data: what is queued behind it belongs to the COPY until that ends. */
  private void copyBegins() {
    while (size > 1) {
      int kind = kind(1);
      if (kind == COPY_END) {
        takeSecond();
      }
      if (kind != SYNC) {
        afterCopyInput();
        return;
      }
      removeSecondRun();
    }
    copyIn = true;
    afterCopyInput();
  }

  /** The Sync that a client sends right after its Execute was eaten by the COPY; it owes another. */
  private void afterCopyInput() {
    if (size == 1 && kind(0) == EXTENDED) {
      syncOwed = true;
    }
  }

  private void add(int kind) {
    if (size > 0 && kind(size - 1) == kind && count(size - 1) < MAX_RUN) {
      runs[index(size - 1)] += 1 << KIND_BITS;
      return;
    }
    if (size == runs.length) {
      int[] larger = new int[runs.length * 2];
      for (int i = 0; i < size; i++) {
        larger[i] = runs[index(i)];
      }
      runs = larger;
      first = 0;
    }
    runs[index(size++)] = 1 << KIND_BITS | kind;
  }

  private void takeFirst() {
    int index = index(0);
    runs[index] -= 1 << KIND_BITS;
    if (count(0) == 0) {
      dropFirstRun();
    }
  }

  private void dropFirstRun() {
    first = index(1);
    size--;
    if (size > 0 && kind(0) == COPY_END) {
      dropFirstRun(); // nothing before it was a COPY: ignored
    }
  }

  private void takeSecond() {
    runs[index(1)] -= 1 << KIND_BITS;
    if (count(1) == 0) {
      removeSecondRun();
    }
  }

  private void removeSecondRun() {
    runs[index(1)] = runs[index(0)];
    first = index(1);
    size--;
  }

  private int kind(int position) {
    return runs[index(position)] & (1 << KIND_BITS) - 1;
  }

  private int count(int position) {
    return runs[index(position)] >>> KIND_BITS;
  }

  private int index(int position) {
    return first + position & runs.length - 1;
  }
}
