package dev.reveille.proxy.api;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A call as it came in, of which nothing is proved. */
public interface ApiRequest {
  InetAddress client();

  /** The value of a header. */
  Optional<String> header(String name);

  /** The values of the names in the operation's path. */
  Map<String, String> path();

  Map<String, List<String>> query();

  /** The body, or as much of it as one byte more than {@code most}. */
  byte[] body(int most);
}
