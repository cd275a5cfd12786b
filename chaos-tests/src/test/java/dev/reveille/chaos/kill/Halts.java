package dev.reveille.chaos.kill;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Makes a product wait before chosen steps of chosen things, so that one {@code kill -9} finds each of them at another
 * step. What is asked for is a file in a directory that {@link Steps} looks at, and so is what was seen.
 */
final class Halts {
  static final String ASKED = ".asked";
  static final String SEEN = ".seen";
  static final String REACHED = ".reached";

  /** Two threads may delete the same tree, and then come to the same step twice. */
  private static final int OFTEN = 4;

  private final Path directory;

  /**
   * A step of which something is the n-th of its kind.
   *
   * @param before how often it was come to before
   */
  record Halt(String step, int before) {}

  Halts(Path directory) {
    this.directory = directory;
  }

  /** What the product has to be started with. */
  String agent() throws IOException {
    Path jar = directory.resolve("steps.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes()
        .put(new Attributes.Name("Premain-Class"), StepsAgent.class.getName());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest)) {
      for (String name : List.of("Steps", "Steps$Asked", "StepsAgent")) {
        try (InputStream in = Halts.class.getResourceAsStream(name + ".class")) {
          if (in == null) {
            throw new IOException("no class " + name);
          }
          packed.putNextEntry(new JarEntry(
              Halts.class.getPackageName().replace('.', '/') + "/" + name + ".class"));
          in.transferTo(packed);
        }
      }
    }
    return "-javaagent:" + jar + "=" + directory;
  }

  /** Notes the steps of whatever has one of these words. */
  void watch(String name, List<String> words) throws IOException {
    ask(name, new Halt("none", 0), words);
  }

  /** Whatever has one of these words waits before that step. */
  void ask(String name, Halt halt, List<String> words) throws IOException {
    List<String> lines = new ArrayList<>(List.of(halt.step(), Integer.toString(halt.before())));
    lines.addAll(words);
    Path next = Files.write(directory.resolve(name + ".next"), lines);
    Files.move(next, directory.resolve(name + ASKED), StandardCopyOption.ATOMIC_MOVE);
  }

  boolean reached(String name) {
    return Files.exists(directory.resolve(name + REACHED));
  }

  /** Each step that was seen for the first time; of one that comes often another by chance, not one of the last. */
  List<Halt> seen(String name, Random random) throws IOException {
    Map<String, Integer> times = new LinkedHashMap<>();
    Files.readAllLines(directory.resolve(name + SEEN))
        .forEach(step -> times.merge(step, 1, Integer::sum));
    List<Halt> halts = new ArrayList<>();
    times.forEach((step, often) -> {
      halts.add(new Halt(step, 0));
      if (often > OFTEN) {
        halts.add(new Halt(step, 1 + random.nextInt(often / 2)));
      }
    });
    return halts;
  }

  /** Nothing is asked for any more, and nothing was seen. */
  void clear() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(file -> !file.toString().endsWith(".jar")).toList()) {
        Files.delete(file);
      }
    }
  }
}
