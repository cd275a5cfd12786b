package dev.reveille.proxy.cancel;

import dev.reveille.wire.CancelSecret;

/**
 * The key that a client is given in BackendKeyData: the proxy's own, never the compute's, and the same for the whole
 * session however often it is attached.
 */
public record CancelKey(int processId, CancelSecret secret) {}
