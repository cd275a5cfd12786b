package dev.reveille.proxy.operations;

import java.util.List;

/**
 * A database that was made.
 *
 * @param notices what whoever asked should be told, above all until when it lives
 */
public record Created(DatabaseView database, List<String> notices) {
  public Created {
    notices = List.copyOf(notices);
  }
}
