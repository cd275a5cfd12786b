package dev.reveille.proxy.session;

import dev.reveille.auth.OauthBearer;
import dev.reveille.auth.ScramRefusal;
import dev.reveille.auth.TokenRefusal;
import dev.reveille.auth.TokenStep;
import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.PasswordWanted;
import dev.reveille.proxy.session.SessionEvent.ProofAccepted;
import dev.reveille.proxy.session.SessionEvent.ProofContinued;
import dev.reveille.proxy.session.SessionEvent.ProofDenied;
import dev.reveille.proxy.session.SessionEvent.ProofOpened;
import dev.reveille.proxy.session.SessionEvent.ProofRefused;
import dev.reveille.proxy.session.SessionEvent.ProofShown;
import dev.reveille.proxy.token.TokenCredential;
import dev.reveille.wire.ProofMessage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token as the password, or by OAUTHBEARER. It is verified before anything is looked up; the login
 * names the template, and what the token's claims leave of it is the credential of the session. The
 * token itself is kept by nobody.
 */
final class TokenProof implements OtherProof {
  private static final String HINT = "Ask for a new token.";

  private final SessionDriver driver;
  private final String user;
  private final ProofDemand.Token demand;
  private boolean answered;
  private @Nullable SessionFailure denial;
  private TokenStep.@Nullable Proven token;

  TokenProof(SessionDriver driver, String user, ProofDemand.Token demand) {
    this.driver = driver;
    this.user = user;
    this.demand = demand;
  }

  @Override
  public void open() {
    driver.handle(demand.challenge().isPresent()
        ? new ProofOpened(List.of(OauthBearer.MECHANISM))
        : new PasswordWanted());
  }

  @Override
  public void check(ProofMessage message) {
    if (message instanceof ProofMessage.SaslResponse(var data) && denial != null) {
      var told = denial;
      denial = null;
      driver.handle(new ProofDenied(OauthBearer.acknowledges(data)
          ? told
          : new SessionFailure.Malformed("malformed OAUTHBEARER message")));
      return;
    }
    if (answered) {
      driver.handle(new Broken(new SessionFailure.Malformed("message out of order")));
      return;
    }
    answered = true;
    switch (message) {
      case ProofMessage.Password(var text) -> verify(text);
      case ProofMessage.SaslInitialResponse(var mechanism, var data) ->
        bearer(OauthBearer.first(mechanism, data));
      case ProofMessage.SaslResponse _ ->
        driver.handle(new Broken(new SessionFailure.Malformed("message out of order")));
    }
  }

  private void bearer(OauthBearer.First first) {
    switch (first) {
      case OauthBearer.Token(var text) -> verify(text);
      case OauthBearer.Discovery _ -> deny(unproven(false));
      case OauthBearer.Malformed(var sqlState, var what, var detail) -> driver.handle(
          new ProofDenied(new SessionFailure.Malformed(sqlState,
              detail.isEmpty() ? what : what + ": " + detail)));
    }
  }

  private void verify(String text) {
    demand.verifier()
        .verify(text, user)
        .whenComplete((step, failure) -> driver.onLoop(
            () -> verified(failure == null ? step : new TokenStep.Unavailable())));
  }

  private void verified(TokenStep step) {
    switch (step) {
      case TokenStep.Proven proven -> {
        token = proven;
        driver.handle(new ProofShown());
      }
      // Looked up all the same: whether the login is one of an issuer's is nobody's business.
      case TokenStep.Refused(var reason) when reason == TokenRefusal.OTHER_LOGIN ->
        driver.handle(new ProofShown());
      case TokenStep.Refused(var reason) ->
        deny(reason.signed() ? notAccepted(reason.detail()) : unproven(true));
      case TokenStep.Unavailable _ -> deny(SessionFailure.Fixed.ISSUER_UNREACHABLE);
    }
  }

  /** A failure of OAUTHBEARER is told twice: first in its own words, which the client confirms. */
  private void deny(SessionFailure failure) {
    if (demand.challenge().isPresent()) {
      denial = failure;
      driver.handle(new ProofContinued(demand.challenge().get()));
    } else {
      driver.handle(new ProofDenied(failure));
    }
  }

  @Override
  public void judge(Optional<Credential> template) {
    var shown = token;
    if (shown == null || template.isEmpty()) {
      driver.handle(new ProofRefused(ScramRefusal.WRONG_SECRET,
          !driver.rooms().directory().catalogReachable()));
      return;
    }
    if (template.get().channelBindingRequired()) {
      driver.handle(new ProofDenied(
          notAccepted("Credential \"" + user + "\" requires channel binding.")));
      return;
    }
    TokenCredential.of(shown, template.get(), driver.rooms().directory())
        .whenComplete((claims, failure) -> driver.onLoop(
            () -> understood(failure == null ? claims : null, template.get())));
  }

  private void understood(TokenCredential.@Nullable Claims claims, Credential template) {
    switch (claims) {
      case null -> driver.handle(new ProofDenied(SessionFailure.Fixed.CATALOG_UNREACHABLE));
      case TokenCredential.Unknown(var detail) ->
        driver.handle(new ProofDenied(notAccepted(detail)));
      case TokenCredential.Understood(var credential) -> {
        driver.follow(credential, template.id());
        driver.handle(new ProofAccepted(credential.from(template),
            driver.rooms().clock().instant()));
      }
    }
  }

  /** The words of PostgreSQL (auth_failed in libpq/auth.c). */
  private SessionFailure unproven(boolean guess) {
    return demand.challenge().isPresent()
        ? new SessionFailure.NotAccepted(
            "OAuth bearer authentication failed for user \"" + user + "\"", Optional.empty(), HINT,
            guess)
        : new SessionFailure.Unproven(user);
  }

  private static SessionFailure notAccepted(String detail) {
    return new SessionFailure.NotAccepted("the token is not accepted", Optional.of(detail), HINT,
        false);
  }
}
