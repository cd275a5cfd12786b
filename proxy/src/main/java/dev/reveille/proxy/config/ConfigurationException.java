package dev.reveille.proxy.config;

import java.util.List;

/** The configuration cannot be used. Carries every problem found, each a line to show as it is. */
public final class ConfigurationException extends Exception {
  private final List<String> problems;

  ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
