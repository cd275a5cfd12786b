package dev.reveille.proxy.operations;

import java.util.List;

/**
 * The end of a drop.
 *
 * @param existed false when there was no such database and that was fine
 */
public record Dropped(boolean existed, List<String> notices) {
  public Dropped {
    notices = List.copyOf(notices);
  }
}
