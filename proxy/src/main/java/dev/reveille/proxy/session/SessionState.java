package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProtocolVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** All that is known of a session, and nothing that is not known yet. */
public sealed interface SessionState {

  /** A PROXY protocol header is due before anything else. */
  record Arriving(Greeting greeting) implements SessionState {}

  /** The client's next initial packet, or the first byte of TLS, is awaited. */
  record Opening(Greeting greeting) implements SessionState {}

  /**
   * The TLS handshake is under way.
   *
   * @param direct whether it was begun without SSLRequest
   */
  record Securing(Greeting greeting, boolean direct) implements SessionState {}

  /**
   * The SASL exchange is under way. Nothing is known of the credential, not even whether there is
   * one.
   *
   * @param challenged whether the client's first message has been answered
   */
  record Proving(Caller caller, boolean challenged) implements SessionState {}

  /** A proof was given; the credential that it has to be for is being looked up. */
  record Identifying(Caller caller) implements SessionState {}

  /**
   * The proof is being checked.
   *
   * @param credential empty for an unknown name
   */
  record Judging(Caller caller, Optional<Credential> credential) implements SessionState {}

  /** The proof is worth nothing. That is said at a time which does not tell how it was found out. */
  record Failing(Caller caller, SessionFailure failure) implements SessionState {}

  /** The secret is proved; the route is being looked up. */
  record Routing(Proven proven) implements SessionState {}

  /** A place among the credential's sessions has been asked for. */
  record Seating(Errand errand) implements SessionState {}

  /** Admitted: waits for the compute. */
  record Waking(Errand errand) implements SessionState {}

  /** The compute is there; the credential is looked at once more. */
  record Readmitting(Errand errand, Target target) implements SessionState {}

  /** Waits for one of the compute's connections. */
  record Queueing(Errand errand, Target target) implements SessionState {}

  /** Has one; the role is being prepared. */
  record Preparing(Errand errand, Target target, Tries tries) implements SessionState {}

  /** Logs in to the compute. */
  record Connecting(Errand errand, Target target, Tries tries) implements SessionState {}

  /** Pauses before the next attempt to connect. */
  record Pausing(Errand errand, Target target, Tries tries) implements SessionState {}

  /**
   * ReadyForQuery was sent; bytes pass without the machine.
   *
   * @param draining whether the session is to end as soon as it is at rest
   */
  record Relaying(Proven proven, Target target, boolean draining) implements SessionState {}

  /** At rest for a suspend: the client is not read until it is decided. */
  record Holding(Proven proven, Target target) implements SessionState {}

  /** Over. Everything was given back. */
  record Closed(CloseReason reason) implements SessionState {}

  /**
   * What the listener and the first packets established.
   *
   * @param tlsOffered whether this listener has a certificate to serve
   * @param crowded whether the proxy already has as many sessions as it may
   * @param sslAsked whether SSLRequest was sent
   * @param gssAsked whether GSSENCRequest was sent
   * @param secured whether TLS protects the connection
   * @param tlsOnly whether this listener goes without TLS for nobody
   */
  record Greeting(boolean tlsOffered, boolean crowded, boolean sslAsked, boolean gssAsked,
      boolean secured, boolean tlsOnly) {
    public Greeting(boolean tlsOffered, boolean crowded, boolean sslAsked, boolean gssAsked,
        boolean secured) {
      this(tlsOffered, crowded, sslAsked, gssAsked, secured, false);
    }

    /** A connection that has just been accepted. */
    public static Greeting fresh(boolean tlsOffered, boolean crowded) {
      return fresh(tlsOffered, crowded, false);
    }

    static Greeting fresh(boolean tlsOffered, boolean crowded, boolean tlsOnly) {
      return new Greeting(tlsOffered, crowded, false, false, false, tlsOnly);
    }

    Greeting askedForTls() {
      return new Greeting(tlsOffered, crowded, true, gssAsked, secured, tlsOnly);
    }

    Greeting askedForGss() {
      return new Greeting(tlsOffered, crowded, sslAsked, true, secured, tlsOnly);
    }

    Greeting underTls() {
      return new Greeting(tlsOffered, crowded, sslAsked, gssAsked, true, tlsOnly);
    }

    boolean untouched() {
      return !sslAsked && !gssAsked && !secured;
    }
  }

  /** Who says to be calling: nothing of it is proved. */
  record Caller(ProtocolVersion version, StartupMessage startup) {
    StartupRequest request() {
      return StartupRequest.of(startup);
    }
  }

  /**
   * Who has proved to be calling.
   *
   * @param credential as it was when it was looked at last
   * @param since when it was proved
   */
  record Proven(Caller caller, Credential credential, Instant since) {
    /** Whatever a credential turns out to be later, its client has asked for no more than this. */
    public Proven {
      credential = caller.request().narrowed(credential);
    }

    Proven with(Credential latest) {
      return new Proven(caller, latest, since);
    }
  }

  /**
   * What an admitted session is after.
   *
   * @param attempt counts what was asked, so that an answer to an earlier question is recognised
   * @param askedAgain whether an address failed before, so that the next one is not from a cache
   */
  record Errand(Proven proven, Route route, int attempt, boolean askedAgain) {
    Errand next() {
      return new Errand(proven, route, attempt + 1, askedAgain);
    }

    Errand again() {
      return new Errand(proven, route, attempt + 1, true);
    }

    Errand with(Credential latest) {
      return new Errand(proven.with(latest), route, attempt, askedAgain);
    }

    String database() {
      return route.name();
    }
  }

  /**
   * A compute that is said to take connections. The session is attached to it.
   *
   * @param fresh whether the address comes from a start, or was asked for after another had failed
   * @param cold whether this session waited for a start
   */
  record Target(ComputeEndpoint endpoint, boolean fresh, boolean cold) {}

  /**
   * Attempts to connect to one target.
   *
   * @param unreached how many failed because nobody took the connection
   * @param pause how long to wait before the next
   * @param refusal what the compute said last, if it said anything
   */
  record Tries(int unreached, Duration pause, Optional<ErrorFields> refusal) {
    static Tries none(SessionSettings settings) {
      return new Tries(0, settings.retryFirst(), Optional.empty());
    }

    Tries unreached(Duration most) {
      return new Tries(unreached + 1, longer(most), refusal);
    }

    Tries refused(ErrorFields error, Duration most) {
      return new Tries(0, longer(most), Optional.of(error));
    }

    Tries saying(ErrorFields error) {
      return new Tries(unreached, pause, Optional.of(error));
    }

    private Duration longer(Duration most) {
      var doubled = pause.multipliedBy(2);
      return doubled.compareTo(most) > 0 ? most : doubled;
    }
  }
}
