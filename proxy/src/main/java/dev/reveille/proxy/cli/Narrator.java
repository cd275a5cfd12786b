package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.app.Progress;
import java.io.PrintStream;
import java.util.List;

/**
 * Tells a person how the start goes. A detached process tells it to the one that started it, through
 * its standard output, whose last line is {@link #SERVING}.
 */
final class Narrator implements Progress {
  /** The line that says that the process serves. */
  static final String SERVING = "\u0006 serving";

  private final boolean detached;
  private final PrintStream out;

  Narrator(boolean detached) {
    this.detached = detached;
    this.out = detached ? System.out : System.err;
  }

  @Override
  public void step(String what) {
    out.println(what);
  }

  void serving(List<String> listeners, String http, Home home) {
    out.println(
        "serving clients on " + String.join(", ", listeners) + "; health and metrics on http://"
            + http);
    String option = home.equals(Home.choose(null, System.getenv()))
        ? ""
        : " --home " + home.root();
    out.println(
        """

            Next:
              psql "$(./reveille create shop%1$s)"     a new database, from a connection string
              ./reveille demo%1$s                      put one to sleep, connect, see where the time goes
              ./reveille status%1$s                    what is running\
            """
            .formatted(option));
    if (detached) {
      out.println(SERVING);
    }
    out.flush();
  }
}
