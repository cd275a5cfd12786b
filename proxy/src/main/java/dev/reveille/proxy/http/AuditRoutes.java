package dev.reveille.proxy.http;

import dev.reveille.cell.CatalogException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the audit, with the control token that {@link ControlRoutes} asks for. */
public final class AuditRoutes implements Consumer<JavalinConfig> {
  private static final long DAY = 86_400;
  private static final int MOST = 10_000;

  /** What is read, newest first. Blocks. */
  @FunctionalInterface
  public interface Reader {
    List<Map<String, Object>> read(Optional<String> credential, Duration within, int limit);
  }

  private final Reader reader;

  public AuditRoutes(Reader reader) {
    this.reader = reader;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get("/control/v1/audit", context -> {
      try {
        HttpListener.json(context, 200,
            reader.read(Optional.ofNullable(context.queryParam("credential")),
                Duration.ofSeconds(number(context, "seconds", DAY)),
                (int) Math.min(MOST, number(context, "limit", MOST))));
      } catch (CatalogException e) {
        HttpListener.json(context, 503,
            new Failure("unavailable", String.valueOf(e.getMessage()), "The file has it all."));
      } catch (NumberFormatException e) {
        HttpListener.json(context, 400,
            new Failure("invalid", "seconds and limit are whole numbers", ""));
      }
    });
  }

  private static long number(Context context, String name, long otherwise) {
    String given = context.queryParam(name);
    return given == null ? otherwise : Math.max(1, Integer.parseInt(given));
  }
}
