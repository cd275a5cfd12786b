package dev.reveille.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What a client certificate says about its holder, once it is verified.
 *
 * @param commonName the login
 * @param credential the credential itself, where the certificate was issued here
 */
public record ClientCertificate(String commonName, Optional<UUID> credential) {
  /** Before the id of a credential, in the alternative names. */
  static final String ID = "urn:reveille:credential:";

  private static final int URI = 6;

  /** Empty where it does not say exactly one thing. */
  static Optional<ClientCertificate> of(X509Certificate certificate) {
    try {
      List<String> names = new ArrayList<>();
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        var attribute = part.toAttributes().get("cn");
        if (attribute != null) {
          for (int i = 0; i < attribute.size(); i++) {
            names.add(String.valueOf(attribute.get(i)));
          }
        }
      }
      var ids = ids(certificate);
      return names.size() == 1 && ids.size() <= 1
          ? Optional.of(new ClientCertificate(names.getFirst(), ids.stream().findFirst()))
          : Optional.empty();
    } catch (InvalidNameException | CertificateParsingException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (javax.naming.NamingException e) {
      return Optional.empty();
    }
  }

  private static List<UUID> ids(X509Certificate certificate) throws CertificateParsingException {
    var all = certificate.getSubjectAlternativeNames();
    if (all == null) {
      return List.of();
    }
    return all.stream()
        .filter(name -> name.get(0) instanceof Integer type && type == URI)
        .map(name -> String.valueOf(name.get(1)))
        .filter(uri -> uri.startsWith(ID))
        .map(uri -> UUID.fromString(uri.substring(ID.length())))
        .toList();
  }
}
