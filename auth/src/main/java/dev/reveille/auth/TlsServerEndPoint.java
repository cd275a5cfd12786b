package dev.reveille.auth;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tls-server-end-point channel binding of RFC 5929 section 4. */
public final class TlsServerEndPoint {
  private static final Pattern HASHED_SIGNATURE = Pattern
      .compile("(?i)(MD5|SHA-?(1|224|256|384|512))with.+");

  private TlsServerEndPoint() {
  }

  /**
   * Hash of a certificate with the hash of its signature algorithm; MD5 and SHA-1 are replaced by SHA-256. Empty where
   * that algorithm has no hash of its own (Ed25519, Ed448) or one that drivers do not follow.
   */
  public static Optional<byte[]> of(X509Certificate certificate) {
    try {
      Optional<String> hash = signatureHash(certificate);
      return hash.isEmpty()
          ? Optional.empty()
          : Optional.of(MessageDigest.getInstance(hash.get()).digest(certificate.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      // A certificate that cannot be hashed is served all the same, without PLUS.
      return Optional.empty();
    }
  }

  private static Optional<String> signatureHash(X509Certificate certificate)
      throws GeneralSecurityException, IOException {
    String algorithm = certificate.getSigAlgName();
    if (algorithm.equals("RSASSA-PSS")) {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(certificate.getSigAlgParams());
      return Optional.of(
          bindingHash(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm()));
    }
    Matcher matcher = HASHED_SIGNATURE.matcher(algorithm);
    return matcher.matches() ? Optional.of(bindingHash(matcher.group(1))) : Optional.empty();
  }

  private static String bindingHash(String hash) {
    String name = hash.toUpperCase(Locale.ROOT).replace("-", "");
    return name.equals("MD5") || name.equals("SHA1") ? "SHA-256" : name.replace("SHA", "SHA-");
  }
}
