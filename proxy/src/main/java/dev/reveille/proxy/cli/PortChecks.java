package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} asks of the ports that will be bound. */
final class PortChecks {
  private PortChecks() {
  }

  static List<Finding> all(Home home, Configuration configuration) {
    var running = RunningProcess.find(home);
    if (running.isPresent()) {
      return List.of(Finding.ok("process",
          "running on this home, process " + running.get().pid() + "; ports not tried"));
    }
    List<Finding> findings = new ArrayList<>();
    for (Configuration.Listener listener : configuration.listeners()) {
      findings.add(free("port " + listener.port(), listener.address(), listener.port(),
          "Give another with --port, or in listeners."));
    }
    findings.add(free("port " + configuration.http().port(), configuration.http().address(),
        configuration.http().port(), "Give another with --http-port, or in http.port."));
    return findings;
  }

  private static Finding free(String subject, String address, int port, String advice) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getAllByName(address)[0])) {
      return Finding.ok(subject, "free on " + socket.getInetAddress().getHostAddress());
    } catch (IOException e) {
      return Finding.fail(subject, "cannot be bound on " + address + ": " + e.getMessage(), advice);
    }
  }
}
