package dev.reveille.proxy.session;

import dev.reveille.auth.ScramExchange;
import dev.reveille.auth.ScramStep;
import dev.reveille.auth.ScramVerifier;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionEvent.LookupFailed;
import dev.reveille.proxy.session.SessionEvent.ProofClaimed;
import dev.reveille.proxy.session.SessionEvent.ProofContinued;
import dev.reveille.proxy.session.SessionEvent.ProofGiven;
import dev.reveille.proxy.session.SessionEvent.ProofLimited;
import dev.reveille.proxy.session.SessionEvent.ProofOpened;
import dev.reveille.proxy.session.SessionEvent.ProofRefused;
import dev.reveille.proxy.transport.LingeringClose;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.FrameDecoder;
import dev.reveille.wire.Limits;
import dev.reveille.wire.ProofMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a driver: what is sent to the client, and which handlers read it. Owns the
 * frames that are written and not yet flushed. Event loop only.
 */
final class ClientSide {
  /** How long a client may take to read why it was refused. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final SessionDriver driver;
  private final Channel channel;
  private final ProofDemand demand;
  private final Optional<TlsTerminator> tls;
  private InetAddress peer;
  private boolean secured;
  private @Nullable InitialPacketHandler packets;
  private @Nullable ScramExchange exchange;
  private @Nullable OtherProof other;
  private Optional<SharedKey> sharedKey = Optional.empty();
  private Optional<String> tlsVersion = Optional.empty();
  private Optional<String> proof = Optional.empty();
  private @Nullable ByteBuf unsent;
  private Lobby.@Nullable Visit visit;
  private long entered;

  ClientSide(SessionDriver driver, Channel channel, InetAddress peer, ProofDemand demand,
      Optional<TlsTerminator> tls) {
    this.driver = driver;
    this.channel = channel;
    this.peer = peer;
    this.demand = demand;
    this.tls = tls;
  }

  Channel channel() {
    return channel;
  }

  /** Where the client is, as far as is known. */
  InetAddress peer() {
    return peer;
  }

  /** A trusted balancer says where the client really is. */
  void peer(InetAddress address) {
    peer = address;
  }

  /** The version of TLS that protects the connection, if one does. */
  Optional<String> tlsVersion() {
    return tlsVersion;
  }

  /** The handshake ended well, with this version. */
  void secured(String version) {
    tlsVersion = Optional.of(version);
  }

  /** How the client proves, or has proved, its credential. */
  Optional<String> proof() {
    return proof;
  }

  void begin() {
    var handler = new InitialPacketHandler(driver);
    packets = handler;
    // Reads SSLRequest, GSSENCRequest, CancelRequest and StartupMessage; gives way to the proof.
    channel.pipeline().addLast("packets", handler);
    // Sees the connection itself: handshakes, errors, the end. Gives way to the relay.
    channel.pipeline().addLast("life", new LifeHandler(driver));
    channel.closeFuture().addListener(closed -> driver.channelClosed());
  }

  /** It is known where the client is: it is read as soon as there is room for it. */
  void enterLobby() {
    var lobby = driver.sessions().lobby();
    entered = driver.rooms().nanoTime().getAsLong();
    var entering = lobby.enter(peer, () -> driver.onLoop(this::admit));
    visit = entering;
    if (entering.inside()) {
      return;
    }
    channel.config().setAutoRead(false);
    // What comes all the same, as the rest of a read or with the client's end, is kept for later.
    channel.pipeline().addBefore("packets", "lobby", new AheadHandler(0));
    if (lobby.waiting() > driver.rooms().settings().maxSessions()) {
      channel.close();
    }
  }

  private void admit() {
    entered = driver.rooms().nanoTime().getAsLong();
    if (channel.pipeline().get("lobby") != null) {
      channel.pipeline().remove("lobby");
      channel.config().setAutoRead(true);
    }
  }

  /** The secret is proved: the place is given up at once. */
  void leaveLobby() {
    var leaving = visit;
    visit = null;
    if (leaving != null) {
      leaving.leave();
    }
  }

  /** Without a proof the place is given up when it was held for so many steps. */
  void leaveLobbyUnproven(Duration step) {
    var leaving = visit;
    visit = null;
    if (leaving == null) {
      return;
    }
    var least = step.multipliedBy(leaving.failed());
    var left = least.toNanos() - (driver.rooms().nanoTime().getAsLong() - entered);
    if (left <= 0 || !leaving.inside() || channel.eventLoop().isShuttingDown()) {
      leaving.leave();
    } else {
      channel.eventLoop().schedule(leaving::leave, left, TimeUnit.NANOSECONDS);
    }
  }

  void send(BackendMessage message, boolean flush) {
    Replies.append(unsent(), message);
    if (flush) {
      flush();
    }
  }

  private ByteBuf unsent() {
    var buffer = unsent;
    if (buffer == null) {
      buffer = channel.alloc().buffer();
      unsent = buffer;
    }
    return buffer;
  }

  void flush() {
    var buffer = unsent;
    unsent = null;
    if (buffer != null) {
      channel.writeAndFlush(buffer, channel.voidPromise());
    }
  }

  void answer(char answer) {
    channel.writeAndFlush(Unpooled.copiedBuffer(String.valueOf(answer), StandardCharsets.US_ASCII),
        channel.voidPromise());
  }

  void startTls() {
    secured = true;
    var begun = packets == null ? null : packets.takeKept();
    // Before everything else, the bytes that direct TLS began with being its first input.
    channel.pipeline().addFirst("tls", tls.orElseThrow().newHandler(channel.alloc()));
    if (begun != null) {
      channel.pipeline().fireChannelRead(begun);
      channel.pipeline().fireChannelReadComplete();
    }
  }

  void expectProof() {
    var most = demand instanceof ProofDemand.Token ? Limits.MAX_TOKEN_FRAME : Limits.MAX_SASL_FRAME;
    channel.pipeline().addAfter("packets", "proof", new ProofHandler(driver, demand));
    channel.pipeline().replace("packets", "frames", new FrameDecoder(most));
    packets = null;
  }

  /** The proof was given: what comes now is for the relay, and may be there already. */
  void keepAhead() {
    channel.pipeline()
        .replace("proof", "ahead", new AheadHandler(driver.rooms().settings().waitingBytes()));
    channel.pipeline().remove("frames");
  }

  /** Asks nobody anything: what is offered and asked back follows from the name alone. */
  void openProof(String name) {
    var rooms = driver.rooms();
    if (!rooms.limiter().admits(peer, name)) {
      driver.handle(new ProofLimited());
      return;
    }
    switch (demand) {
      case ProofDemand.Scram _ -> openScram(name);
      case ProofDemand.Token tokens -> open(new TokenProof(driver, name, tokens),
          tokens.challenge().isPresent() ? "oauthbearer" : "token");
      case ProofDemand.Certificate(var authority) ->
        open(new CertificateProof(driver, name, authority), "certificate");
    }
  }

  private void open(OtherProof opened, String method) {
    other = opened;
    proof = Optional.of(method);
    opened.open();
  }

  private void openScram(String name) {
    var rooms = driver.rooms();
    var key = rooms.sharedKey().get();
    if (key.isEmpty()) {
      driver.handle(new LookupFailed(rooms.clock().instant()));
      return;
    }
    var endPoint = secured
        ? tls.flatMap(TlsTerminator::tlsServerEndPoint)
        : Optional.<byte[]>empty();
    var opened = new ScramExchange(key.get().salt(name), endPoint, rooms.random());
    exchange = opened;
    sharedKey = key;
    driver.handle(new ProofOpened(opened.mechanisms()));
  }

  void checkProof(ProofMessage message) {
    var current = exchange;
    if (other != null) {
      other.check(message);
    } else if (current != null) {
      if (message instanceof ProofMessage.SaslInitialResponse initial) {
        proof = Optional.of(initial.mechanism().toLowerCase(Locale.ROOT));
      }
      tell(switch (message) {
        case ProofMessage.SaslInitialResponse(var mechanism, var data) ->
          current.first(mechanism, data);
        case ProofMessage.SaslResponse(var data) -> current.last(data);
        case ProofMessage.Password _ -> throw new IllegalStateException("nobody asked for it");
      });
    }
  }

  void judgeProof(String name, Optional<Credential> credential) {
    var current = exchange;
    if (current == null && other == null) {
      return;
    }
    // Asked again: many connections may have been admitted before the first of them failed.
    if (!driver.rooms().limiter().admits(peer, name)) {
      driver.handle(new ProofLimited());
      return;
    }
    if (other != null) {
      other.judge(credential);
    } else if (current != null) {
      judgeScram(current, name, credential);
    }
  }

  private void judgeScram(ScramExchange current, String name, Optional<Credential> credential) {
    var verifiers = credential.map(Credential::verifiers)
        .filter(known -> !known.isEmpty())
        .map(known -> known.stream().map(ScramVerifier::parse).toList())
        .orElseGet(() -> List.of(ScramVerifier.doomed(name, sharedKey.orElseThrow())));
    tell(current.judge(verifiers,
        credential.map(Credential::channelBindingRequired).orElse(false)));
  }

  private void tell(ScramStep step) {
    var rooms = driver.rooms();
    driver.handle(switch (step) {
      case ScramStep.Continue(var serverFirst) -> new ProofContinued(serverFirst);
      case ScramStep.Claimed _ -> new ProofClaimed();
      case ScramStep.Proven(var serverFinal, _) ->
        new ProofGiven(serverFinal, rooms.clock().instant());
      case ScramStep.Refused(var refusal) ->
        new ProofRefused(refusal, !rooms.directory().catalogReachable());
    });
  }

  void countSecret(String name, boolean good) {
    exchange = null;
    other = null;
    if (good) {
      driver.rooms().limiter().succeeded(peer, name);
    } else {
      driver.rooms().limiter().failed(peer, name);
    }
  }

  /** Takes this session's handlers away; what they kept goes to those that come after them. */
  void handOver() {
    channel.pipeline().remove("life");
    channel.pipeline().remove("ahead");
  }

  /** Ends a connection that no relay has taken over. */
  void close(Close close) {
    exchange = null;
    other = null;
    if (close.lastWords().isEmpty()) {
      releaseAll();
      channel.close();
      return;
    }
    Replies.append(unsent(), new BackendMessage.ErrorResponse(close.lastWords().get().fields()));
    var words = unsent();
    unsent = null;
    LingeringClose.close(channel, words, LINGER);
  }

  void releaseAll() {
    var buffer = unsent;
    unsent = null;
    if (buffer != null) {
      buffer.release();
    }
  }
}
