package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256_PLUS;
import static dev.reveille.auth.ScramPrimitives.utf8;
import static dev.reveille.auth.ScramPrimitives.xor;

/**
 * The client's side of one SCRAM-SHA-256 login, with which the proxy logs in to a static compute (RFC 5802, RFC 7677).
 * Confined to one thread, used once. {@link #clientFinal} costs the compute's iterations (1 to 2 ms at 4,096).
 */
public final class ScramClient {
  /** More than this is an attack on the proxy's event loop, not a setting. */
  static final int MAX_ITERATIONS = 1_000_000;

  private final Secret secret;
  private final String mechanism;
  private final String gs2Header;
  private final byte[] binding;
  private final String nonce;
  private final String bare;
  private byte @Nullable [] serverSignature;

  private ScramClient(Secret secret, String mechanism, String flag, byte[] endPoint,
      RandomGenerator random) {
    // Postgres takes the user from the startup packet; libpq leaves it empty here too.
    this(secret, mechanism, flag, endPoint, "", ScramExchange.nonce(random));
  }

  ScramClient(Secret secret, String mechanism, String flag, byte[] endPoint, String user,
      String nonce) {
    this.secret = secret;
    this.mechanism = mechanism;
    this.gs2Header = flag + ",,";
    this.binding = concat(utf8(gs2Header), endPoint);
    this.nonce = nonce;
    this.bare = "n=" + user + ",r=" + nonce;
  }

  /** A login without channel binding. */
  public ScramClient(Secret secret, RandomGenerator random) {
    this(secret, SCRAM_SHA_256, "n", new byte[0], random);
  }

  /**
   * Chooses the strongest mechanism that both sides have, and says so in a way that exposes a downgrade.
   *
   * @param offered mechanisms of AuthenticationSASL
   * @param tlsServerEndPoint hash of the compute's certificate as seen on this connection; empty without TLS
   * @throws ScramFailedException if there is no common mechanism
   */
  public static ScramClient choose(List<String> offered, Secret secret,
      Optional<byte[]> tlsServerEndPoint,
      RandomGenerator random) {
    if (offered.contains(SCRAM_SHA_256_PLUS) && tlsServerEndPoint.isPresent()) {
      return new ScramClient(secret, SCRAM_SHA_256_PLUS, "p=" + ScramMechanism.TLS_SERVER_END_POINT,
          tlsServerEndPoint.get(), random);
    }
    if (!offered.contains(SCRAM_SHA_256)) {
      throw new ScramFailedException("the compute offers no SASL mechanism that is known here");
    }
    return new ScramClient(secret, SCRAM_SHA_256, tlsServerEndPoint.isPresent() ? "y" : "n",
        new byte[0], random);
  }

  /** The mechanism to name in SASLInitialResponse. */
  public String mechanism() {
    return mechanism;
  }

  /** The data of SASLInitialResponse. */
  public byte[] clientFirst() {
    return utf8(gs2Header + bare);
  }

  /**
   * Answers AuthenticationSASLContinue.
   *
   * @throws ScramFailedException if the compute's message is malformed, reuses no nonce of ours or asks for too much
   */
  public byte[] clientFinal(byte[] serverFirst) {
    try {
      ScramText text = ScramText.of(serverFirst);
      String message = text.rest();
      String combined = ScramText.nonce(text.value('r'));
      byte[] salt = ScramText.base64(text.value('s'));
      int iterations = iterations(text.value('i'));
      while (!text.atEnd()) {
        ScramText.ignoreExtension(text.part());
      }
      if (!combined.startsWith(nonce) || combined.length() == nonce.length()) {
        throw new ScramFailedException("the compute's nonce does not extend ours");
      }
      if (salt.length == 0) {
        throw new ScramFailedException("the compute's salt is empty");
      }
      return answer(message, combined, SaltedSecret.of(secret, salt, iterations));
    } catch (ScramRefusedException e) {
      throw new ScramFailedException("the compute's first SCRAM message: " + e.reason().detail());
    }
  }

  private byte[] answer(String serverFirst, String combined, SaltedSecret keys) {
    String withoutProof = "c=" + Base64.getEncoder().encodeToString(binding) + ",r=" + combined;
    byte[] authMessage = utf8(bare + "," + serverFirst + "," + withoutProof);
    byte[] clientSignature = ScramPrimitives.SHA_256.hmac(keys.storedKey(), authMessage);
    byte[] proof = xor(keys.clientKey(), clientSignature);
    serverSignature = ScramPrimitives.SHA_256.hmac(keys.serverKey(), authMessage);
    return utf8(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof));
  }

  /**
   * Checks AuthenticationSASLFinal: only a compute that has our verifier can have sent it.
   *
   * @throws ScramFailedException if the signature is wrong or comes before {@link #clientFinal}
   */
  public void verify(byte[] serverFinal) {
    byte[] expected = serverSignature;
    if (expected == null) {
      throw new ScramFailedException("the compute signed before it was given a proof");
    }
    try {
      ScramText text = ScramText.of(serverFinal);
      byte[] signature = ScramText.base64(text.value('v'));
      if (!text.atEnd() || !MessageDigest.isEqual(signature, expected)) {
        throw new ScramFailedException("the compute does not know the secret's verifier");
      }
    } catch (ScramRefusedException e) {
      throw new ScramFailedException("the compute's last SCRAM message: " + e.reason().detail());
    }
  }

  private static int iterations(String text) {
    if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > MAX_ITERATIONS) {
      throw new ScramFailedException(
          "the compute asks for a number of SCRAM iterations that is refused here");
    }
    return Integer.parseInt(text);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] out = new byte[a.length + b.length];
    System.arraycopy(a, 0, out, 0, a.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
