package dev.reveille.proxy.session;

import dev.reveille.compute.ComputeEndpoint;

/** A compute that nobody really connects to. */
final class TestProxyEndpoint {
  private TestProxyEndpoint() {
  }

  static ComputeEndpoint of(long epoch) {
    return Given.endpoint(Given.route("shop"), 1, epoch, 10);
  }
}
