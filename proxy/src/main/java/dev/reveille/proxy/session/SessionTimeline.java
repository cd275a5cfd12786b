package dev.reveille.proxy.session;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of one connection went, up to ReadyForQuery.
 *
 * @param database the database's name
 * @param cold whether its compute had to be started
 * @param nanos what each phase took; a phase that was not passed is absent
 */
public record SessionTimeline(String database, boolean cold, Map<Phase, Long> nanos) {
  public SessionTimeline {
    var copy = new EnumMap<Phase, Long>(Phase.class);
    copy.putAll(nanos);
    nanos = Collections.unmodifiableMap(copy);
  }
}
