package dev.reveille.compute;

import java.util.Locale;
import java.util.Set;

/**
 * Settings by which a session would become somebody else or load code before its first statement.
 * They are what the proxy says they are: neither a startup packet nor what a role has stored for
 * itself decides. Everything else that a user may set, its sessions may set at any time anyway.
 */
public final class Levers {
  /** In lower case (PostgreSQL documentation, "Server Configuration"). */
  public static final Set<String> NAMES = Set.of("role", "session_authorization",
      "session_preload_libraries", "local_preload_libraries", "shared_preload_libraries",
      "dynamic_library_path", "extension_control_path", "jit_provider", "is_superuser",
      "createrole_self_grant", "allow_system_table_mods", "ignore_system_indexes",
      "lo_compat_privileges", "zero_damaged_pages", "ignore_checksum_failure",
      "session_replication_role", "event_triggers");

  private Levers() {
  }

  /** Whether the setting is one of them; its name is compared without regard to case. */
  public static boolean named(String setting) {
    return NAMES.contains(setting.toLowerCase(Locale.ROOT));
  }
}
