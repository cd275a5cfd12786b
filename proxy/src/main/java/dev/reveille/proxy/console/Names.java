package dev.reveille.proxy.console;

/** Names as a client has to write them. */
final class Names {
  private Names() {
  }

  /** In quotes where it needs them. */
  static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") && Keywords.canBeName(name)
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }
}
