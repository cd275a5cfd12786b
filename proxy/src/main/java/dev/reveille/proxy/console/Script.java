package dev.reveille.proxy.console;

import dev.reveille.proxy.console.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a Query or Parse message asks for, after a look at every statement of it.
 *
 * @param error why the whole of it is refused before anything runs, if so
 * @param command the only statement, where that is a command
 * @param text what the compute is to be sent: with SELECT for SHOW, and with something that fails for
 *     a command among other statements
 * @param changed whether that differs from what the client said
 * @param topics which tables have to be up to date for it
 */
record Script(Optional<Refused> error, Optional<Command> command, String text, boolean changed,
    Topics topics) {

  /** @param console whether this is a session of the console; if not, SHOW is left alone */
  static Script of(String said, boolean console) {
    List<Token> tokens = Lexer.tokens(said);
    List<List<Token>> statements = statements(tokens);
    StringBuilder text = new StringBuilder();
    int copied = 0;
    Optional<Command> only = Optional.empty();
    for (List<Token> statement : statements) {
      Optional<Command> command;
      try {
        command = CommandParser.parse(said, statement, console);
      } catch (Refused refused) {
        return new Script(Optional.of(refused), Optional.empty(), said, false, Topics.NONE);
      }
      Optional<String> instead = command.isPresent()
          ? command.map(Script::notHere)
          : console ? show(statement) : Optional.empty();
      if (statements.size() == 1) {
        only = command;
      }
      if (instead.isPresent()) {
        text.append(said, copied, statement.getFirst().start()).append(instead.get());
        copied = statement.get(statement.size() - 2).end();
      }
    }
    boolean changed = copied > 0;
    String sent = changed ? text.append(said, copied, said.length()).toString() : said;
    return new Script(Optional.empty(), only, sent, changed,
        console ? Topics.of(changed ? Lexer.tokens(sent) : tokens) : Topics.NONE);
  }

  /** Not empty ones only; each ends with the separator or END behind it. */
  private static List<List<Token>> statements(List<Token> tokens) {
    List<List<Token>> statements = new ArrayList<>();
    int depth = 0;
    int first = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.isMark('(')) {
        depth++;
      } else if (token.isMark(')')) {
        depth--;
      } else if (token.kind() == Kind.END || (token.isMark(';') && depth <= 0)) {
        if (i > first) {
          statements.add(tokens.subList(first, i + 1));
        }
        first = i + 1;
        depth = 0;
      }
    }
    return statements;
  }

  private static Optional<String> show(List<Token> statement) {
    boolean two = statement.size() == 3 && statement.getFirst().isWord("show")
        && statement.get(1).kind() == Kind.WORD;
    return two ? Shows.query(statement.get(1).value()) : Optional.empty();
  }

  /** Fails when it is its turn, as Postgres' own would. */
  private static String notHere(Command command) {
    return "DO $reveille$BEGIN RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = '"
        + command.words() + " cannot run inside a transaction block'; END$reveille$";
  }
}
