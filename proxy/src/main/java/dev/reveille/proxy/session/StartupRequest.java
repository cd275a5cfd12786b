package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.Scope;
import dev.reveille.compute.Levers;
import dev.reveille.wire.InitialPacket.StartupMessage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a startup packet asks for, in parameters of its own or in {@code options} alike: settings that
 * go to the compute as they are; limits of {@code reveille.*} that are for the proxy alone and may only
 * narrow what the credential has; and levers, which are refused. Names are compared as Postgres does,
 * without regard to case.
 *
 * @param passedOn the settings for the compute, by the names that the client wrote
 * @param limits the limits asked for, by name, as they were written
 * @param lever the first setting that nobody may have
 */
record StartupRequest(Map<String, String> passedOn, Map<String, String> limits,
    Optional<String> lever) {
  private static final String PREFIX = "reveille.";

  /** The packet's options must have been understood before. */
  static StartupRequest of(StartupMessage startup) {
    Map<String, String> passedOn = new LinkedHashMap<>();
    Map<String, String> limits = new LinkedHashMap<>();
    Optional<String> lever = Optional.empty();
    for (Map.Entry<String, String> asked : startup.settings().entrySet()) {
      String name = asked.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(PREFIX)) {
        limits.put(name, asked.getValue());
      } else if (Levers.named(name)) {
        lever = lever.or(() -> Optional.of(name));
      } else {
        passedOn.put(asked.getKey(), asked.getValue());
      }
    }
    return new StartupRequest(passedOn, limits, lever);
  }

  /** Why this credential cannot have what is asked for, if so. Said only after the proof. */
  Optional<SessionFailure> refusal(Credential credential) {
    if (lever.isPresent()) {
      return Optional.of(StartupRefusals.lever(lever.get()));
    }
    CredentialLimits allowed = credential.scope().limits();
    for (Map.Entry<String, String> asked : limits.entrySet()) {
      Optional<NarrowedLimit> limit = NarrowedLimit.named(asked.getKey());
      if (limit.isEmpty()) {
        return Optional.of(StartupRefusals.unknown(asked.getKey()));
      }
      Optional<CredentialLimits> wanted = limit.get().read(asked.getValue(), allowed);
      if (wanted.isEmpty()) {
        return Optional.of(StartupRefusals.malformed(limit.get(), asked.getValue()));
      }
      if (!wanted.get().within(allowed)) {
        return Optional.of(StartupRefusals.above(limit.get(), asked.getValue(), allowed));
      }
    }
    return Optional.empty();
  }

  /** The credential with the lower of its limits and those asked for, however often it is asked. */
  Credential narrowed(Credential credential) {
    if (limits.isEmpty()) {
      return credential;
    }
    CredentialLimits allowed = credential.scope().limits();
    CredentialLimits narrower = allowed;
    for (Map.Entry<String, String> asked : limits.entrySet()) {
      CredentialLimits own = narrower;
      narrower = NarrowedLimit.named(asked.getKey())
          .flatMap(limit -> limit.read(asked.getValue(), allowed))
          .map(own::intersection)
          .orElse(own);
    }
    Scope scope = credential.scope();
    return credential.with(new Scope(scope.databases(), scope.mode(), scope.objects(),
        scope.notBefore(), scope.expiresAt(), scope.addresses(), narrower, scope.allowances(),
        scope.channelBindingRequired(), scope.checkpointBefore()));
  }
}
