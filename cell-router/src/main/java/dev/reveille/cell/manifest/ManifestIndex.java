package dev.reveille.cell.manifest;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import dev.reveille.cell.directory.LastKnown.Known;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A manifest that can be asked by name. Immutable. */
final class ManifestIndex {
  private record Key(AccountId account, String name) {}

  private final CellManifest manifest;
  private final Map<String, Credential> credentials = new HashMap<>();
  private final Map<Key, Route> routes = new HashMap<>();

  ManifestIndex(CellManifest manifest) {
    this.manifest = manifest;
    manifest.credentials().forEach(credential -> credentials.put(credential.name(), credential));
    manifest.databases()
        .forEach(route -> routes.put(new Key(route.account(), route.name()), route));
  }

  CellManifest manifest() {
    return manifest;
  }

  @Nullable
  Known<Credential> credential(String name) {
    Credential credential = credentials.get(name);
    return credential == null ? null : new Known<>(credential, manifest.confirmedAt());
  }

  @Nullable
  Known<Route> route(AccountId account, String name) {
    Route route = routes.get(new Key(account, name));
    return route == null ? null : new Known<>(route, manifest.confirmedAt());
  }
}
