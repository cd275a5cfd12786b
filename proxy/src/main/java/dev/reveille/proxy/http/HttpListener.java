package dev.reveille.proxy.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one HTTP listener. Whatever is served over HTTP is a group of routes here. Handlers run on
 * virtual threads and may block.
 */
public final class HttpListener implements AutoCloseable {
  private final Javalin server;
  private final String address;

  private HttpListener(Javalin server, String address) {
    this.server = server;
    this.address = address;
  }

  /** Binds and serves. Throws {@link io.javalin.util.JavalinBindException} if the port is taken. */
  public static HttpListener start(String address, int port, List<Consumer<JavalinConfig>> routes) {
    Javalin server = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.startup.showOldJavalinVersionWarning = false;
      config.startup.startupWatcherEnabled = false;
      config.concurrency.useVirtualThreads = true;
      config.jetty.host = address;
      config.jetty.port = port;
      config.http.generateEtags = false;
      config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
      routes.forEach(group -> group.accept(config));
    });
    return new HttpListener(server.start(), address);
  }

  public int port() {
    return server.port();
  }

  /** {@code host:port}, as it can be put into a URL. */
  public String authority() {
    String host = address.equals("0.0.0.0") ? "127.0.0.1" : address;
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /** Answers with JSON. */
  static void json(Context context, int status, Object answer) {
    context.status(status)
        .contentType("application/json")
        .result(JsonMapper.shared().writeValueAsBytes(answer));
  }

  @Override
  public void close() {
    server.stop();
  }
}
