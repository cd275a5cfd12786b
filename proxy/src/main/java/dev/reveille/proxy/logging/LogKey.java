package dev.reveille.proxy.logging;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Every key that a log line may carry, so that they can be searched for. Tested against the code. */
public enum LogKey {
  // @formatter:off
  TIME("when it was written"), LEVEL("error, warn, info, debug, trace"), LOGGER("the class"),
  MESSAGE("what happened, in words that do not vary"), ERROR("the exception, in JSON with its stack"),
  SUPPRESSED("lines like this one that were left out since the last"),
  ACCOUNT("id of an account"), EVENT("what a state machine was told"),
  FROM("a state by name"), TO("a state by name"), SESSION("number of a session in this process"),
  PLACE("host, port and database, without a login"), ADDRESS("address of a listener, a client or a compute"),
  ATTEMPT("which try, counted from 1"), CELL("name of a cell"), CLIENT("address of a client"),
  COUNT("how many"), CREDENTIAL("name of a credential"), DATABASE("id of a database"),
  DIRECTORY("a path"), EPOCH("which start of a compute"), FILE("a path"), KIND("a bounded kind"),
  LIMIT("the value of a limit"), MILLIS("how long it took"), NAME("name of a database"),
  OUTCOME("a bounded result"), PHASE("a phase of a session"), PID("a process of this machine"),
  PORT("a TCP port"), REASON("why, in words"), RETRY_MILLIS("pause before the next try"),
  SESSIONS("how many sessions"), SIGNAL("a signal of the operating system"),
  SQLSTATE("the SQLSTATE that a client was sent"), STATE("a state by name"),
  STORAGE("id of a storage"), VERSION("a version"), WAITERS("how many clients wait");
  // @formatter:on

  private final String about;

  LogKey(String about) {
    this.about = about;
  }

  public String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  String about() {
    return about;
  }

  static Set<String> keys() {
    return Arrays.stream(values()).map(LogKey::key).collect(Collectors.toSet());
  }
}
