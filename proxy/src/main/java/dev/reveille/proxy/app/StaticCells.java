package dev.reveille.proxy.app;

import dev.reveille.cell.CellId;
import dev.reveille.compute.ClientCertificate;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls;
import dev.reveille.compute.fixed.StaticLogin;
import dev.reveille.compute.fixed.StaticProvider;
import dev.reveille.compute.fixed.StaticSettings;
import dev.reveille.proxy.config.Configuration.CellOptions;
import dev.reveille.proxy.config.Configuration.LoginOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Turns what is configured about a Postgres that always runs into its provider. */
final class StaticCells {
  private StaticCells() {
  }

  static StaticProvider provider(CellId id, CellOptions cell, Home home) throws IOException {
    Map<String, StaticLogin> logins = new LinkedHashMap<>();
    for (LoginOptions login : cell.logins()) {
      Optional<String> secret = Optional.empty();
      if (login.passwordFile().isPresent()) {
        secret = Optional
            .of(Files.readString(home.resolve(login.passwordFile().get())).stripTrailing());
      }
      logins.put(login.credential().equals("*") ? StaticSettings.ANY : login.credential(),
          new StaticLogin(login.role(), secret, certificate(login, home)));
    }
    return new StaticProvider(
        new StaticSettings(id, address(cell, home), logins, Optional.empty(), cell.connections()));
  }

  private static Optional<ClientCertificate> certificate(LoginOptions login, Home home) {
    return login.certificate()
        .flatMap(certificate -> login.key()
            .map(key -> new ClientCertificate(home.resolve(certificate), home.resolve(key))));
  }

  private static ComputeAddress address(CellOptions cell, Home home) {
    if (cell.host().startsWith("/")) {
      return new ComputeAddress.UnixSocket(
          Path.of(cell.host()).resolve(".s.PGSQL." + cell.port()));
    }
    return new ComputeAddress.Tcp(cell.host(), cell.port(), new ComputeTls(
        ComputeTls.Mode.valueOf(cell.tls().name()), cell.rootCertificate().map(home::resolve)));
  }
}
