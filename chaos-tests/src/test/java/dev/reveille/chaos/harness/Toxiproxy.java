package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Tools;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A real Toxiproxy server of our own, on loopback. Confined to one thread. */
public final class Toxiproxy implements AutoCloseable {
  private final Process process;
  private final ToxiproxyClient client;

  private Toxiproxy(Process process, ToxiproxyClient client) {
    this.process = process;
    this.client = client;
  }

  public static Toxiproxy start() throws IOException {
    Path program = Tools.toxiproxyServer();
    int port = Ports.free();
    Process process = new ProcessBuilder(program.toString(), "-host", "127.0.0.1", "-port",
        Integer.toString(port)).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    ToxiproxyClient client = new ToxiproxyClient("127.0.0.1", port);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(client::version);
    return new Toxiproxy(process, client);
  }

  /** A proxy in front of a loopback port; {@link #portOf} says where it listens. */
  public Proxy inFrontOf(String name, int port) throws IOException {
    return client.createProxy(name, "127.0.0.1:0", "127.0.0.1:" + port);
  }

  public static int portOf(Proxy proxy) {
    return Integer.parseInt(proxy.getListen().substring(proxy.getListen().lastIndexOf(':') + 1));
  }

  /** Stops the server's every thread: sockets stay open, the kernel goes on acknowledging. */
  public void freeze() {
    Proc.signal(process.pid(), "STOP");
  }

  public void thaw() {
    Proc.signal(process.pid(), "CONT");
  }

  @Override
  public void close() {
    thaw();
    process.destroyForcibly().onExit().join();
  }
}
