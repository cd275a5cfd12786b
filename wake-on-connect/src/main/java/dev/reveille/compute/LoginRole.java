package dev.reveille.compute;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;

/**
 * The role on a compute that one credential becomes.
 *
 * @param objects what of the database it reaches
 * @param version grows when the credential's scope changes, so that the role is made to match again
 * @param connectionLimit for this role; zero or less means that the compute's own limit is the only
 * one
 */
public record LoginRole(String name, Mode mode, ObjectScope objects, long version,
    int connectionLimit) {
  public LoginRole {
    if (!name.matches("[a-z0-9_]{1,63}")) {
      throw new IllegalArgumentException("not a credential's name: " + name);
    }
    if (name.startsWith("pg_") || name.startsWith("reveille_")) {
      throw new IllegalArgumentException("a reserved role name: " + name);
    }
  }
}
