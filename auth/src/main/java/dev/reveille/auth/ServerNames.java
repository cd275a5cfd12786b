package dev.reveille.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The names that a server certificate covers, in one spelling: DNS names in lower case, addresses as the JDK prints
 * them. Looks nothing up in the DNS.
 */
record ServerNames(SortedSet<String> dnsNames, SortedSet<String> addresses) {
  private static final Pattern DNS_NAME = Pattern
      .compile(
          "(\\*\\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /** General name types of RFC 5280 section 4.2.1.6. */
  private static final int DNS = 2;
  private static final int IP = 7;

  /** The usual names of this machine, and what was configured. */
  static ServerNames of(Collection<String> configured, Optional<String> hostName) {
    ServerNames names = new ServerNames(new TreeSet<>(), new TreeSet<>());
    List.of("localhost", "127.0.0.1", "::1").forEach(names::add);
    // A host name with an underscore, say, is nothing that a certificate could hold.
    hostName.filter(ServerNames::isName).ifPresent(names::add);
    configured.forEach(names::add);
    return names;
  }

  static ServerNames of(X509Certificate certificate) throws CertificateParsingException {
    ServerNames names = new ServerNames(new TreeSet<>(), new TreeSet<>());
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
      if (name.get(0) instanceof Integer type && (type == DNS || type == IP)
          && name.get(1) instanceof String text) {
        names.add(text);
      }
    }
    return names;
  }

  /** The name that this machine gives itself; read from the kernel, as asking the resolver may take seconds. */
  static Optional<String> hostName() {
    try {
      return Optional.of(Files.readString(HOST_NAME, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.ofNullable(System.getenv("HOSTNAME"));
    }
  }

  private void add(String name) {
    if (isAddress(name)) {
      addresses.add(InetAddress.ofLiteral(name).getHostAddress());
    } else if (isName(name)) {
      dnsNames.add(name.toLowerCase(Locale.ROOT));
    } else {
      throw new IllegalArgumentException("neither a DNS name nor an IP address: " + name);
    }
  }

  private static boolean isName(String name) {
    return name.length() <= 253 && DNS_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private static boolean isAddress(String name) {
    if (!name.contains(":") && !name.matches("[0-9.]+")) {
      return false;
    }
    try {
      return !InetAddress.ofLiteral(name).getHostAddress().contains("%");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("neither a DNS name nor an IP address: " + name, e);
    }
  }
}
