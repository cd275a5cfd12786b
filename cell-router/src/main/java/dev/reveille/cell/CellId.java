package dev.reveille.cell;

import java.util.regex.Pattern;

/** Names a cell: 1 to 63 of {@code a-z 0-9 -}, not starting with a dash, so that it can be a path. */
public record CellId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  public CellId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a cell's name is 1 to 63 of a-z, 0-9 and '-', not starting with '-'");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
