package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The built product as a process of its own, in a home of its own, on free ports.
 *
 * <p>
 * Closing it stops it as an operator would and then asserts that nothing is left: no process, no
 * listening port, no lock on a storage, no buffer that Netty's leak detector missed. Used by one
 * thread at a time.
 */
public final class RunningReveille implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How to start it. {@code configuration} is the text of {@code config.yaml}. */
  public record Setup(String configuration, List<String> jvmOptions, boolean measured) {
    /** Enough for a test, which makes few databases; each costs processor time at the start. */
    private static final String FEW_PREPARED = """
        compute:
          prepared-running: 1
          prepared-copied: 1
        """;
    /** Of code that is compiled little: most lives are over before anything more would pay. */
    private static final String[] PARANOID = {"-Dio.netty.leakDetection.level=paranoid",
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"};

    /** As users run it, for measuring. */
    public static Setup quiet(String configuration) {
      return new Setup(configuration, List.of(), true);
    }

    public static Setup plain() {
      return configured("");
    }

    /** Prepares little, unless the configuration has its own word on {@code compute}. */
    public static Setup configured(String configuration) {
      boolean own = configuration.lines().anyMatch(line -> line.startsWith("compute:"));
      return new Setup(own ? configuration : configuration + FEW_PREPARED, Product.classArchive(),
          false).jvm(PARANOID);
    }

    public Setup jvm(String... options) {
      List<String> all = new ArrayList<>(jvmOptions);
      all.addAll(List.of(options));
      return new Setup(configuration, all, measured);
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final Setup setup;
  private final Path home;
  private final int port;
  private final int httpPort;
  private Process process;

  private RunningReveille(Setup setup, Path home, int port, int httpPort, Process process) {
    this.setup = setup;
    this.home = home;
    this.port = port;
    this.httpPort = httpPort;
    this.process = process;
  }

  /** Starts it and waits until it says that it is ready; what is measured, on a disk. */
  public static RunningReveille start(Setup setup) throws IOException {
    return start(setup,
        setup.measured ? Path.of(System.getProperty("java.io.tmpdir")) : HomePlace.path());
  }

  /** The same, with the home and its storages in this directory. */
  public static RunningReveille start(Setup setup, Path directory) throws IOException {
    Path home = Files.createTempDirectory(directory, "reveille-test");
    home.toFile().setExecutable(true, false);
    home.toFile().setReadable(true, false);
    if (!setup.configuration.isEmpty()) {
      Files.writeString(home.resolve("config.yaml"), setup.configuration);
    }
    int port = Ports.free();
    int httpPort = Ports.free();
    RunningReveille started = new RunningReveille(setup, home, port, httpPort,
        Product.up(home, port, httpPort, setup.jvmOptions));
    try {
      started.awaitReady();
    } catch (Throwable e) {
      started.killTree();
      throw e;
    }
    return started;
  }

  public Path home() {
    return home;
  }

  public int port() {
    return port;
  }

  public int httpPort() {
    return httpPort;
  }

  /** Of the listener of HTTP, without a path. */
  public String httpAddress() {
    return "http://127.0.0.1:" + httpPort;
  }

  public long pid() {
    return process.pid();
  }

  /** Runs a command of the command line in this home; a failure is an exception that shows it. */
  public String run(String... words) {
    return tryRun(words).orThrow().out().strip();
  }

  public Command.Outcome tryRun(String... words) {
    return Product.command(words).with("REVEILLE_HOME", home.toString()).within(PATIENCE).run();
  }

  /** Makes a program {@code reveille} in this directory; it wants {@code REVEILLE_HOME}. */
  public void launcher(Path directory) throws IOException {
    Product.launcher(directory);
  }

  /** What the commands of the same names do, without a process of their own. */
  public String control(String call, String name) throws IOException {
    return control(call, name, "");
  }

  /** The same of those that want to know more, as JSON. */
  public String control(String call, String name, String body) throws IOException {
    String query = "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    return answer(
        controlCall(call + query).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  /** What {@code merge} does, without a process of its own. */
  public String merge(String branch) throws IOException {
    return answer(controlCall("schema/merge?branch=" + branch)
        .POST(HttpRequest.BodyPublishers.noBody())
        .build());
  }

  /** What {@code list --json} prints, without a process of its own. */
  public String list() throws IOException {
    return answer(controlCall("databases").build());
  }

  /** What {@code doctor} has found of storages and records, without a process of its own. */
  public String inspection() throws IOException {
    return answer(controlCall("storage").build());
  }

  /** What {@code status --json} prints, without a process of its own. */
  public String report() throws IOException {
    return answer(controlCall("status").build());
  }

  /** What anyone is shown under this path, as {@code /metrics}. */
  public String page(String path) throws IOException {
    return send(path).body();
  }

  /** What {@code audit --json} prints of the last day, newest first, without a process of its own. */
  public String audit() throws IOException {
    return answer(controlCall("audit").build());
  }

  private HttpRequest.Builder controlCall(String call) throws IOException {
    return HttpRequest
        .newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/control/v1/" + call))
        .header("Authorization", "Bearer " + Files.readString(home.resolve("run/token")).strip())
        .timeout(PATIENCE);
  }

  private String answer(HttpRequest request) throws IOException {
    HttpResponse<String> answer = send(request);
    if (answer.statusCode() >= 300) {
      throw new IOException(request.uri().getPath() + ": " + answer.body());
    }
    return answer.body();
  }

  /** Creates a database and gives its connection string, as the command {@code create} prints it. */
  public ConnectionString create(String name) {
    try {
      return ConnectionString.parse(
          JsonMapper.shared().readTree(control("create", name)).path("url").asString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int status(String path) throws IOException {
    return send(path).statusCode();
  }

  /**
   * The sum over the samples of a metric whose labels contain all the given texts. A gauge must be
   * there; a counter comes with its first.
   */
  public double metric(String name, String... labels) throws IOException {
    List<String> samples = send("/metrics").body()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .toList();
    assertThat(!samples.isEmpty() || name.endsWith("_total")).as(name).isTrue();
    return samples.stream()
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The proxy alone dies, without a chance to say anything. */
  public void killProxy() {
    process.destroyForcibly().onExit().join();
  }

  /** The proxy and everything below it die at once. */
  public void killTree() {
    List<ProcessHandle> tree = new ArrayList<>(process.toHandle().descendants().toList());
    process.destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    Proc.processesOf(home)
        .forEach(
            left -> Proc.signal(Long.parseLong(left.substring(0, left.indexOf(' '))), "KILL"));
  }

  /** Starts it again in the same home, on the same ports. */
  public void startAgain() throws IOException {
    process = Product.up(home, port, httpPort, setup.jvmOptions);
    awaitReady();
  }

  public void awaitReady() {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> assertThat(process.isAlive()).as(this::log).isTrue())
        .untilAsserted(() -> assertThat(statusOrZero("/readyz")).as(this::log).isEqualTo(200));
  }

  /** What it wrote to its standard output and error, all starts together. */
  public String log() {
    return Product.log(home);
  }

  /** The processes of computes by their data directory; never more than one for each. */
  public Map<Path, Set<Long>> computes() {
    Map<Path, Set<Long>> all = Proc.postmasters();
    String real = realCells();
    all.keySet()
        .removeIf(directory -> !directory.startsWith(home)
            && !directory.toString().startsWith(real));
    return all;
  }

  /** Stops it as {@code down} does, by SIGTERM, and asserts that nothing of it is left. */
  @Override
  public void close() throws IOException {
    process.destroy();
    boolean stopped = Processes.endsWithin(process, PATIENCE);
    List<String> processes = List.of();
    List<Path> locks = List.of();
    if (stopped) {
      processes = Proc.processesOf(home);
      locks = Proc.locksHeld(home);
    }
    String log = log();
    killTree();
    assertThat(stopped).as(() -> "stops when asked to:\n" + log).isTrue();
    assertThat(processes).as("processes left").isEmpty();
    assertThat(locks).as("locks left").isEmpty();
    assertThat(Ports.answers(port)).as("port still open").isFalse();
    assertThat(log).as("leaked buffers").doesNotContain("LEAK:");
    Trees.delete(Path.of(realCells()));
    Trees.delete(home);
  }

  private String realCells() {
    try {
      return home.resolve("cells").toRealPath().toString();
    } catch (IOException e) {
      return home.resolve("cells").toString();
    }
  }

  private int statusOrZero(String path) {
    try {
      return status(path);
    } catch (IOException e) {
      return 0;
    }
  }

  private HttpResponse<String> send(String path) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + httpPort + path);
    return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
