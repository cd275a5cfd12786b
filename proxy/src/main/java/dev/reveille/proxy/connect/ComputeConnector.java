package dev.reveille.proxy.connect;

import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.Login;
import dev.reveille.wire.ProtocolVersion;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.Map;

/** Opens one connection to a compute and logs in on it. */
public interface ComputeConnector {
  /**
   * Connects, speaks TLS where the address asks for it, logs in and waits for ReadyForQuery (PostgreSQL documentation,
   * Frontend/Backend Protocol, Message Flow, Start-up). Makes one attempt; trying again is the caller's.
   *
   * <p>The future ends on {@code loop} and never fails: what may go wrong is a {@link ConnectOutcome}. Cancelling it
   * closes the connection, at whatever stage; that is also how a caller's deadline acts.
   *
   * @param loop the event loop of the session; the compute's channel lives on it
   * @param startupParameters sent exactly so, in this order, after {@code user} and {@code database}, which are the
   *        login's; entries of those two names and protocol extensions ({@code _pq_.}) are not sent
   * @param version what the client speaks; a compute that speaks only an older minor version is followed
   * @param listener told on {@code loop}, before the future ends
   */
  Future<ConnectOutcome> connect(EventLoop loop, ComputeEndpoint endpoint, Login login,
      Map<String, String> startupParameters, ProtocolVersion version, LoginListener listener);
}
