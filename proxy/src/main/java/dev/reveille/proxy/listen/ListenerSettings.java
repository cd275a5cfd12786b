package dev.reveille.proxy.listen;

import dev.reveille.proxy.session.ProofDemand;
import dev.reveille.proxy.transport.Keepalive;
import java.net.InetSocketAddress;

/**
 * One place to listen.
 *
 * @param address where; port 0 takes any that is free
 * @param proxyHeader whether each connection must begin with a PROXY protocol header of version 2.
 *     Whoever can connect then says who the client is: only for listeners behind a balancer
 * @param backlog how many connections the kernel may hold ready
 * @param keepalive how soon a client that vanished is noticed
 * @param proof what clients are asked for
 */
public record ListenerSettings(InetSocketAddress address, boolean proxyHeader, int backlog,
    Keepalive keepalive, ProofDemand proof) {

  /** Asks clients for a secret. */
  public ListenerSettings(InetSocketAddress address, boolean proxyHeader, int backlog,
      Keepalive keepalive) {
    this(address, proxyHeader, backlog, keepalive, new ProofDemand.Scram());
  }

  /** Without PROXY headers, a backlog of 4,096 and the usual keepalive. */
  public static ListenerSettings at(InetSocketAddress address) {
    return new ListenerSettings(address, false, 4096, Keepalive.DEFAULT);
  }
}
