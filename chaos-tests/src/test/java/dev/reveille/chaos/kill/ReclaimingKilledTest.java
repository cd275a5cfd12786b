package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.kill.Halts.Halt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} at every step of archiving a database that has expired, of bringing one back, of deleting one whose
 * grace is over and of deleting a checkpoint. One database shows which steps there are; then several stand before one
 * of them each, and one kill finds them all. The next start leaves every name with all of its rows, or free.
 */
@SuppressWarnings("NullAway.Init")
class ReclaimingKilledTest {
  private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  /** The reaper has half as many hands, up to eight: what one of them does may stand still. */
  private static final String PROCESSORS = "-XX:ActiveProcessorCount=16";
  private static final int HANDS = 8;
  private static final String SCOUT = "scout";

  private final Random random = new Random(SEED);
  private Halts halts;
  private RunningReveille reveille;
  private ExpiringDatabases databases;

  /** Before what to wait on each way. */
  private record Ways(List<Halt> archive, List<Halt> back, List<Halt> checkpoint,
      List<Halt> end) {}

  @Test
  void what_is_killed_on_its_way_to_the_archive_back_or_out_is_whole_or_gone(
      @TempDir Path directory) throws Exception {
    System.out.println("chaos.seed=" + SEED);
    halts = new Halts(directory);
    try (RunningReveille started = RunningReveille.start(Setup.configured("""
        cells: [{id: a}]
        compute: {prepared-running: 1, prepared-copied: 1}
        lifetimes: {check-every: 1s, warn: 1s, grace: 1h}
        """).jvm(halts.agent(), PROCESSORS))) {
      reveille = started;
      databases = new ExpiringDatabases(reveille);
      Ways ways = learned();
      System.out.println(ways);
      List<String> all = names("d", Stream.of(ways.archive, ways.back, ways.end)
          .mapToInt(List::size)
          .max()
          .orElseThrow());
      for (String name : all) {
        databases.create(name);
      }

      archiving(ways.archive);
      databases.archive(all);
      comingBack(ways.back, ways.checkpoint);
      databases.backAndWhole(all);

      List<String> ending = ask("databases", "d", ways.end);
      databases.endGrace(ending);
      reached(ending);
      kill();
      databases.gone(ending);
      databases.nothingIsHalf();
    }
  }

  private Ways learned() throws Exception {
    databases.create(SCOUT);
    List<Halt> archive = watch("databases", SCOUT, () -> databases.archive(List.of(SCOUT)));
    List<Halt> back = watch("databases", SCOUT, () -> databases.live(SCOUT, "1 d"));
    databases.checkpoint(SCOUT, "cp");
    List<Halt> checkpoint = watch("checkpoints", "cp", () -> {
      databases.expireCheckpoints();
      databases.noCheckpoints();
    });
    List<Halt> end = watch("databases", SCOUT, () -> {
      databases.endGrace(List.of(SCOUT));
      databases.gone(List.of(SCOUT));
    });
    return new Ways(archive, back, checkpoint, end);
  }

  /** Something that is done to one of this name. */
  private interface Way {
    void go() throws Exception;
  }

  private List<Halt> watch(String table, String name, Way way) throws Exception {
    halts.watch(name, databases.ids(table, name));
    way.go();
    List<Halt> seen = halts.seen(name, random);
    halts.clear();
    return seen;
  }

  private void archiving(List<Halt> steps) throws Exception {
    for (int from = 0; from < steps.size(); from += HANDS) {
      List<String> names = ask("databases", "d",
          steps.subList(from, Math.min(from + HANDS, steps.size())));
      databases.expire(names);
      reached(names);
      databases.lengthen(names); // or the next life would archive them before anyone looks
      kill();
      databases.backAndWhole(names);
    }
  }

  /** Both at once, since the reaper is not needed for the one. */
  private void comingBack(List<Halt> back, List<Halt> checkpoint) throws Exception {
    for (String name : names("cp", checkpoint.size())) {
      databases.checkpoint(SCOUT, name);
    }
    List<String> checkpoints = ask("checkpoints", "cp", checkpoint);
    List<String> names = ask("databases", "d", back);
    databases.expireCheckpoints();
    List<Thread> callers = names.stream()
        .map(name -> Thread.ofVirtual().start(() -> {
          try {
            databases.live(name, "1 d");
          } catch (IOException e) {
            // It was killed, which is what this waits for.
          }
        }))
        .toList();
    reached(names);
    reached(checkpoints);
    kill();
    for (Thread caller : callers) {
      caller.join();
    }
    databases.noCheckpoints();
  }

  private static List<String> names(String beginning, int count) {
    return IntStream.range(0, count).mapToObj(i -> beginning + i).toList();
  }

  /** Has one wait before each of these. */
  private List<String> ask(String table, String beginning, List<Halt> steps) throws Exception {
    List<String> asked = new ArrayList<>();
    for (Halt step : steps) {
      String name = beginning + asked.size();
      halts.ask(name, step, databases.ids(table, name));
      asked.add(name);
    }
    return asked;
  }

  private void reached(List<String> names) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(names).allMatch(halts::reached));
  }

  private void kill() throws Exception {
    reveille.killProxy();
    halts.clear();
    reveille.startAgain();
    databases.nothingIsHalf();
  }
}
