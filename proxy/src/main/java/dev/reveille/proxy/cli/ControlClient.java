package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the process that runs on a home, and turns its refusals into {@link CommandFailure}s. */
final class ControlClient {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int ANSWER_MILLIS = 180_000;

  private final Home home;

  ControlClient(Home home) {
    this.home = home;
  }

  JsonNode get(String call) {
    return call("GET", call, null, null);
  }

  /** Asks about one thing by name. */
  JsonNode get(String call, String name) {
    return call("GET", call, name, null);
  }

  /** Calls with the name of a database or a credential. */
  JsonNode post(String call, String name) {
    return call("POST", call, name, null);
  }

  /** Calls with a request, about a thing that is there or none. */
  JsonNode post(String call, @Nullable String name, JsonNode request) {
    return call("POST", call, name, request);
  }

  /** Calls with parameters. */
  JsonNode post(String call, Map<String, String> parameters) {
    return answer("POST", call, query(parameters), null);
  }

  private static String query(Map<String, String> parameters) {
    return parameters.entrySet()
        .stream()
        .map(entry -> entry.getKey() + "="
            + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&", "?", ""));
  }

  private JsonNode call(String method, String call, @Nullable String name,
      @Nullable JsonNode request) {
    return answer(method, call, name == null ? "" : query(Map.of("name", name)), request);
  }

  private JsonNode answer(String method, String call, String query,
      @Nullable JsonNode request) {
    String address = Home.read(home.httpFile()).orElseThrow(this::notRunning);
    String token = Home.read(home.tokenFile()).orElseThrow(this::notRunning);
    try {
      HttpURLConnection connection = (HttpURLConnection) URI
          .create("http://" + address + "/control/v1/" + call + query)
          .toURL()
          .openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setRequestProperty("Authorization", "Bearer " + token);
      if (request != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream body = connection.getOutputStream()) {
          body.write(JsonMapper.shared().writeValueAsBytes(request));
        }
      }
      int status = connection.getResponseCode();
      try (InputStream body = status < 400
          ? connection.getInputStream()
          : connection.getErrorStream()) {
        JsonNode answer = JsonMapper.shared()
            .readTree(body == null
                ? new byte[0]
                : body.readAllBytes());
        if (status < 400) {
          return answer;
        }
        throw refused(status, answer);
      }
    } catch (ConnectException e) {
      throw notRunning();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "the call failed: " + e.getMessage(),
          "See " + home.log() + " or the output of \"reveille up\".");
    }
  }

  private static CommandFailure refused(int status, JsonNode answer) {
    int exitCode = switch (status) {
      case 400, 403 -> ExitCode.USAGE;
      case 404 -> ExitCode.NOT_FOUND;
      case 409 -> answer.path("code").asString("").equals("exists")
          ? ExitCode.ALREADY_EXISTS
          : ExitCode.BUSY;
      case 429, 503 -> ExitCode.BUSY;
      default -> ExitCode.FAILED;
    };
    String hint = answer.path("hint").asString("");
    return new CommandFailure(exitCode, answer.path("message").asString("HTTP " + status),
        hint.isEmpty() ? null : hint);
  }

  CommandFailure notRunning() {
    return new CommandFailure(ExitCode.NOT_RUNNING, "nothing is running on " + home.root(),
        "Start it with: reveille up --detach");
  }
}
