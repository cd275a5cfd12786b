package dev.reveille.chaos.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks for texts in bytes, wherever they are: each is told with the places where it was found. */
final class Search {
  private static final int PIECE = 1 << 20;

  private final Map<String, byte[]> wanted = new TreeMap<>();
  private final Map<String, List<String>> found = new TreeMap<>();

  /** Looks for {@code text} from now on, and tells of it as {@code name}. */
  Search wanting(String name, String text) {
    wanted.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  void in(String place, String text) {
    in(place, text.getBytes(StandardCharsets.UTF_8));
  }

  void in(String place, byte[] bytes) {
    wanted.forEach((name, text) -> {
      if (indexOf(bytes, bytes.length, text)) {
        found.computeIfAbsent(name, any -> new ArrayList<>()).add(place);
      }
    });
  }

  /** Every regular file below a directory; what goes away meanwhile is not there. */
  void below(Path root) throws IOException {
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        if (attributes.isRegularFile()) {
          file(file);
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** Piece by piece, each beginning with the end of the one before. */
  void file(Path file) throws IOException {
    int longest = wanted.values().stream().mapToInt(text -> text.length).max().orElse(1);
    byte[] piece = new byte[PIECE + longest];
    int kept = 0;
    try (var in = Files.newInputStream(file)) {
      for (int read = in.readNBytes(piece, 0, PIECE); read > 0;) {
        int length = kept + read;
        for (var text : wanted.entrySet()) {
          List<String> places = found.getOrDefault(text.getKey(), List.of());
          if (!places.contains(file.toString()) && indexOf(piece, length, text.getValue())) {
            found.computeIfAbsent(text.getKey(), any -> new ArrayList<>()).add(file.toString());
          }
        }
        kept = Math.min(longest, length);
        System.arraycopy(piece, length - kept, piece, 0, kept);
        read = in.readNBytes(piece, kept, PIECE);
      }
    } catch (NoSuchFileException e) {
      // it was a temporary one
    }
  }

  /** Where the text of that name was found. */
  List<String> places(String name) {
    return found.getOrDefault(name, List.of());
  }

  /** Horspool's algorithm: what does not end like the text is skipped whole. */
  private static boolean indexOf(byte[] bytes, int length, byte[] text) {
    int[] skip = new int[256];
    Arrays.fill(skip, text.length);
    for (int i = 0; i < text.length - 1; i++) {
      skip[text[i] & 0xff] = text.length - 1 - i;
    }
    for (int at = 0; at + text.length <= length;) {
      if (Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
        return true;
      }
      at += skip[bytes[at + text.length - 1] & 0xff];
    }
    return false;
  }
}
