package dev.reveille.cell.manifest;

import org.jspecify.annotations.Nullable;

/** A cell's manifest cannot be read. The message names the file and what to do, and no contents. */
public final class ManifestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ManifestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
