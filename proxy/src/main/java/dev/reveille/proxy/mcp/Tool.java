package dev.reveille.proxy.mcp;

import dev.reveille.cell.ApiScope;
import dev.reveille.proxy.api.Caller;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/**
 * One tool.
 *
 * @param input record of its arguments, flat
 * @param scope what a caller needs at least
 * @param effect what it does to data
 */
record Tool(String name, String title, String description, Class<?> input, ApiScope scope,
    Effect effect, BiFunction<Caller, JsonNode, Result> work) {

  /** What a tool does to data, from the least on. */
  enum Effect {
    READS, ADDS, DESTROYS
  }
}
