package dev.reveille.proxy.session;

import java.util.Optional;

/**
 * How a connection came in.
 *
 * @param headerDue whether a PROXY protocol header comes first
 * @param proof what clients are asked for
 * @param tls what TLS is served with, if at all
 * @param crowded whether the proxy has as many sessions as it may already
 */
record Door(boolean headerDue, ProofDemand proof, Optional<TlsTerminator> tls, boolean crowded) {}
