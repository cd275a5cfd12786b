package dev.reveille.proxy.config;

import java.util.Map;

/** Writes {@code docs/configuration.md} from the declarations. */
final class ReferencePage {
  private static final String HEAD = """
      # Configuration

      One YAML file: `config.yaml` in the home, or the one named by `--config`. It need not exist.
      An unknown key, a key written twice and a value out of range are errors that name the line.
      Every value can be overridden by an environment variable; `N` counts list items from 0.

      <!-- Generated from Options.java by ReferencePageTest; edit there. -->
      """;

  private ReferencePage() {
  }

  static String text() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Map.Entry<String, String> section : Options.sections().entrySet()) {
      page.append("\n## ")
          .append(section.getKey().replace("[]", ""))
          .append("\n\n")
          .append(section.getValue())
          .append("\n\n")
          .append("| key | default | unit | range | what it does | variable |\n")
          .append("|---|---|---|---|---|---|\n");
      for (Option<?> option : Options.all()) {
        if (option.path().startsWith(section.getKey() + ".")) {
          page.append("| `")
              .append(option.path())
              .append("` | ")
              .append(shown(option))
              .append(" | ")
              .append(option.kind().unit())
              .append(" | ")
              .append(option.kind().range())
              .append(" | ")
              .append(option.about())
              .append(" | `")
              .append(option.variable())
              .append("` |\n");
        }
      }
    }
    return page.toString();
  }

  private static String shown(Option<?> option) {
    String text = option.defaultText();
    if (text == null) {
      return "must be given";
    }
    return text.isEmpty() ? "none" : "`" + text + "`";
  }
}
