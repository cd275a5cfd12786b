package dev.reveille.proxy.config;

import dev.reveille.cell.Credential;
import dev.reveille.proxy.config.Configuration.Issuer;
import dev.reveille.proxy.config.Configuration.Listener;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What must hold between listeners and the issuers of tokens. */
final class Proofs {
  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

  private Proofs() {
  }

  static void check(Configuration configuration, List<String> problems) {
    for (Listener listener : configuration.listeners()) {
      boolean tokens = listener.proof() == ListenerProof.TOKEN
          || listener.proof() == ListenerProof.OAUTHBEARER;
      if (tokens && configuration.issuers().isEmpty()) {
        problems.add("listeners: proof " + Kind.name(listener.proof())
            + " needs at least one of issuers");
      }
      if (listener.proof() != ListenerProof.CERTIFICATE && listener.clientAuthority().isPresent()) {
        problems.add("listeners: client-authority goes with the proof certificate only");
      }
    }
    Set<List<String>> known = new HashSet<>();
    for (Issuer issuer : configuration.issuers()) {
      if (!known.add(List.of(issuer.issuer(), issuer.template()))) {
        problems.add("issuers: \"" + issuer.issuer() + "\" is there twice for the template \""
            + issuer.template() + "\"");
      }
      if (!Credential.validName(issuer.template())) {
        problems.add("issuers: \"" + issuer.template() + "\" is not a credential's name");
      }
      if (!readable(issuer.keys())) {
        problems.add("issuers: jwks is neither a file, nor an https URL, nor an http one on this"
            + " host: what anyone on the way could change proves nothing");
      }
    }
  }

  private static boolean readable(String keys) {
    if (!keys.contains("://")) {
      return true;
    }
    try {
      URI uri = new URI(keys);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return uri.getHost() != null && uri.getUserInfo() == null && (scheme.equals("https")
          || (scheme.equals("http") && THIS_HOST.contains(uri.getHost())));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
