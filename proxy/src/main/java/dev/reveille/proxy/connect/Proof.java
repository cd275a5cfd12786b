package dev.reveille.proxy.connect;

import dev.reveille.auth.Md5Password;
import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.compute.Login;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.FrontendMessages;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's side of proving itself to a compute: one method for each thing that a compute may ask. One for each login,
 * confined to one thread at a time. {@link LoginFailedException} says why a demand cannot be met.
 */
final class Proof {
  private final Login login;
  private final boolean cleartextAllowed;
  private final Optional<byte[]> tlsServerEndPoint;
  private final RandomGenerator random;
  private @Nullable ScramClient scram;
  private boolean scramVerified;

  Proof(Login login, boolean cleartextAllowed, Optional<byte[]> tlsServerEndPoint,
      RandomGenerator random) {
    this.login = login;
    this.cleartextAllowed = cleartextAllowed;
    this.tlsServerEndPoint = tlsServerEndPoint;
    this.random = random;
  }

  /** AuthenticationCleartextPassword. */
  void cleartext(ByteBuf out) {
    if (!cleartextAllowed) {
      throw new LoginFailedException(
          "the compute asks for a password in the clear, over plaintext");
    }
    FrontendMessages.password(out, secret().reveal());
  }

  /** AuthenticationMD5Password. */
  void md5(BackendMessage.AuthenticationMd5 asked, ByteBuf out) {
    FrontendMessages.password(out, Md5Password.response(login.role(), secret(), asked.salt()));
  }

  /** AuthenticationSASL. */
  void sasl(BackendMessage.AuthenticationSasl offered, ByteBuf out) {
    if (scram != null) {
      throw new LoginFailedException("the compute began SASL twice");
    }
    scram = ScramClient.choose(offered.mechanisms(), secret(), tlsServerEndPoint, random);
    FrontendMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst());
  }

  /** AuthenticationSASLContinue. Takes milliseconds: not for an event loop. */
  byte[] saslContinue(BackendMessage.AuthenticationSaslContinue first) {
    return scram().clientFinal(first.data());
  }

  /** AuthenticationSASLFinal: the compute proves itself too. */
  void saslFinal(BackendMessage.AuthenticationSaslFinal last) {
    scram().verify(last.data());
    scramVerified = true;
  }

  /** AuthenticationOk. A compute that skips its own half of SCRAM is none that knows the secret. */
  void ok() {
    if (scram != null && !scramVerified) {
      throw new LoginFailedException(
          "the compute accepted without proving that it knows the secret");
    }
  }

  private ScramClient scram() {
    if (scram == null) {
      throw new LoginFailedException("the compute went on with a SASL exchange that was not begun");
    }
    return scram;
  }

  private Secret secret() {
    return login.secretText()
        .filter(text -> !text.isEmpty())
        .map(Secret::ofText)
        .orElseThrow(() -> new LoginFailedException(
            "the compute asks for a password and the login has none"));
  }
}
