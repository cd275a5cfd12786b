package dev.reveille.proxy.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The launcher, as far as it can be tried without building the checkout that it stands in. */
@SuppressWarnings("NullAway.Init")
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "reveille").toAbsolutePath().normalize();
  @TempDir
  Path directory;

  private record Ran(int exitCode, String text) {}

  @Test
  void a_jdk_that_is_too_old_is_refused_by_name() throws Exception {
    Path jdk = jdk("17.0.1");

    Ran ran = run(LAUNCHER, Map.of("REVEILLE_JAVA_HOME", jdk.toString()));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.text()).contains(jdk.toString(), "is not a JDK 25");
  }

  @Test
  void a_checkout_that_was_built_is_run_through_links_and_from_anywhere() throws Exception {
    Path link = directory.resolve("somewhere").resolve("rv");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, built().resolve("reveille"));

    Ran ran = run(link, Map.of("REVEILLE_JAVA_HOME", jdk("25.0.3").toString()), "status", "a b");

    assertThat(ran.text()).contains("Main status", "a b", "launch-1-1/proxy-1.jar");
    assertThat(ran.exitCode()).isZero();
  }

  @Test
  void options_for_the_process_itself_differ_from_those_for_commands() throws Exception {
    Path launcher = built().resolve("reveille");
    Map<String, String> environment = Map.of("REVEILLE_JAVA_HOME", jdk("25.0.3").toString(),
        "REVEILLE_HEAP", "77m");

    assertThat(run(launcher, environment, "up").text()).contains("-Xmx77m",
        "--enable-native-access");
    assertThat(run(launcher, environment, "list").text()).doesNotContain("-Xmx77m");
  }

  /** A checkout without sources, so that nothing is ever stale. */
  private Path built() throws IOException {
    Path top = directory.resolve("checkout");
    Path classes = Files.createDirectories(top.resolve("proxy/target/launch-1-1"));
    Files.writeString(classes.resolve("proxy-1.jar"), "");
    Files.writeString(top.resolve("proxy/target/launch-stamp"), "launch-1-1\n");
    Files.copy(LAUNCHER, top.resolve("reveille"));
    return top;
  }

  /** Looks like a JDK, and prints what it is asked to run. */
  private Path jdk(String version) throws IOException {
    Path jdk = directory.resolve("jdk-" + version);
    Path bin = Files.createDirectories(jdk.resolve("bin"));
    for (String program : List.of("java", "javac")) {
      Path file = bin.resolve(program);
      Files.writeString(file, "#!/bin/sh\necho \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private Ran run(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("REVEILLE_"));
    builder.environment().putAll(environment);
    builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), text);
  }
}
