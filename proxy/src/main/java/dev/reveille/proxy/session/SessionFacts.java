package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Proven;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a session at one moment, for its observers.
 *
 * @param id its number in this process
 * @param client where it comes from, as far as is known
 * @param tls the version of TLS; empty in plaintext
 * @param proof how the credential was proved, as a bounded word; empty before
 * @param processId that the client was told, which is the compute's; empty before ReadyForQuery
 * @param age since the connection was accepted
 */
public record SessionFacts(long id, InetAddress client, Optional<String> tls,
    Optional<String> proof, OptionalInt processId, Known known, Traffic traffic, Duration age) {

  /**
   * What has passed the relay.
   *
   * @param requests how many were answered with ReadyForQuery
   */
  public record Traffic(long fromClient, long fromCompute, long requests) {
    /** Before there is a relay. */
    static final Traffic NONE = new Traffic(0, 0, 0);
  }

  /**
   * Who calls, and what for.
   *
   * @param layer how far the connection has come; empty from ReadyForQuery on
   * @param claimed the name that the client gave, proved or not
   * @param database the name that the client gave
   * @param credential once it is proved
   * @param databaseId once it is found
   */
  public record Known(Optional<Layer> layer, Optional<String> claimed, Optional<String> database,
      Optional<Credential> credential, Optional<DatabaseId> databaseId) {

    /** What a state says; a proof is known of before the state that follows it. */
    static Known of(SessionState state, boolean proved) {
      return switch (state) {
        case SessionState.Arriving _ -> nobody(Layer.TCP);
        case SessionState.Opening _ -> nobody(Layer.STARTUP);
        case SessionState.Securing _ -> nobody(Layer.TLS);
        case SessionState.Proving(var caller, _) -> caller(caller, Optional.empty());
        case SessionState.Identifying(var caller) -> caller(caller, Optional.empty());
        case SessionState.Judging judging -> caller(judging.caller(),
            proved ? judging.credential() : Optional.empty());
        case SessionState.Failing(var caller, _) -> caller(caller, Optional.empty());
        case SessionState.Routing(var proven) -> proven(proven, Layer.ROUTE, Optional.empty());
        case SessionState.Seating(var errand) -> errand(errand, Layer.ADMISSION);
        case SessionState.Waking(var errand) -> errand(errand, Layer.WAKE);
        case SessionState.Readmitting(var errand, _) -> errand(errand, Layer.ADMISSION);
        case SessionState.Queueing(var errand, _) -> errand(errand, Layer.COMPUTE);
        case SessionState.Preparing(var errand, _, _) -> errand(errand, Layer.COMPUTE);
        case SessionState.Connecting(var errand, _, _) -> errand(errand, Layer.COMPUTE);
        case SessionState.Pausing(var errand, _, _) -> errand(errand, Layer.COMPUTE);
        case SessionState.Relaying(var proven, var target, _) ->
          served(proven, target.endpoint().database());
        case SessionState.Holding(var proven, var target) ->
          served(proven, target.endpoint().database());
        case SessionState.Closed _ -> new Known(Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty());
      };
    }

    /** Whether the session has reached ReadyForQuery. */
    public boolean served() {
      return layer.isEmpty();
    }

    private static Known nobody(Layer layer) {
      return new Known(Optional.of(layer), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty());
    }

    private static Known caller(Caller caller, Optional<Credential> proved) {
      return new Known(Optional.of(Layer.PROOF), Optional.of(caller.startup().user()),
          Optional.of(caller.startup().database()), proved, Optional.empty());
    }

    private static Known proven(Proven proven, Layer layer, Optional<DatabaseId> database) {
      return new Known(Optional.of(layer), Optional.of(proven.caller().startup().user()),
          Optional.of(proven.caller().startup().database()), Optional.of(proven.credential()),
          database);
    }

    private static Known errand(Errand errand, Layer layer) {
      return proven(errand.proven(), layer, Optional.of(errand.route().database()));
    }

    private static Known served(Proven proven, DatabaseId database) {
      return new Known(Optional.empty(), Optional.of(proven.caller().startup().user()),
          Optional.of(proven.caller().startup().database()), Optional.of(proven.credential()),
          Optional.of(database));
    }
  }
}
