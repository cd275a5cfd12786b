package dev.reveille.cell.manifest;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Lifetime;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.cell.Scope;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.catalog.JsonColumns;
import dev.reveille.cell.catalog.ScopeJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of a manifest: {@code {"format": 2, "sha256": …, "content": {…}}}. The digest is over
 * the content written without white space, so that a bit that has flipped in a verifier is noticed, and
 * a file that has been formatted is not refused.
 */
final class ManifestFormat {
  private static final int FORMAT = 2;
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Why a file is not a manifest that can be read; never quotes the file. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message, null, false, false);
    }
  }

  private ManifestFormat() {
  }

  static byte[] write(CellManifest manifest) {
    ObjectNode content = JSON.createObjectNode()
        .put("cell", manifest.cell().value())
        .put("confirmed_at", manifest.confirmedAt().toString());
    ArrayNode databases = content.putArray("databases");
    manifest.databases().forEach(route -> databases.add(write(route)));
    ArrayNode credentials = content.putArray("credentials");
    manifest.credentials().forEach(credential -> credentials.add(write(credential)));
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT).put("sha256", digest(content));
    root.set("content", content);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  static CellManifest read(byte[] bytes) throws UnreadableException {
    try {
      JsonNode root = JSON.readTree(bytes);
      int format = root.path("format").asInt(0);
      if (format > FORMAT) {
        throw new UnreadableException("has format " + format + "; this version reads " + FORMAT);
      }
      JsonNode content = root.path("content");
      if (format < FORMAT || !content.isObject()) {
        throw new UnreadableException("is not a manifest");
      }
      if (!digest(content).equals(root.path("sha256").asString(""))) {
        throw new UnreadableException("does not match its digest");
      }
      List<Route> databases = new ArrayList<>();
      for (JsonNode database : content.path("databases")) {
        databases.add(readRoute(database));
      }
      List<Credential> credentials = new ArrayList<>();
      for (JsonNode credential : content.path("credentials")) {
        credentials.add(readCredential(credential));
      }
      return new CellManifest(new CellId(text(content, "cell")),
          Instant.parse(text(content, "confirmed_at")), databases, credentials);
    } catch (JacksonException e) {
      throw new UnreadableException("is not whole JSON");
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException
        | CatalogException e) {
      throw new UnreadableException("has a value that is not valid");
    }
  }

  private static ObjectNode write(Route route) {
    ObjectNode node = JSON.createObjectNode()
        .put("id", route.database().toString())
        .put("account", route.account().toString())
        .put("name", route.name())
        .put("cell", route.homeCell().value())
        .put("storage", route.storage().toString())
        .put("version", route.version())
        .put("archived", route.lifetime().archived());
    route.lifetime().expiresAt().ifPresent(end -> node.put("expires_at", end.toString()));
    node.set("settings", JsonColumns.settings(route.settings()));
    return node;
  }

  private static Route readRoute(JsonNode node) {
    return new Route(DatabaseId.parse(text(node, "id")), AccountId.parse(text(node, "account")),
        text(node, "name"), new CellId(text(node, "cell")), StorageId.parse(text(node, "storage")),
        JsonColumns.settings(node.path("settings")), readLifetime(node),
        node.path("version").asLong());
  }

  private static Lifetime readLifetime(JsonNode node) {
    return new Lifetime(
        node.has("expires_at")
            ? Optional.of(Instant.parse(text(node, "expires_at")))
            : Optional.empty(),
        node.path("archived").asBoolean(false));
  }

  private static ObjectNode write(Credential credential) {
    ObjectNode node = JSON.createObjectNode()
        .put("id", credential.id().toString())
        .put("name", credential.name())
        .put("account", credential.account().toString())
        .put("kind", credential.kind().word())
        .put("mode", credential.mode().word());
    ArrayNode verifiers = node.putArray("verifiers");
    credential.verifiers().forEach(verifiers::add);
    if (credential.databases() instanceof DatabaseScope.Only only) {
      ArrayNode databases = node.putArray("databases");
      only.databases().forEach(database -> databases.add(database.toString()));
    } else {
      node.put("databases", "all");
    }
    credential.parent().ifPresent(parent -> node.put("parent", parent.toString()));
    node.set("scope", ScopeJson.write(credential.scope()));
    return node.put("not_before", credential.notBefore().toString())
        .put("expires_at", credential.expiresAt().toString())
        .put("revoked", credential.revoked())
        .put("channel_binding_required", credential.channelBindingRequired())
        .put("version", credential.version());
  }

  private static Credential readCredential(JsonNode node) {
    List<String> verifiers = new ArrayList<>();
    node.path("verifiers").forEach(verifier -> verifiers.add(verifier.asString()));
    CredentialKind kind = CredentialKind.ofWord(text(node, "kind"));
    Scope scope = ScopeJson.read(node.path("scope"), kind, readScope(node.path("databases")),
        Mode.ofWord(text(node, "mode")), Instant.parse(text(node, "not_before")),
        Instant.parse(text(node, "expires_at")),
        node.path("channel_binding_required").asBoolean(true));
    return new Credential(CredentialId.parse(text(node, "id")), text(node, "name"),
        AccountId.parse(text(node, "account")),
        node.has("parent")
            ? Optional.of(CredentialId.parse(text(node, "parent")))
            : Optional.empty(),
        kind, verifiers, scope, node.path("revoked").asBoolean(true),
        node.path("version").asLong());
  }

  /** Anything but the word "all" or a list is refused: a scope never widens by accident. */
  private static DatabaseScope readScope(JsonNode node) {
    if (node.isString() && node.asString().equals("all")) {
      return new DatabaseScope.All();
    }
    if (!node.isArray()) {
      throw new IllegalArgumentException("scope");
    }
    Set<DatabaseId> only = new LinkedHashSet<>();
    node.forEach(database -> only.add(DatabaseId.parse(database.asString())));
    return new DatabaseScope.Only(only);
  }

  private static String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isString()) {
      throw new IllegalArgumentException(key);
    }
    return value.asString();
  }

  private static String digest(JsonNode content) {
    try {
      byte[] bytes = JSON.writeValueAsBytes(content);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
