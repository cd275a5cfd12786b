package dev.reveille.proxy.app;

import dev.reveille.proxy.session.SessionTimeline;
import java.util.LinkedHashMap;
import java.util.Map;

/** A connection's timeline as the command line gets it; nanoseconds by phase, in order. */
record TimelineView(String database, boolean cold, Map<String, Long> phases) {
  static Object of(SessionTimeline timeline) {
    Map<String, Long> phases = new LinkedHashMap<>();
    timeline.nanos().forEach((phase, nanos) -> phases.put(phase.label(), nanos));
    return new TimelineView(timeline.database(), timeline.cold(), phases);
  }
}
