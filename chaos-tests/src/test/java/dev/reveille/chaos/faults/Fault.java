package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.Toxiproxy;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import java.io.IOException;
import java.util.List;

/**
 * A bad network, made by Toxiproxy in both directions. {@code harmless} ones only slow things down:
 * work must go on under them. Under the others connections may be lost, acknowledged commits not.
 */
enum Fault {
  LATENCY(true) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().latency("latency-" + direction, direction, 30).setJitter(20);
      }
    }
  },
  BANDWIDTH(true) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().bandwidth("bandwidth-" + direction, direction, 24);
      }
    }
  },
  SINGLE_BYTES(true) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().slicer("slicer-" + direction, direction, 1, 0);
      }
    }
  },
  RESET(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().resetPeer("reset-" + direction, direction, 50);
      }
    }
  },
  TIMEOUT(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().timeout("timeout-" + direction, direction, 200);
      }
    }
  },
  LIMITED_DATA(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().limitData("limit-" + direction, direction, 6_000);
      }
    }
  },
  /** Nothing comes through, nobody is told, and what was sent meanwhile is lost. */
  SILENCE(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      for (ToxicDirection direction : BOTH) {
        proxy.toxics().timeout("silence-" + direction, direction, 0);
      }
    }
  },
  /** The peer's kernel still acknowledges, the peer does not: half open. */
  FROZEN(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) {
      server.freeze();
    }

    @Override
    void heal(Toxiproxy server, Proxy proxy) {
      server.thaw();
    }
  },
  /** Connections are closed, new ones refused. */
  DOWN(false) {
    @Override
    void inflict(Toxiproxy server, Proxy proxy) throws IOException {
      proxy.disable();
    }

    @Override
    void heal(Toxiproxy server, Proxy proxy) throws IOException {
      proxy.enable();
    }
  };

  private static final List<ToxicDirection> BOTH = List.of(ToxicDirection.UPSTREAM,
      ToxicDirection.DOWNSTREAM);

  private final boolean harmless;

  Fault(boolean harmless) {
    this.harmless = harmless;
  }

  boolean harmless() {
    return harmless;
  }

  abstract void inflict(Toxiproxy server, Proxy proxy) throws IOException;

  void heal(Toxiproxy server, Proxy proxy) throws IOException {
    for (Toxic toxic : proxy.toxics().getAll()) {
      toxic.remove();
    }
  }
}
