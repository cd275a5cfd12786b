package dev.reveille.auth;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Wraps the key forms from before PKCS#8, which {@code openssl ecparam} and {@code openssl genrsa} still write. */
final class OlderKeyForms {
  private OlderKeyForms() {
  }

  /** SEC 1 appendix C.4 (RFC 5915), {@code BEGIN EC PRIVATE KEY}. */
  static byte[] sec1(byte[] der) throws IOException {
    ECPrivateKey key = ECPrivateKey.getInstance(der);
    ASN1Object curve = key.getParametersObject();
    if (curve == null) {
      throw new IOException("the EC key does not name its curve");
    }
    return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve),
        key).getEncoded();
  }

  /** PKCS#1 (RFC 8017 appendix A.1.2), {@code BEGIN RSA PRIVATE KEY}. */
  static byte[] pkcs1(byte[] der) throws IOException {
    AlgorithmIdentifier rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption,
        DERNull.INSTANCE);
    return new PrivateKeyInfo(rsa, RSAPrivateKey.getInstance(der)).getEncoded();
  }
}
