package dev.reveille.proxy.mcp;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Offers the tools of a running proxy on standard input and output, and passes each call on to it. */
public final class StdioBridge {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private StdioBridge() {
  }

  /**
   * Serves until the input ends.
   *
   * @param url of the proxy's HTTP listener, without a path
   * @param bearer an API key, or the home's control token
   * @param random for the marks around data
   * @throws RuntimeException if the proxy does not answer or refuses the bearer
   */
  public static void serve(String url, String bearer, InputStream in, OutputStream out,
      String version, RandomGenerator random) throws InterruptedException {
    McpJsonMapper mapper = new JacksonMcpJsonMapper(JsonMapper.shared());
    HttpClientStreamableHttpTransport transport = HttpClientStreamableHttpTransport.builder(url)
        .endpoint("/mcp")
        .jsonMapper(mapper)
        .connectTimeout(CONNECT)
        .openConnectionOnStartup(false)
        .addHttpRequestCustomizer((request, method, uri, body, context) -> request
            .setHeader("Authorization", "Bearer " + bearer))
        .build();
    try (McpSyncClient client = McpClient.sync(transport)
        .clientInfo(McpSchema.Implementation.builder("reveille-mcp", version).build())
        .initializationTimeout(CONNECT)
        .requestTimeout(LONGEST)
        .build()) {
      client.initialize();
      List<SyncToolSpecification> tools = client.listTools()
          .tools()
          .stream()
          .map(tool -> new SyncToolSpecification(tool,
              (exchange, call) -> passedOn(client, url, call, random)))
          .toList();
      CountDownLatch ended = new CountDownLatch(1);
      McpSyncServer server = McpServer
          .sync(new StdioServerTransportProvider(mapper, new Watched(in, ended), out))
          .serverInfo("reveille", version)
          .instructions(client.getServerInstructions())
          .capabilities(ServerCapabilities.builder().tools(false).build())
          .requestTimeout(LONGEST)
          // The proxy tells what is wrong with arguments.
          .validateToolInputs(false)
          .tools(tools)
          .build();
      ended.await();
      server.closeGracefully();
    }
  }

  /** A proxy that is gone, or that refuses the key by now, is told like any failure of a tool. */
  private static CallToolResult passedOn(McpSyncClient client, String url, CallToolRequest call,
      RandomGenerator random) {
    try {
      return client.callTool(call);
    } catch (RuntimeException e) {
      return Result.error("the proxy at " + url + " did not carry out the call: " + e.getMessage(),
          "08006", "", "Look at what was done before trying again. If it stays so, ask whoever runs"
              + " the proxy whether it is up (reveille status) and the key good (reveille key list).")
          .answer(random);
    }
  }

  /** An input that tells when it has ended. */
  private static final class Watched extends FilterInputStream {
    private final CountDownLatch ended;

    Watched(InputStream in, CountDownLatch ended) {
      super(in);
      this.ended = ended;
    }

    @Override
    public int read() throws IOException {
      return told(super.read());
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return told(super.read(into, offset, length));
    }

    private int told(int read) {
      if (read < 0) {
        ended.countDown();
      }
      return read;
    }
  }
}
