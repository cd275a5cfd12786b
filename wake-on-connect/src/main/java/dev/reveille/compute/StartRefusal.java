package dev.reveille.compute;

import java.time.Instant;

/** Why there was no leave for a start. Whoever gave the {@link StartPermit} knows how to say it. */
public interface StartRefusal {
  /** When there may be leave again. */
  Instant again();

  /** Of a limit that the asker knows. */
  record Until(Instant again) implements StartRefusal {}
}
