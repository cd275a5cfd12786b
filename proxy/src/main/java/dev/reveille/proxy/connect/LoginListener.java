package dev.reveille.proxy.connect;

import dev.reveille.wire.ErrorFields;

/** Hears what a compute says while a login goes on, on the login's event loop, in the compute's order. */
public interface LoginListener {
  /** The compute reports a setting (ParameterStatus). */
  void parameterStatus(String name, String value);

  /** The compute sent a NoticeResponse, for instance from a login trigger. */
  void notice(ErrorFields notice);
}
