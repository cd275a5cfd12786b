package dev.reveille.proxy.budget;

import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.CredentialUsage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one credential uses: counted here, and told by the other proxies. Every decision is made under
 * this object's lock, so that on one proxy no limit is ever passed. Nothing in here waits.
 */
final class CredentialUse {
  private final CredentialId credential;
  private final SlidingWindow connects = SlidingWindow.minute();
  private final SlidingWindow wakes = SlidingWindow.hour();
  private final SlidingWindow othersConnects = SlidingWindow.minute();
  private final SlidingWindow othersWakes = SlidingWindow.hour();
  private int sessions;
  private int othersSessions;
  private long day;
  private long bytes;
  private long othersDay;
  private long othersBytes;
  /** Whether what this proxy said before it forgot, or the catalog was asked at all, is counted. */
  private boolean loaded;
  private boolean changed;
  /** Bytes that the others have not been told of. */
  private long untold;
  private Instant touched;
  private Instant heard = Instant.MIN;
  private @Nullable CompletableFuture<Void> waiting;

  CredentialUse(CredentialId credential, boolean loaded, Instant now) {
    this.credential = credential;
    this.loaded = loaded;
    touched = now;
  }

  CredentialId credential() {
    return credential;
  }

  synchronized Optional<Spent> enter(CredentialLimits limits, Instant now) {
    touched = now;
    if (sessions + othersSessions >= limits.connections()) {
      return Optional.of(new Spent(Budget.CONNECTIONS, limits.connections(), Optional.empty()));
    }
    if (connects.sum(now) + othersConnects.sum(now) >= limits.connectsPerMinute()) {
      return Optional.of(new Spent(Budget.CONNECTS, limits.connectsPerMinute(), Optional.of(
          SlidingWindow.below(limits.connectsPerMinute(), now, connects, othersConnects))));
    }
    sessions++;
    connects.add(connects.slice(now), 1);
    changed = true;
    return Optional.empty();
  }

  /** Looks again at a session that has entered, with limits that may be lower now. */
  synchronized Optional<Spent> stays(CredentialLimits limits) {
    return sessions + othersSessions > limits.connections()
        ? Optional.of(new Spent(Budget.CONNECTIONS, limits.connections(), Optional.empty()))
        : Optional.empty();
  }

  synchronized void leave(Instant now) {
    touched = now;
    if (sessions == 0) {
      throw new IllegalStateException("more sessions left than came");
    }
    sessions--;
    changed = true;
  }

  /** The slice in which a wake was counted; empty if there is none left. */
  synchronized Optional<Long> wake(int limit, Instant now) {
    touched = now;
    if (wakes.sum(now) + othersWakes.sum(now) >= limit) {
      return Optional.empty();
    }
    long slice = wakes.slice(now);
    wakes.add(slice, 1);
    changed = true;
    return Optional.of(slice);
  }

  synchronized void notWoken(long slice) {
    wakes.takeBack(slice, 1);
    changed = true;
  }

  synchronized Instant wakesAgain(int limit, Instant now) {
    return SlidingWindow.below(limit, now, wakes, othersWakes);
  }

  /** Whether all of {@code wanted} could be taken of this day's bytes. */
  synchronized boolean takeBytes(long wanted, long limit, Instant now) {
    touched = now;
    turn(day(now));
    if (bytes + today(othersDay, othersBytes) + wanted > limit) {
      return false;
    }
    bytes += wanted;
    untold += wanted;
    changed = true;
    return true;
  }

  /** What was taken on a day that is over is not given back to the next. */
  synchronized void giveBackBytes(long unused, Instant now) {
    turn(day(now));
    bytes = Math.max(0, bytes - unused);
    changed = true;
  }

  /** Whether so much was used since the others were told that they should be told at once. */
  synchronized boolean pressing(CredentialLimits limits, Instant now) {
    long left = limits.dailyBytesOut() - bytes - today(othersDay, othersBytes);
    return untold > left / 4
        || limits.connections() - sessions - othersSessions <= limits.connections() / 4
        || limits.connectsPerMinute() - connects.sum(now)
            - othersConnects.sum(now) <= limits.connectsPerMinute() / 4
        || limits.wakesPerHour() - wakes.sum(now) - othersWakes.sum(now) <= limits.wakesPerHour()
            / 4;
  }

  synchronized Use use(Instant now) {
    turn(day(now));
    return new Use(sessions + othersSessions, connects.sum(now) + othersConnects.sum(now),
        wakes.sum(now) + othersWakes.sum(now), bytes + today(othersDay, othersBytes));
  }

  synchronized int sessions() {
    return sessions;
  }

  /** Completes when what the others use is known to be no older than {@code oldest}. */
  synchronized Optional<CompletableFuture<Void>> heardSince(Instant oldest) {
    if (loaded && !heard.isBefore(oldest)) {
      return Optional.empty();
    }
    if (waiting == null) {
      waiting = new CompletableFuture<>();
    }
    return Optional.of(waiting);
  }

  synchronized boolean awaited() {
    return waiting != null;
  }

  synchronized boolean loaded() {
    return loaded;
  }

  synchronized boolean unsaid() {
    return changed && loaded;
  }

  synchronized boolean touchedSince(Instant when) {
    return !touched.isBefore(when);
  }

  /** Whether nothing is lost by forgetting it. */
  synchronized boolean dispensable(Instant idleSince) {
    return sessions == 0 && !changed && loaded && waiting == null && touched.isBefore(idleSince);
  }

  /** What to tell the others, who are told as soon as this returns. */
  synchronized CredentialUsage tell(Instant now) {
    turn(day(now));
    changed = false;
    untold = 0;
    connects.sum(now);
    wakes.sum(now);
    return new CredentialUsage(credential, sessions, connects.snapshot(), wakes.snapshot(), day,
        bytes);
  }

  /** They could not be told. */
  synchronized void untold() {
    changed = true;
  }

  /**
   * What all others have said, and where it was asked for what this proxy said before.
   *
   * @return who waits for it
   */
  synchronized Optional<CompletableFuture<Void>> hear(List<CredentialUsage> said, Instant now) {
    othersConnects.clear();
    othersWakes.clear();
    othersSessions = 0;
    othersDay = day(now);
    othersBytes = 0;
    for (CredentialUsage usage : said) {
      othersSessions += usage.sessions();
      othersConnects.add(usage.connects(), now);
      othersWakes.add(usage.wakes(), now);
      othersBytes += usage.day() == othersDay ? usage.bytesOut() : 0;
    }
    heard = now;
    return answer();
  }

  /** What this proxy said before it forgot. */
  synchronized void remember(Optional<CredentialUsage> before, Instant now) {
    if (loaded) {
      return;
    }
    loaded = true;
    turn(day(now));
    before.ifPresent(usage -> {
      connects.add(usage.connects(), now);
      wakes.add(usage.wakes(), now);
      bytes += usage.day() == day ? usage.bytesOut() : 0;
    });
  }

  /** The others cannot be asked: what is known has to do. */
  synchronized Optional<CompletableFuture<Void>> answer() {
    var answered = Optional.ofNullable(waiting);
    waiting = null;
    return answered;
  }

  private void turn(long today) {
    if (today > day) {
      day = today;
      bytes = 0;
      untold = 0;
    }
  }

  private long today(long reported, long count) {
    return reported == day ? count : 0;
  }

  static Instant midnight(Instant now) {
    return LocalDate.ofEpochDay(day(now) + 1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  static long day(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay();
  }
}
