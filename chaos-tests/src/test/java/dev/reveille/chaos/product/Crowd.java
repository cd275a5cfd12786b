package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Clients that are logged in and do nothing, until they are closed together. */
final class Crowd implements AutoCloseable {
  private final List<WireClient> clients = new ArrayList<>();

  static Crowd of(int size, RunningReveille reveille, ConnectionString url) throws IOException {
    Crowd crowd = new Crowd();
    try {
      for (int i = 0; i < size; i++) {
        crowd.clients.add(WireClient.loggedIn(reveille, url));
      }
      return crowd;
    } catch (IOException | RuntimeException e) {
      crowd.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (WireClient client : clients) {
      client.leave();
    }
  }
}
