package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import dev.reveille.proxy.api.CredentialBodies.CreateCredentialRequest;
import dev.reveille.proxy.api.CredentialBodies.CredentialPage;
import dev.reveille.proxy.api.CredentialBodies.NarrowCredentialRequest;
import dev.reveille.proxy.api.CredentialBodies.NarrowInPlaceRequest;
import dev.reveille.proxy.api.CredentialBodies.RotateCredentialRequest;
import dev.reveille.proxy.operations.CredentialView;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.RequestJson;
import java.util.List;
import java.util.function.Supplier;

/** What the API does with credentials. */
final class CredentialOperations {
  private static final String ALL = "/v1/credentials";
  private static final String ONE = ALL + "/{credential}";

  private final Supplier<Credentials> credentials;

  CredentialOperations(Supplier<Credentials> credentials) {
    this.credentials = credentials;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(ALL, "listCredentials", "The account's credentials, by name")
            .needs(ApiScope.CREDENTIALS_READ)
            .takes(Parameter.LIMIT, Parameter.CURSOR)
            .answers(CredentialPage.class)
            .by(this::list),
        Operation.post(ALL, "createCredential", "Make a credential; its secret is shown once", 201)
            .needs(ApiScope.CREDENTIALS_WRITE)
            .takes(CreateCredentialRequest.class)
            .answers(CredentialView.class)
            .refuses(404)
            .repeatable()
            .by(this::create),
        Operation.get(ONE, "getCredential", "One credential, without its secret")
            .needs(ApiScope.CREDENTIALS_READ)
            .answers(CredentialView.class)
            .by(call -> Reply.of(
                credentials.get().show(call.caller().requester(), call.path("credential")))),
        Operation.delete(ONE, "revokeCredential",
            "End it for good, with all that were narrowed from it", 204)
            .needs(ApiScope.CREDENTIALS_WRITE)
            .by(this::revoke),
        Operation.patch(ONE, "narrowCredentialInPlace",
            "Let it, and all that were narrowed from it, do less from now on")
            .needs(ApiScope.CREDENTIALS_WRITE)
            .takes(NarrowInPlaceRequest.class)
            .answers(CredentialView.class)
            .by(this::narrowInPlace),
        Operation.post(ONE + "/narrow", "narrowCredential",
            "Make a credential that may do a part of what it may; its secret is shown once", 201)
            .needs(ApiScope.CREDENTIALS_WRITE)
            .takes(NarrowCredentialRequest.class)
            .answers(CredentialView.class)
            .repeatable()
            .by(this::narrow),
        Operation.post(ONE + "/rotate", "rotateCredential",
            "Give it a fresh secret, which is shown once", 200)
            .needs(ApiScope.CREDENTIALS_WRITE)
            .takes(RotateCredentialRequest.class)
            .answers(CredentialView.class)
            .repeatable()
            .by(this::rotate));
  }

  private Reply list(Call call) {
    var part = Cursor.part(credentials.get().list(call.caller().requester()), CredentialView::name,
        call.cursor(), call.limit());
    return Reply.of(new CredentialPage(part.items(), part.next().orElse(null)));
  }

  private Reply create(Call call) {
    CredentialView made = credentials.get()
        .create(call.caller().requester(), RequestJson.credential(call.body().toString()));
    return made(made);
  }

  private Reply narrow(Call call) {
    return made(credentials.get()
        .narrow(call.caller().requester(), call.path("credential"),
            RequestJson.credential(call.body().toString())));
  }

  private static Reply made(CredentialView made) {
    return Reply.made(made, ALL + "/" + Texts.inUrl(made.name()));
  }

  private Reply narrowInPlace(Call call) {
    return Reply.of(credentials.get()
        .narrowInPlace(call.caller().requester(), call.path("credential"),
            RequestJson.scope(call.body().toString())));
  }

  private Reply rotate(Call call) {
    boolean dropOld = Boolean.TRUE.equals(call.body(RotateCredentialRequest.class).dropOld());
    return Reply.of(credentials.get()
        .rotate(call.caller().requester(), call.path("credential"), dropOld));
  }

  private Reply revoke(Call call) {
    var _ = credentials.get().revoke(call.caller().requester(), call.path("credential"));
    return Reply.nothing();
  }
}
