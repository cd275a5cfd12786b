package dev.reveille.proxy.console;

import dev.reveille.cell.Credential;
import java.util.List;

/** What commands come to. Blocks: for virtual threads. */
@FunctionalInterface
public interface ConsoleOperations {
  /**
   * Carries out a command for whoever holds this credential; answers what the client is to be noticed
   * of. Looks at the {@link dev.reveille.compute.Recall} under which it is called.
   *
   * @throws Refused when it is not done
   */
  List<String> perform(Credential asker, Command command);
}
