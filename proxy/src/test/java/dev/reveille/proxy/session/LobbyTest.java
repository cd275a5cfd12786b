package dev.reveille.proxy.session;

import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.FrontendMessages;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Strangers of one address take turns; those of another address do not notice. */
class LobbyTest {
  private static final SessionSettings TWO_AT_A_TIME = new SessionSettings(Duration.ofSeconds(20),
      Duration.ofMillis(50), Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofMillis(5),
      Duration.ofMillis(50), false, 64 * 1024, 2, 1000);
  private final List<String> admitted = new ArrayList<>();

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private Lobby.Visit visit(Lobby lobby, String from, String name) throws UnknownHostException {
    return lobby.enter(address(from), () -> admitted.add(name));
  }

  @Test
  void so_many_of_one_address_are_inside_and_the_others_follow_in_order() throws Exception {
    var lobby = new Lobby(2);
    var first = visit(lobby, "192.0.2.1", "first");
    var second = visit(lobby, "192.0.2.1", "second");
    var third = visit(lobby, "192.0.2.1", "third");
    var fourth = visit(lobby, "192.0.2.1", "fourth");
    var fifth = visit(lobby, "192.0.2.1", "fifth");
    assertThat(List.of(first.inside(), second.inside(), third.inside())).containsExactly(true,
        true, false);
    assertThat(visit(lobby, "192.0.2.2", "other").inside()).isTrue();
    assertThat(lobby.waiting()).isEqualTo(3);

    third.leave();
    first.leave();
    first.leave();

    assertThat(admitted).containsExactly("fourth");
    assertThat(fourth.inside()).isTrue();
    second.leave();
    assertThat(admitted).containsExactly("fourth", "fifth");
    assertThat(fifth.inside()).isTrue();
    assertThat(lobby.waiting()).isZero();
  }

  @Test
  void the_more_of_an_address_fail_the_longer_their_places_are_held() throws Exception {
    var lobby = new Lobby(2);
    var stays = visit(lobby, "192.0.2.1", "stays");
    var steps = new ArrayList<Integer>();
    for (var i = 0; i < 80; i++) {
      var fails = visit(lobby, "192.0.2.1", "fails");
      steps.add(fails.failed());
      fails.leave();
    }
    assertThat(steps.getFirst()).isOne();
    assertThat(steps).isSorted().endsWith(4);
    assertThat(steps.subList(0, 16)).containsOnly(1);
    assertThat(visit(lobby, "192.0.2.2", "other").failed()).isOne();

    stays.leave();

    assertThat(visit(lobby, "192.0.2.1", "later").failed()).as("forgotten").isOne();
  }

  @Test
  void an_ipv6_host_is_its_whole_64_and_nothing_is_remembered_of_who_left() throws Exception {
    var lobby = new Lobby(1);
    var one = visit(lobby, "2001:db8::1", "one");
    var same = visit(lobby, "2001:db8::2", "same");
    var next = visit(lobby, "2001:db8:0:1::1", "next");
    assertThat(List.of(one.inside(), same.inside(), next.inside())).containsExactly(true, false,
        true);

    List.of(same, one, next).forEach(Lobby.Visit::leave);

    assertThat(lobby.origins()).isZero();
  }

  @Test
  void who_is_not_heard_yet_waits_while_another_address_logs_in() throws Exception {
    try (var proxy = new TestProxy(TWO_AT_A_TIME)) {
      var silent = new RawClient(proxy.port(), address("127.0.0.2"));
      try (var second = new RawClient(proxy.port(), address("127.0.0.2"));
          var third = new RawClient(proxy.port(), address("127.0.0.2"))) {
        await().untilAsserted(() -> assertThat(proxy.sessions.lobby().waiting()).isOne());
        third.send(FrontendMessages::sslRequest);
        try (var elsewhere = new RawClient(proxy.port(), address("127.0.0.3")).tls()) {
          elsewhere.startup("a_agent", "shop")
              .prove(Given.SECRET)
              .readTo(BackendMessage.ReadyForQuery.class);
        }
        assertThat(third.hasAnswer()).isFalse();

        silent.close();

        assertThat(third.readByte()).isEqualTo('S');
        assertThat(second.hasAnswer()).isFalse();
      }
      await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
      await().untilAsserted(() -> assertThat(proxy.sessions.lobby().origins()).isZero());
    }
  }

  @Test
  void who_has_proved_its_secret_makes_room_at_once() throws Exception {
    try (var proxy = new TestProxy(TWO_AT_A_TIME)) {
      var proven = new ArrayList<RawClient>();
      for (var i = 0; i < 6; i++) {
        var client = new RawClient(proxy.port()).tls();
        client.startup("a_agent", "shop")
            .prove(Given.SECRET)
            .readTo(BackendMessage.ReadyForQuery.class);
        proven.add(client);
      }
      assertThat(proxy.sessions.lobby().origins()).isZero();
      for (var client : proven) {
        client.close();
      }
      await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
    }
  }
}
