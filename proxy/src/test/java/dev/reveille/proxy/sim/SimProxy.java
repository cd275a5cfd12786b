package dev.reveille.proxy.sim;

import dev.reveille.proxy.session.Seats;
import dev.reveille.proxy.session.Slots;

/** What the sessions of one proxy share; the real thing. */
final class SimProxy {
  final Seats seats = new Seats();
  final Slots slots = new Slots();
  boolean draining;
}
