package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.SchemaDiff;
import dev.reveille.proxy.operations.SchemaMerge;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;

/** Comparing and merging schemas, with the control token that {@link ControlRoutes} asks for. */
public final class SchemaRoutes implements Consumer<JavalinConfig> {
  private final Databases databases;
  private final SchemaDiff diff;
  private final SchemaMerge merge;

  public SchemaRoutes(Databases databases, SchemaDiff diff, SchemaMerge merge) {
    this.databases = databases;
    this.diff = diff;
    this.merge = merge;
  }

  /** Over the operations of a process. */
  public static SchemaRoutes of(Databases databases, Credentials credentials) {
    SchemaDiff diff = new SchemaDiff(databases, credentials);
    return new SchemaRoutes(databases, diff, new SchemaMerge(databases, diff, new SecureRandom()));
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.post(ControlRoutes.BASE + "schema/diff",
        context -> HttpListener.json(context, 200, diff.diff(databases.control(),
            required(context, "from"), required(context, "to"))));
    config.routes.post(ControlRoutes.BASE + "schema/merge",
        context -> HttpListener.json(context, 200,
            merge.merge(databases.control(),
                new SchemaMerge.Request(required(context, "branch"), given(context, "into"),
                    given(context, "base"),
                    given(context, "dry_run").map(Boolean::parseBoolean).orElse(false)))));
  }

  private static Optional<String> given(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name));
  }

  private static String required(Context context, String name) {
    return given(context, name).orElseThrow(() -> new OperationFailure(
        OperationFailure.Kind.INVALID, "the parameter " + name + " is missing", ""));
  }
}
