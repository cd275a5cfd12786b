package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.HeaderRead;
import java.net.InetAddress;
import java.util.Optional;

/** What the listener may still tell a session that has just begun. Event loop only. */
public final class Arrival {
  private final SessionDriver driver;

  Arrival(SessionDriver driver) {
    this.driver = driver;
  }

  /** The PROXY header was read; it names the client, or nobody (LOCAL, UNSPEC). */
  public void header(Optional<InetAddress> client) {
    client.ifPresent(driver.client()::peer);
    driver.client().enterLobby();
    driver.handle(new HeaderRead());
  }

  /** What came instead of a PROXY header is not one. */
  public void noHeader() {
    driver.handle(new Broken(new SessionFailure.Malformed("expected a PROXY protocol header")));
  }
}
