package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.TestDoor;
import dev.reveille.proxy.relay.WireClient;
import dev.reveille.proxy.relay.WireClient.Message;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.ErrorFields;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** One client of a real Postgres, with a broker between them whose desk does what a test says. */
abstract class WithBroker {
  final ScriptedDesk desk = new ScriptedDesk();
  final TestDoor door;
  WireClient client;

  WithBroker(Place place) {
    door = new TestDoor(RealPostgres.port(),
        () -> Optional.of(new Broker(line -> new Conversation(line, desk, place))));
  }

  @BeforeEach
  void connect() throws Exception {
    client = WireClient.logIn(door.port());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    door.close();
  }

  final List<Message> ask(byte[]... messages) throws Exception {
    client.send(messages);
    return client.readToReady();
  }

  static String types(List<Message> messages) {
    return messages.stream().map(Message::toString).collect(Collectors.joining());
  }

  static ErrorFields error(List<Message> messages) {
    return messages.stream()
        .map(Message::decoded)
        .filter(BackendMessage.ErrorResponse.class::isInstance)
        .map(message -> ((BackendMessage.ErrorResponse) message).fields())
        .findFirst()
        .orElseThrow();
  }
}
