package dev.reveille.proxy.operations;

import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.util.Optional;

/**
 * What a branch is made from: a database as it is now, or one of its checkpoints.
 *
 * @param checkpoint empty for now
 */
public record Source(String database, Optional<String> checkpoint) {

  /** {@code m} or {@code m@checkpoint}: what follows the last {@code @} names the checkpoint. */
  public static Source parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return new Source(text, Optional.empty());
    }
    if (at == 0 || at == text.length() - 1) {
      throw new OperationFailure(Kind.INVALID, "42602",
          "a source is a database, or database@checkpoint; not \"" + text + "\"", "", "");
    }
    return new Source(text.substring(0, at), Optional.of(text.substring(at + 1)));
  }

  @Override
  public String toString() {
    return database + checkpoint.map(name -> "@" + name).orElse("");
  }
}
