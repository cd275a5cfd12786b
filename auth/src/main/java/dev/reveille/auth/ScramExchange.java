package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256_PLUS;
import static dev.reveille.auth.ScramPrimitives.utf8;
import static dev.reveille.auth.ScramPrimitives.xor;

/**
 * The server's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677; PostgreSQL documentation, "SASL Authentication").
 * Confined to one thread, used for one login, never blocks: an exchange costs five HMACs.
 *
 * <p>What is guaranteed: what the client sees and the work that is done do not depend on whether the name exists, on
 * how many secrets it has, or on whether it requires channel binding. Up to {@link #judge} nothing of the credential is
 * even known here: the challenge follows from the name ({@link SharedKey#salt}), and whatever is wrong with the form of
 * a message is said before. An unknown name is given a {@link ScramVerifier#doomed} verifier. Two proofs are always
 * checked, and checked to the end. A verifier that was not made with the salt of its name can never be proven.
 *
 * <p>{@code ready -first-> challenged -last-> claimed -judge-> over}; a refusal leads to {@code over} from anywhere.
 */
public final class ScramExchange {
  /** Random bytes in a nonce, as in PostgreSQL ({@code SCRAM_RAW_NONCE_LEN}). */
  private static final int NONCE_BYTES = 18;

  private enum State {
    READY, CHALLENGED, CLAIMED, OVER
  }

  private final byte[] salt;
  private final Optional<byte[]> tlsServerEndPoint;
  private final Supplier<String> nonces;
  private final ScramPrimitives primitives;

  private State state = State.READY;
  private boolean bound;
  private String gs2Header = "";
  private String nonce = "";
  private String firstMessages = "";
  private byte[] authMessage = new byte[0];
  private byte[] proof = new byte[0];

  /**
   * Starts a login that has proved nothing yet.
   *
   * @param salt what follows from the name that the client gave ({@link SharedKey#salt})
   * @param tlsServerEndPoint hash of the certificate that this connection was served
   *          ({@link TlsIdentity#tlsServerEndPoint}); empty in plaintext
   * @param random source of the nonce; in production a {@link java.security.SecureRandom}
   */
  public ScramExchange(byte[] salt, Optional<byte[]> tlsServerEndPoint, RandomGenerator random) {
    this(salt, tlsServerEndPoint, () -> nonce(random), ScramPrimitives.SHA_256);
  }

  ScramExchange(byte[] salt, Optional<byte[]> tlsServerEndPoint, Supplier<String> nonces,
      ScramPrimitives primitives) {
    this.salt = salt.clone();
    this.tlsServerEndPoint = tlsServerEndPoint.map(byte[]::clone);
    this.nonces = nonces;
    this.primitives = primitives;
  }

  /**
   * What to offer in AuthenticationSASL, strongest first. The same for every credential on this connection: leaving
   * out SCRAM-SHA-256 where binding is required would tell a stranger that the name exists.
   */
  public List<String> mechanisms() {
    return tlsServerEndPoint.isPresent()
        ? List.of(SCRAM_SHA_256_PLUS, SCRAM_SHA_256)
        : List.of(SCRAM_SHA_256);
  }

  /** Takes SASLInitialResponse. The user name in it is ignored, as Postgres does: the startup packet counts. */
  public ScramStep first(String mechanism, byte[] clientFirst) {
    return step(State.READY, () -> challenge(mechanism, clientFirst));
  }

  /** Takes SASLResponse. What is wrong with it apart from the proof is refused here. */
  public ScramStep last(byte[] clientFinal) {
    return step(State.CHALLENGED, () -> claim(clientFinal));
  }

  /**
   * Says what the proof is worth.
   *
   * @param candidates one verifier, or the two live ones of a credential whose secret is being rotated
   * @param bindingRequired whether a proof without channel binding is refused, after it was checked
   */
  public ScramStep judge(List<ScramVerifier> candidates, boolean bindingRequired) {
    if (candidates.isEmpty() || candidates.size() > 2) {
      throw new IllegalArgumentException("one or two verifiers, not " + candidates.size());
    }
    return step(State.CLAIMED, () -> verdict(candidates, bindingRequired));
  }

  private interface Step {
    ScramStep take();
  }

  private ScramStep step(State expected, Step step) {
    boolean inOrder = state == expected;
    state = State.OVER;
    try {
      return inOrder ? step.take() : new ScramStep.Refused(ScramRefusal.OUT_OF_ORDER);
    } catch (ScramRefusedException e) {
      return new ScramStep.Refused(e.reason());
    }
  }

  private ScramStep challenge(String mechanism, byte[] clientFirst) {
    if (!mechanisms().contains(mechanism)) {
      return new ScramStep.Refused(ScramRefusal.MECHANISM_NOT_OFFERED);
    }
    bound = mechanism.equals(SCRAM_SHA_256_PLUS);
    ScramText text = ScramText.of(clientFirst);
    String flag = text.part();
    checkFlag(flag);
    if (!text.part().isEmpty()) {
      return new ScramStep.Refused(ScramRefusal.AUTHORIZATION_IDENTITY);
    }
    String bare = text.rest();
    gs2Header = flag + ",,";
    text.value('n');
    String clientNonce = ScramText.nonce(text.value('r'));
    while (!text.atEnd()) {
      ScramText.ignoreExtension(text.part());
    }

    nonce = clientNonce + nonces.get();
    String serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i="
        + ScramVerifier.ITERATIONS;
    firstMessages = bare + "," + serverFirst + ",";
    state = State.CHALLENGED;
    return new ScramStep.Continue(utf8(serverFirst));
  }

  /** RFC 5802 section 6: n = no binding, y = would bind but sees no PLUS, p = binds. */
  private void checkFlag(String flag) {
    if (flag.startsWith("p=")) {
      refuseIf(!bound, ScramRefusal.BINDING_FLAG_UNEXPECTED);
      refuseIf(!flag.substring(2).equals(ScramMechanism.TLS_SERVER_END_POINT),
          ScramRefusal.UNKNOWN_BINDING_TYPE);
    } else {
      refuseIf(!flag.equals("n") && !flag.equals("y"), ScramRefusal.BAD_GS2_HEADER);
      refuseIf(bound, ScramRefusal.BINDING_FLAG_MISSING);
      refuseIf(flag.equals("y") && tlsServerEndPoint.isPresent(), ScramRefusal.DOWNGRADE);
    }
  }

  private ScramStep claim(byte[] clientFinal) {
    ScramText text = ScramText.of(clientFinal);
    byte[] binding = ScramText.base64(text.value('c'));
    String finalNonce = text.value('r');
    String last = text.part();
    while (ScramText.letter(last) != 'p') {
      ScramText.ignoreExtension(last);
      last = text.part();
    }
    refuseIf(!text.atEnd(), ScramRefusal.TRAILING_DATA);
    proof = ScramText.base64(last.substring(2));
    refuseIf(proof.length != ScramPrimitives.KEY_BYTES, ScramRefusal.BAD_PROOF_LENGTH);
    refuseIf(!MessageDigest.isEqual(utf8(finalNonce), utf8(nonce)), ScramRefusal.NONCE_MISMATCH);
    refuseIf(!MessageDigest.isEqual(binding, expectedBinding()), ScramRefusal.BINDING_CHECK_FAILED);

    authMessage = utf8(firstMessages + text.before(last));
    state = State.CLAIMED;
    return new ScramStep.Claimed();
  }

  private ScramStep verdict(List<ScramVerifier> candidates, boolean bindingRequired) {
    boolean second = proves(candidates.getLast());
    boolean first = proves(candidates.getFirst());
    refuseIf(!first && !second, ScramRefusal.WRONG_SECRET);
    refuseIf(bindingRequired && !bound, ScramRefusal.BINDING_REQUIRED);
    int proven = first ? 0 : 1;
    byte[] signature = primitives.hmac(candidates.get(proven).serverKey(), authMessage);
    return new ScramStep.Proven(utf8("v=" + Base64.getEncoder().encodeToString(signature)), proven);
  }

  private byte[] expectedBinding() {
    byte[] header = utf8(gs2Header);
    byte[] endPoint = bound ? tlsServerEndPoint.orElseThrow() : new byte[0];
    byte[] expected = new byte[header.length + endPoint.length];
    System.arraycopy(header, 0, expected, 0, header.length);
    System.arraycopy(endPoint, 0, expected, header.length, endPoint.length);
    return expected;
  }

  /** No early way out: a doomed verifier costs what any other costs. */
  private boolean proves(ScramVerifier verifier) {
    byte[] clientKey = xor(proof, primitives.hmac(verifier.storedKey(), authMessage));
    boolean equal = MessageDigest.isEqual(primitives.hash(clientKey), verifier.storedKey());
    return equal && !verifier.isDoomed();
  }

  /** A fresh nonce in base64. */
  static String nonce(RandomGenerator random) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void refuseIf(boolean wrong, ScramRefusal reason) {
    if (wrong) {
      throw new ScramRefusedException(reason);
    }
  }
}
