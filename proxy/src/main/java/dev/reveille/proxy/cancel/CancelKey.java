package dev.reveille.proxy.cancel;

import dev.reveille.wire.CancelSecret;

/**
 * The key that a client is given in BackendKeyData, the same for the whole session however often it is attached. The
 * secret is the proxy's own, never the compute's.
 */
public record CancelKey(int processId, CancelSecret secret) {}
