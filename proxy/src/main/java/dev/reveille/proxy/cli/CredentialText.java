package dev.reveille.proxy.cli;

import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How credentials are printed for people. */
final class CredentialText {
  private CredentialText() {
  }

  /** The connection string alone, or everything as JSON. */
  static void printMade(JsonNode made, boolean json) {
    System.out
        .println(json ? made.toPrettyString() : made.path("connection_string").asString());
  }

  static String table(JsonNode credentials) {
    Table table = new Table("NAME", "FOR", "STATE", "MODE", "DATABASES", "EXPIRES", "PARENT");
    for (JsonNode credential : credentials) {
      table.row(credential.path("name").asString(), credential.path("for").asString(),
          credential.path("state").asString(), credential.path("mode").asString(),
          databases(credential), credential.path("expires_at").asString(),
          credential.path("parent").asString("-"));
    }
    return table.text();
  }

  static String all(JsonNode credential) {
    Table table = new Table("name", credential.path("name").asString());
    table.row("id", credential.path("id").asString());
    table.row("for", credential.path("for").asString());
    table.row("state", credential.path("state").asString());
    table.row("parent", credential.path("parent").asString("-"));
    table.row("children", listed(credential.path("children"), "-"));
    table.row("mode", credential.path("mode").asString());
    table.row("databases", databases(credential));
    boolean everything = credential.path("schemas").isMissingNode();
    table.row("schemas", everything ? "all" : listed(credential.path("schemas"), "-"));
    table.row("tables", everything ? "all" : listed(credential.path("tables"), "-"));
    table.row("not before", credential.path("not_before").asString());
    table.row("expires at", credential.path("expires_at").asString());
    table.row("addresses", listed(credential.path("addresses"), "none"));
    table.row("allowed", listed(credential.path("allowed"), "nothing besides statements"));
    table.row("channel binding",
        credential.path("require_channel_binding").asBoolean() ? "required" : "not required");
    table.row("checkpoint before", credential.path("checkpoint_before").asString());
    table.row("secrets", credential.path("secrets").asString());
    for (var limit : credential.path("limits").properties()) {
      table.row(limit.getKey().replace('_', ' '), limit.getValue().asString());
    }
    return table.text();
  }

  private static String databases(JsonNode credential) {
    return credential.path("all_databases").asBoolean()
        ? "all"
        : listed(credential.path("databases"), "none");
  }

  private static String listed(JsonNode values, String otherwise) {
    return values.isEmpty()
        ? otherwise
        : values.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
  }
}
