package dev.reveille.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a client may send before there are typed messages (PostgreSQL documentation,
 * Frontend/Backend Protocol, Message Flow, Start-up). Decoded by {@link InitialPackets}.
 */
public sealed interface InitialPacket {

  /** Asks for TLS; answered by one byte, {@code S} or {@code N}. */
  record SslRequest() implements InitialPacket {}

  /** Asks for GSSAPI encryption; answered by one byte, {@code G} or {@code N}. */
  record GssEncRequest() implements InitialPacket {}

  /** Asks to cancel what another connection runs; answered by nothing but closing. */
  record CancelRequest(int processId, CancelSecret secret) implements InitialPacket {}

  /**
   * Opens a session.
   *
   * @param version major 3; a minor newer than {@link ProtocolVersion#LATEST} is for the session to
   *        negotiate down
   * @param parameters all parameters as sent, in order, unmodifiable; {@code user} is always there
   *        and neither empty nor over 63 bytes
   */
  record StartupMessage(ProtocolVersion version, Map<String, String> parameters)
      implements
        InitialPacket {

    /** Keys that begin with this name protocol extensions, not settings. */
    public static final String EXTENSION_PREFIX = "_pq_.";

    public StartupMessage {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
      if (parameters.getOrDefault("user", "").isEmpty()) {
        throw new IllegalArgumentException("a startup message without a user");
      }
    }

    /** The name of the credential. */
    public String user() {
      return parameters.getOrDefault("user", "");
    }

    /** The database asked for; the user's name where none was named, as in Postgres. */
    public String database() {
      String named = parameters.getOrDefault("database", "");
      return named.isEmpty() ? user() : named;
    }

    /** The parameter with exactly this name, as it was sent. */
    public Optional<String> parameter(String name) {
      return Optional.ofNullable(parameters.get(name));
    }

    /** The {@code _pq_.} parameters in order: never to be forwarded, to be named when unknown. */
    public Map<String, String> protocolExtensions() {
      return parameters.entrySet()
          .stream()
          .filter(e -> e.getKey().startsWith(EXTENSION_PREFIX))
          .collect(
              Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first,
                  LinkedHashMap::new));
    }

    /**
     * The settings that this packet asks for: those of {@code options}, then the other parameters,
     * which win as they do in Postgres (process_startup_options in utils/init/postinit.c).
     *
     * @throws MalformedMessageException when {@code options} is not understood
     */
    public Map<String, String> settings() {
      return StartupOptions.settingsOf(this);
    }
  }
}
