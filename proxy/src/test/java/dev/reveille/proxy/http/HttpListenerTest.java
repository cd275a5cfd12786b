package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("NullAway.Init")
class HttpListenerTest {
  @TempDir
  Path directory;
  private final AtomicReference<List<Readiness.Check>> checks = new AtomicReference<>(List.of());
  private HttpListener listener;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    ControlToken token = ControlToken.create(directory.resolve("token"), new Random(1));
    Supplier<Databases> none = () -> {
      throw new OperationFailure(Kind.EXISTS, "taken", "choose another");
    };
    listener = HttpListener.start("127.0.0.1", 0,
        List.of(new HealthRoutes(checks::get, () -> "reveille_sessions 1\n"), new ControlRoutes(
            token, none, () -> Map.of("version", "1"), name -> Map.of("database", name))));
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.close();
    listener.close();
  }

  @Test
  void readiness_is_503_with_the_reasons_as_soon_as_one_thing_is_wrong() throws Exception {
    checks.set(List.of(Readiness.Check.ok("cells")));
    HttpResponse<String> ready = get("/readyz", "");
    checks.set(List.of(Readiness.Check.ok("cells"), Readiness.Check.failed("catalog", "gone")));
    HttpResponse<String> unready = get("/readyz", "");

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(unready.statusCode()).isEqualTo(503);
    assertThat(unready.body()).contains("\"catalog\"", "\"gone\"", "\"ready\":false");
  }

  @Test
  void health_and_metrics_need_no_token() throws Exception {
    assertThat(get("/healthz", "").statusCode()).isEqualTo(200);
    assertThat(get("/metrics", "").body()).isEqualTo("reveille_sessions 1\n");
  }

  @Test
  void control_calls_need_the_token() throws Exception {
    String token = Files.readString(directory.resolve("token"));

    assertThat(get("/control/v1/status", "").statusCode()).isEqualTo(401);
    assertThat(get("/control/v1/status", "Bearer " + token + "x").statusCode()).isEqualTo(401);
    assertThat(get("/control/v1/status", "Bearer " + token).statusCode()).isEqualTo(200);
    assertThat(PosixFilePermissions.toString(
        Files.getPosixFilePermissions(directory.resolve("token")))).isEqualTo("rw-------");
  }

  @Test
  void a_refusal_is_told_with_its_code_and_the_next_step() throws Exception {
    String token = Files.readString(directory.resolve("token"));

    HttpResponse<String> answer = get("/control/v1/databases", "Bearer " + token);

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("\"code\":\"exists\"", "taken", "choose another");
  }

  private HttpResponse<String> get(String path, String authorization) throws Exception {
    HttpRequest.Builder request = HttpRequest
        .newBuilder(URI.create("http://" + listener.authority() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
