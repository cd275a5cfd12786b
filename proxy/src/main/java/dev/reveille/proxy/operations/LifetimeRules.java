package dev.reveille.proxy.operations;

import java.time.Duration;

/**
 * How long things live. What an agent makes ends by itself; what others make ends when they say so.
 *
 * @param agentBranch a branch that an agent makes without saying how long
 * @param agentDatabase the same for a database that begins empty
 * @param longest the most that an agent may ask for
 * @param checkpoint a checkpoint that an agent asks for
 * @param undo a checkpoint that was made so that something can be undone
 */
public record LifetimeRules(Duration agentBranch, Duration agentDatabase, Duration longest,
    Duration checkpoint, Duration undo) {
  public static final LifetimeRules DEFAULTS = new LifetimeRules(Duration.ofHours(24),
      Duration.ofHours(72), Duration.ofDays(30), Duration.ofDays(7), Duration.ofHours(72));
}
