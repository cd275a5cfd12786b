package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.RunningReveille;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An agent that calls the tools of the running product by the official SDK's client. Of every answer,
 * whatever it is, it asserts that what is data is marked as such.
 */
final class McpAgent implements AutoCloseable {
  private static final String UNTRUSTED = "dev.reveille/untrusted";
  private static final Pattern MARKED = Pattern
      .compile("^(.*)\n<(untrusted-data-[0-9a-f]+)>\n(.*)\n</\\2>$", Pattern.DOTALL);

  private final McpSyncClient client;

  private McpAgent(McpClientTransport transport) {
    client = McpClient.sync(transport)
        .initializationTimeout(Duration.ofMinutes(1))
        .requestTimeout(Duration.ofMinutes(2))
        .build();
    client.initialize();
  }

  /** Over streamable HTTP. */
  static McpAgent overHttp(RunningReveille reveille, String key) {
    return new McpAgent(HttpClientStreamableHttpTransport.builder(reveille.httpAddress())
        .endpoint("/mcp")
        .addHttpRequestCustomizer((request, method, uri, body, context) -> request
            .setHeader("Authorization", "Bearer " + key))
        .build());
  }

  /** On standard input and output of {@code reveille mcp}, a program in this directory. */
  static McpAgent onStandardInput(RunningReveille reveille, Path directory, String key) {
    ServerParameters command = ServerParameters.builder(directory.resolve("reveille").toString())
        .args("mcp")
        .addEnvVar("REVEILLE_HOME", reveille.home().toString())
        .addEnvVar("REVEILLE_API_KEY", key)
        .build();
    return new McpAgent(
        new StdioClientTransport(command, new JacksonMcpJsonMapper(JsonMapper.shared())));
  }

  /**
   * One answer.
   *
   * @param said by the product, outside of the marks
   * @param data from within the marks
   */
  record Answer(boolean failed, String said, JsonNode data) {
    /** That the tool refused with this, and said outside of the data what to do about it. */
    void refused(String sqlState, String nextStep) {
      assertThat(failed).as(toString()).isTrue();
      assertThat(data.path("sqlstate").asString("")).as(toString()).isEqualTo(sqlState);
      assertThat(said).contains(nextStep);
    }

    String text(String pointer) {
      return data.at(pointer).asString("");
    }
  }

  /** Calls a tool; arguments are names and values in turn. */
  Answer call(String tool, Object... arguments) {
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      named.put((String) arguments[i], arguments[i + 1]);
    }
    return answer(client.callTool(CallToolRequest.builder(tool).arguments(named).build()));
  }

  /** The same of a tool that does what it is asked. */
  Answer done(String tool, Object... arguments) {
    Answer answer = call(tool, arguments);
    assertThat(answer.failed).as(answer.toString()).isFalse();
    return answer;
  }

  /** The same of a tool that refuses; see {@link Answer#refused}. */
  void refused(String sqlState, String nextStep, String tool, Object... arguments) {
    call(tool, arguments).refused(sqlState, nextStep);
  }

  private static Answer answer(CallToolResult result) {
    TextContent content = (TextContent) result.content().getFirst();
    assertThat(result.meta()).as(content.text()).containsEntry(UNTRUSTED, true);
    assertThat(content.meta()).containsEntry(UNTRUSTED, true);
    Matcher marked = MARKED.matcher(content.text());
    assertThat(marked.matches()).as(content.text()).isTrue();
    JsonNode data = JsonMapper.shared().readTree(marked.group(3));
    JsonNode structured = JsonMapper.shared().valueToTree(result.structuredContent());
    assertThat(structured).isEqualTo(data);
    return new Answer(Boolean.TRUE.equals(result.isError()), marked.group(1), data);
  }

  @Override
  public void close() {
    client.close();
  }
}
