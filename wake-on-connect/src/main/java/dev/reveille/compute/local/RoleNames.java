package dev.reveille.compute.local;

/** The names that every local storage has (design: "Credentials on the compute"). */
public final class RoleNames {
  /** The superuser that initialised the storage; only the proxy logs in as it. */
  public static final String ADMIN = "reveille_admin";
  /** Owns the database and everything in it. Cannot log in. */
  public static final String OWNER = "reveille_owner";
  /** Every credential's role is in it. Cannot log in. */
  public static final String AGENTS = "reveille_agents";
  /** Whoever may read every table; a function that readers may call is granted to it. */
  public static final String READERS = "reveille_readers";
  /** Whoever may write every table, and so reads as well. */
  public static final String WRITERS = "reveille_writers";
  /** The database of a prepared storage. */
  public static final String UNNAMED = "reveille_unnamed";
  /** Where administrative connections go; closed to everyone else. */
  static final String ADMIN_DATABASE = "postgres";

  private RoleNames() {
  }
}
