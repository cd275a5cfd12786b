package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import dev.reveille.proxy.api.DatabaseBodies.CreateBranchRequest;
import dev.reveille.proxy.api.DatabaseBodies.CreateDatabaseRequest;
import dev.reveille.proxy.api.DatabaseBodies.CreatedDatabase;
import dev.reveille.proxy.api.DatabaseBodies.Database;
import dev.reveille.proxy.api.DatabaseBodies.DatabasePage;
import dev.reveille.proxy.api.DatabaseBodies.Done;
import dev.reveille.proxy.api.DatabaseBodies.UpdateDatabaseRequest;
import dev.reveille.proxy.api.DatabaseBodies.UpdatedDatabase;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.CreatedWithAccess;
import dev.reveille.proxy.operations.DatabaseView;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Durations;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.Source;
import dev.reveille.proxy.operations.Ttl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the API does with databases. */
final class DatabaseOperations {
  static final String ALL = "/v1/databases";
  static final String ONE = ALL + "/{database}";

  private final Supplier<Databases> databases;

  DatabaseOperations(Supplier<Databases> databases) {
    this.databases = databases;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(ALL, "listDatabases", "The account's databases, by name")
            .needs(ApiScope.DATABASES_READ)
            .takes(Parameter.LIMIT, Parameter.CURSOR)
            .answers(DatabasePage.class)
            .by(this::list),
        Operation.post(ALL, "createDatabase", "Make a database, empty or a branch", 201)
            .needs(ApiScope.DATABASES_WRITE)
            .takes(CreateDatabaseRequest.class)
            .answers(CreatedDatabase.class)
            .refuses(404)
            .repeatable()
            .by(this::create),
        Operation.get(ONE, "getDatabase", "One database")
            .needs(ApiScope.DATABASES_READ)
            .answers(Database.class)
            .by(call -> Reply.of(body(view(call.caller().requester(), call.database())))),
        Operation.patch(ONE, "updateDatabase", "Rename it, or change how long it lives or idles")
            .needs(ApiScope.DATABASES_WRITE)
            .takes(UpdateDatabaseRequest.class)
            .answers(UpdatedDatabase.class)
            .refuses(409)
            .by(this::update),
        Operation.delete(ONE, "dropDatabase", "Drop it, with its data", 204)
            .needs(ApiScope.DATABASES_WRITE)
            .takes(Parameter.flag("force", "End its sessions first."))
            .refuses(409)
            .by(this::drop),
        Operation.post(ONE + "/branches", "createBranch", "Make a branch of it", 201)
            .needs(ApiScope.DATABASES_WRITE)
            .takes(CreateBranchRequest.class)
            .answers(CreatedDatabase.class)
            .repeatable()
            .by(this::branch),
        Operation.post(ONE + "/suspend", "suspendDatabase", "Stop its compute", 200)
            .needs(ApiScope.DATABASES_WRITE)
            .answers(Done.class)
            .refuses(409, 422)
            .by(call -> Reply.of(new Done(
                databases.get().suspend(call.caller().requester(), call.database())))),
        Operation.post(ONE + "/wake", "wakeDatabase", "Start its compute", 200)
            .needs(ApiScope.DATABASES_WRITE)
            .answers(Done.class)
            .refuses(409)
            .by(call -> Reply.of(
                new Done(databases.get().wake(call.caller().requester(), call.database())))));
  }

  private Reply list(Call call) {
    var part = Cursor.part(databases.get().list(call.caller().requester()), DatabaseView::name,
        call.cursor(), call.limit());
    return Reply.of(new DatabasePage(part.items().stream().map(DatabaseOperations::body).toList(),
        part.next().orElse(null)));
  }

  private Reply create(Call call) {
    CreateDatabaseRequest request = call.body(CreateDatabaseRequest.class);
    Optional<Source> source = Optional.ofNullable(request.source())
        .map(given -> new Source(given.database(), Optional.ofNullable(given.checkpoint())));
    return create(call, request.name(), source, request.ttl(), request.suspendAfter());
  }

  private Reply branch(Call call) {
    CreateBranchRequest request = call.body(CreateBranchRequest.class);
    Source source = new Source(call.database(), Optional.ofNullable(request.checkpoint()));
    return create(call, request.name(), Optional.of(source), request.ttl(),
        request.suspendAfter());
  }

  private Reply create(Call call, String name, Optional<Source> source, @Nullable String ttl,
      @Nullable String suspendAfter) {
    CreatedWithAccess made = databases.get()
        .createWithAccess(call.caller().requester(), new CreateDatabase(name, source,
            Optional.ofNullable(ttl).map(Ttl::parse),
            Optional.ofNullable(suspendAfter)
                .map(text -> Durations.require("suspend_after", text))));
    return Reply.made(new CreatedDatabase(body(made.created().database()), made.connectionString(),
        made.created().notices()), ALL + "/" + Texts.inUrl(name));
  }

  /** What can be refused for its value goes first, and the name, by which it is found, last. */
  private Reply update(Call call) {
    UpdateDatabaseRequest request = call.body(UpdateDatabaseRequest.class);
    Requester who = call.caller().requester();
    Map<String, String> settings = new LinkedHashMap<>();
    if (request.ttl() != null) {
      settings.put("ttl", request.ttl());
    }
    if (request.suspendAfter() != null) {
      settings.put("suspend_after", request.suspendAfter());
    }
    List<String> notices = new ArrayList<>();
    if (!settings.isEmpty()) {
      notices.addAll(databases.get().alter(who, call.database(), settings));
    }
    String name = request.name() == null ? call.database() : request.name();
    if (!name.equals(call.database())) {
      databases.get().rename(who, call.database(), name);
    }
    return Reply.of(new UpdatedDatabase(body(view(who, name)), notices));
  }

  private Reply drop(Call call) {
    databases.get().drop(call.caller().requester(), call.database(), false, call.flag("force"));
    return Reply.nothing();
  }

  private DatabaseView view(Requester who, String name) {
    return view(databases.get(), who, name);
  }

  static DatabaseView view(Databases databases, Requester who, String name) {
    return databases.list(who)
        .stream()
        .filter(database -> database.name().equals(name))
        .findFirst()
        .orElseThrow(() -> ProblemException.of(404, "Not Found",
            "database \"" + name + "\" does not exist", "3D000",
            "See which there are with GET /v1/databases."));
  }

  static Database body(DatabaseView view) {
    return new Database(view.name(), view.id(), view.state(), view.sessions(), view.cell(),
        view.created(), view.expires().orElse(null), Texts.of(view.suspendAfter()),
        view.parent()
            .map(parent -> parent + view.checkpoint().map(name -> "@" + name).orElse(""))
            .orElse(null),
        view.used().orElse(null));
  }
}
