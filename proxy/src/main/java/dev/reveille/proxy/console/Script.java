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
 * @param among the first command, where there are other statements as well
 * @param text what the compute is to be sent: with SELECT for SHOW, and with something that fails for
 *     a command among other statements
 * @param changed whether that differs from what the client said
 * @param topics which tables have to be up to date for it
 * @param ends the database whose sessions it means to end, as tools do before they drop one
 */
record Script(Optional<Refused> error, Optional<Command> command, Optional<Command> among,
    String text, boolean changed, Topics topics, Optional<String> ends) {
  private static final String OLD_LOCALE = "daticulocale";
  private static final String NEW_LOCALE = "datlocale";

  static Script of(String said, Place place) {
    List<Token> tokens = Lexer.tokens(said);
    List<List<Token>> statements = statements(tokens);
    StringBuilder text = new StringBuilder();
    int copied = 0;
    Optional<Command> first = Optional.empty();
    for (List<Token> statement : statements) {
      Optional<Command> command;
      try {
        command = CommandParser.parse(said, statement, place.console());
      } catch (Refused refused) {
        return new Script(Optional.of(refused), Optional.empty(), Optional.empty(), said, false,
            Topics.NONE, Optional.empty());
      }
      Optional<String> instead = command.isPresent()
          ? command.map(Script::failing)
          : place.console() ? show(statement) : Optional.empty();
      first = first.or(() -> command);
      if (instead.isPresent()) {
        text.append(said, copied, statement.getFirst().start()).append(instead.get());
        copied = statement.get(statement.size() - 2).end();
      } else if (place.localeRenamed()) {
        for (Token token : statement) {
          if (token.isWord(OLD_LOCALE)) {
            text.append(said, copied, token.start()).append(NEW_LOCALE);
            copied = token.end();
          }
        }
      }
    }
    boolean changed = copied > 0;
    String sent = changed ? text.append(said, copied, said.length()).toString() : said;
    Topics topics = place.console()
        ? Topics.of(changed ? Lexer.tokens(sent) : tokens)
        : Topics.NONE;
    boolean alone = statements.size() == 1;
    return new Script(Optional.empty(), alone ? first : Optional.empty(),
        alone ? Optional.empty() : first, sent, changed, topics,
        place.console() ? ends(tokens) : Optional.empty());
  }

  /**
   * {@code SELECT pg_terminate_backend(…) FROM pg_stat_activity WHERE datname = '…'}: the sessions are
   * those of another compute than the one which is asked.
   */
  private static Optional<String> ends(List<Token> tokens) {
    if (tokens.stream().noneMatch(token -> token.isWord("pg_terminate_backend"))) {
      return Optional.empty();
    }
    for (int i = 0; i + 2 < tokens.size(); i++) {
      if (tokens.get(i).isWord("datname") && tokens.get(i + 1).isOperator("=")
          && tokens.get(i + 2).kind() == Kind.STRING) {
        return Optional.of(tokens.get(i + 2).value());
      }
    }
    return Optional.empty();
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
  private static String failing(Command command) {
    return "DO $reveille$BEGIN RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = '"
        + notHere(command) + "'; END$reveille$";
  }

  static String notHere(Command command) {
    return command.words() + " cannot run inside a transaction block";
  }
}
