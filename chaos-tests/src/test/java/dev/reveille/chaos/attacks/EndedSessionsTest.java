package dev.reveille.chaos.attacks;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A credential is revoked while its session is in each state that a client can bring it into, on
 * purpose or not. The control is a session of another credential in the same state, which goes on. How
 * long an end took is printed; the limit of three seconds is not a test's to hold on a busy machine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndedSessionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString owner;

  /** Where a session is when its credential ends. */
  enum Place {
    IDLE {
      @Override
      void enter(WireClient client) {
      }
    },
    IN_A_TRANSACTION {
      @Override
      void enter(WireClient client) throws IOException {
        client.query("begin; insert into t values (1)");
      }
    },
    EXECUTING {
      @Override
      void enter(WireClient client) throws IOException {
        client.ask("select pg_sleep(600)");
      }
    },
    PIPELINING {
      @Override
      void enter(WireClient client) throws IOException {
        for (int i = 0; i < 50; i++) {
          client.send(EndedSessionsTest::parse);
        }
      }
    },
    TAKING_ROWS_THAT_IT_DOES_NOT_READ {
      @Override
      void enter(WireClient client) throws IOException {
        client.ask("copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout");
      }
    },
    COPYING_IN_AND_SENDING_NOTHING {
      @Override
      void enter(WireClient client) throws IOException {
        client.ask("copy t from stdin");
        client.read();
      }
    },
    BLOCKED_BY_A_LOCK {
      @Override
      void enter(WireClient client) throws IOException {
        client.query("begin");
        client.ask("select pg_advisory_xact_lock(1)");
      }
    },
    IN_THE_MIDDLE_OF_A_MESSAGE {
      @Override
      void enter(WireClient client) throws IOException {
        client.send((byte) 'Q', (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 's');
      }
    };

    abstract void enter(WireClient client) throws IOException;
  }

  private static void parse(ByteBuf out) {
    int start = out.writerIndex() + 1;
    out.writeByte('P').writeInt(0).writeByte(0);
    out.writeBytes("select 1".getBytes(StandardCharsets.US_ASCII)).writeByte(0);
    out.writeShort(0);
    out.setInt(start, out.writerIndex() - start);
  }

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    owner = reveille.create("shop");
    try (Connection ddl = owner.connect(); Statement statement = ddl.createStatement()) {
      statement.execute("create table t (n int)");
    }
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_revoked_credentials_session_ends_and_another_goes_on(Place place) throws Exception {
    String word = place.name().toLowerCase(Locale.ROOT);
    ConnectionString ended = credential("ends_" + word);
    ConnectionString other = credential("stays_" + word);
    try (Connection watch = owner.connect("preferQueryMode", "simple");
        WireClient going = WireClient.loggedIn(reveille, ended);
        WireClient staying = WireClient.loggedIn(reveille, other)) {
      try (Statement lock = watch.createStatement()) {
        lock.execute("select pg_advisory_lock(1)");
      }
      place.enter(staying);
      place.enter(going);
      int staysAt = backends(watch, other.user());
      assertThat(staysAt).isOne();
      assertThat(backends(watch, ended.user())).isOne();

      reveille.run("credential", "revoke", ended.user());
      long revoked = System.nanoTime();

      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(() -> assertThat(backends(watch, ended.user())).isZero());
      System.out.printf(Locale.ROOT, "ended %s: its backend was gone %.2f s after the command%n",
          word, (System.nanoTime() - revoked) / 1e9);
      List<BackendMessage> last = untilTheEnd(going);
      assertThat(last).as("no acknowledgement, and an error if one could be sent")
          .noneMatch(BackendMessage.CommandComplete.class::isInstance);
      if (place != Place.TAKING_ROWS_THAT_IT_DOES_NOT_READ) {
        assertThat(last.getLast()).isInstanceOfSatisfying(ErrorResponse.class,
            error -> assertThat(error.fields().sqlState()).isEqualTo("57P01"));
      }
      assertThat(backends(watch, other.user())).as("the control").isOne();
    }
  }

  private ConnectionString credential(String name) {
    return ConnectionString.parse(reveille.run("credential", "create", "--name", name, "--database",
        "shop", "--mode", "rw"));
  }

  private static int backends(Connection watch, String user) throws Exception {
    try (Statement statement = watch.createStatement();
        ResultSet row = statement
            .executeQuery("select count(*) from pg_stat_activity where usename = '" + user + "'")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** What came before the connection's end, without rows. */
  private static List<BackendMessage> untilTheEnd(WireClient client) throws IOException {
    List<BackendMessage> all = new ArrayList<>();
    try {
      while (true) {
        BackendMessage message = client.read();
        if (!(message instanceof BackendMessage.Other)) {
          all.add(message);
        }
      }
    } catch (EOFException | SocketException | SSLException end) {
      return all;
    }
  }
}
