package dev.reveille.proxy.operations;

/** A database that was made, and the one chance to tell what to connect with. */
public record CreatedWithAccess(Created created, String connectionString) {
  @Override
  public String toString() {
    return "CreatedWithAccess[created=" + created + "]";
  }
}
