package dev.reveille.proxy.budget;

import java.time.Instant;
import java.util.Optional;

/**
 * One budget of an account, as it is shown.
 *
 * @param name such as {@code wakes_per_hour}
 * @param used as text, in {@code unit}
 * @param limit as text, in {@code unit}; empty where there is none
 * @param unit {@code databases}, {@code creates}, {@code wakes}, {@code seconds}, {@code bytes}, or a
 *     currency
 * @param resetsAt when all of what is used now will count no more; empty for what does not pass by itself
 */
public record BudgetView(String name, String used, Optional<String> limit, String unit,
    Optional<Instant> resetsAt) {}
