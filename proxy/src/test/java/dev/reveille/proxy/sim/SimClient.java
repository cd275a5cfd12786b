package dev.reveille.proxy.sim;

import dev.reveille.wire.InitialPacket;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProtocolVersion;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one client will do. */
record SimClient(Kind kind, String user, String database, boolean secretIsRight, boolean patient) {
  enum Kind {
    PROBE, PLAINTEXT, NOISE, CANCEL, DRIVER
  }

  static SimClient drawn(World world) {
    var kind = switch (world.random.nextInt(40)) {
      case 0 -> Kind.PROBE;
      case 1 -> Kind.PLAINTEXT;
      case 2 -> Kind.NOISE;
      case 3 -> Kind.CANCEL;
      default -> Kind.DRIVER;
    };
    return new SimClient(kind,
        world.chance(0.05) ? "a_nobody" : "a_" + world.random.nextInt(3),
        world.chance(0.05) ? "nope" : "db" + world.random.nextInt(3), world.chance(0.93),
        world.chance(0.8));
  }

  InitialPacket startup() {
    return new StartupMessage(ProtocolVersion.V3_0,
        new LinkedHashMap<>(Map.of("user", user, "database", database)));
  }
}
