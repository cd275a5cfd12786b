package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} of the proxy at random moments while databases are made, branched, kept, restored,
 * renamed and dropped, and their schemas merged. The next start leaves nothing half done, and no storage without a record.
 */
class OperationsKilledTest {
  private static final long SEED = Long.getLong("chaos.seed", 20_261_121);
  private static final int ROUNDS = 5;
  private static final int WORKERS = 2;

  @Test
  void nothing_is_lost_and_nothing_is_left_however_often_the_proxy_dies() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    try (RunningReveille reveille = RunningReveille.start(Setup.plain())) {
      ConnectionString shop = reveille.create("shop");
      write(shop);
      reveille.run("checkpoint", "shop", "--as", "cp");
      Merges merges = new Merges(reveille, shop);
      int acknowledged = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Set<String> known = ConcurrentHashMap.newKeySet();
        Set<String> refused = ConcurrentHashMap.newKeySet();
        List<Thread> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
          String prefix = "r" + round + "w" + worker;
          workers.add(Thread.ofPlatform().start(() -> work(reveille, prefix, known, refused)));
        }
        String merging = "r" + round + "m";
        workers.add(Thread.ofPlatform().start(() -> merges.run(merging)));
        Awaitility.await("a name in round " + round)
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(known.size() + refused.size()).isPositive());
        workers.getFirst().join(Duration.ofMillis(random.nextInt(1500)));

        reveille.killProxy();
        for (Thread worker : workers) {
          worker.join();
        }
        reveille.startAgain();

        assertThat(refused).isEmpty();
        String place = "round " + round + " of seed " + SEED;
        assertThat(reveille.run("doctor")).as(place)
            .contains("every storage has a record, and every record a storage");
        assertThat(reveille.run("list")).as(place).doesNotContain("creating", "dropping");
        assertThat(rows(shop)).as(place).isEqualTo(1);
        merges.nothingIsHalf();
        acknowledged += known.size();
        for (String name : new TreeSet<>(known)) {
          String url = reveille.run("branch", name, name + "c");
          assertThat(rows(ConnectionString.parse(url))).as(place).isEqualTo(1);
        }
      }
      assertThat(acknowledged).isPositive();
      merges.again();
    }
  }

  /** Makes a branch, keeps, restores, renames and drops until nobody answers any more. */
  private static void work(RunningReveille reveille, String prefix, Set<String> known,
      Set<String> refused) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      Path run = reveille.home().resolve("run");
      String address = Files.readString(run.resolve("http")).strip();
      String token = Files.readString(run.resolve("token")).strip();
      Calls calls = (call, name, body) -> {
        HttpResponse<String> answer = client.send(
            HttpRequest
                .newBuilder(
                    URI.create("http://" + address + "/control/v1/" + call + "?name=" + name))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200
            || !refused.add(call + " " + name + ": " + answer.body());
      };
      for (int i = 0; step(calls, prefix + "_" + i, i, known); i++) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      // It was killed, which is what this waits for.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call of the command line's own; false when it was refused. */
  private interface Calls {
    boolean post(String call, String name, String body) throws IOException, InterruptedException;
  }

  /** A name is known from when its rename was answered until its drop is asked for. */
  private static boolean step(Calls calls, String name, int i, Set<String> known)
      throws IOException, InterruptedException {
    boolean made = calls.post("create", name,
        "{\"from\": \"" + (i % 2 == 0 ? "shop" : "shop@cp") + "\"}")
        && calls.post("checkpoint", name, "{\"as\": \"own\"}")
        && calls.post("restore", name, "{\"checkpoint\": \"own\"}")
        && calls.post("rename", name, "{\"to\": \"" + name + "n\"}");
    if (!made) {
      return false;
    }
    if (i % 2 == 0) {
      return known.add(name + "n");
    }
    return calls.post("drop", name + "n", "{}");
  }

  private static void write(ConnectionString url) throws SQLException {
    try (var connection = url.connect(); var statement = connection.createStatement()) {
      statement.execute("create table kept as select 1 as id");
    }
  }

  private static int rows(ConnectionString url) throws SQLException {
    try (var connection = url.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from kept")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
