package dev.reveille.proxy.console;

import dev.reveille.cell.DatabaseName;
import dev.reveille.proxy.console.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one statement as a command, by the grammar of Postgres where Postgres has it (parser/gram.y:
 * CreatedbStmt, DropdbStmt, AlterDatabaseStmt, RenameStmt, AlterOwnerStmt). Errors are Postgres' own,
 * with the place: 42601.
 */
final class CommandParser {
  /** What Postgres' ALTER DATABASE can do besides. */
  private static final Set<String> OTHER_ALTERS = Set.of("with", "set", "reset", "refresh",
      "allow_connections", "connection", "is_template", "tablespace");

  private final String text;
  private final List<Token> tokens;
  private int at;

  private CommandParser(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  /**
   * The command, or nothing where the statement is Postgres' business.
   *
   * @param tokens of the statement, without what separates it from others, an END or the separator last
   * @param all whether forms of ALTER DATABASE that are not offered are refused and not passed on
   * @throws Refused 42601 with a position, or 0A000
   */
  static Optional<Command> parse(String text, List<Token> tokens, boolean all) {
    if (tokens.size() < 2) {
      return Optional.empty();
    }
    return new CommandParser(text, tokens).command(all);
  }

  private Optional<Command> command(boolean all) {
    Token verb = next();
    if (verb.kind() != Kind.WORD) {
      return Optional.empty();
    }
    return switch (verb.value()) {
      case "create" -> take("database") ? Optional.of(create()) : Optional.empty();
      case "drop" -> take("database")
          ? Optional.of(drop())
          : take("checkpoint") ? Optional.of(dropCheckpoint()) : Optional.empty();
      case "alter" -> take("database") ? alter(all) : Optional.empty();
      case "checkpoint" -> peek().kind() == Kind.WORD || peek().kind() == Kind.QUOTED
          ? Optional.of(checkpoint())
          : Optional.empty();
      case "restore" -> Optional.of(restore());
      case "suspend" -> Optional.of(ended(new Command.Suspend(target())));
      case "wake" -> Optional.of(ended(new Command.Wake(target())));
      case "reindex" -> {
        if (all) {
          reindex();
        }
        yield Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  /**
   * {@code REINDEX [(…)] DATABASE name}, as {@code reindexdb --all} says in each database. The console is
   * known by two names, of which Postgres has one; of neither its client is the owner. Worded as Postgres
   * words it (src/backend/catalog/aclchk.c).
   */
  private void reindex() {
    while (!atEnd() && !peek().isWord("database") && !peek().isWord("system")) {
      next();
    }
    if (take("database") || take("system")) {
      take("concurrently");
      String name = atEnd() ? "" : next().value();
      if (DatabaseName.isConsole(name)) {
        throw new Refused("42501", "must be owner of database " + name,
            "Reindex your own databases one by one: reindexdb -d NAME");
      }
    }
  }

  private Command create() {
    String name = name();
    take("with");
    List<CreateOption> options = new ArrayList<>();
    while (!atEnd()) {
      options.add(option());
    }
    return new Command.CreateDatabase(name, options);
  }

  private CreateOption option() {
    Token first = next();
    if (first.kind() != Kind.QUOTED
        && (first.kind() != Kind.WORD || !Keywords.canBeOption(first.value()))) {
      throw unexpected(first);
    }
    String name = Escapes.lowerAscii(first.value());
    if (first.isWord("connection")) {
      expect("limit");
      name = "connection_limit";
    }
    if (peek().isOperator("=")) {
      next();
    }
    Token value = next();
    Optional<String> given = switch (value.kind()) {
      case STRING, QUOTED, NUMBER -> Optional.of(value.value());
      case OPERATOR -> Optional.of(signed(value));
      case WORD -> {
        if (value.isWord("default")) {
          yield Optional.empty();
        }
        if (!Keywords.canBeValue(value.value()) && !value.isWord("true") && !value.isWord("false")
            && !value.isWord("on")) {
          throw unexpected(value);
        }
        yield Optional.of(value.value());
      }
      case BITS, PARAMETER, MARK, BROKEN, END -> throw unexpected(value);
    };
    return new CreateOption(name, given, position(first));
  }

  private String signed(Token sign) {
    if (!sign.isOperator("-") && !sign.isOperator("+")) {
      throw unexpected(sign);
    }
    Token number = next();
    if (number.kind() != Kind.NUMBER) {
      throw unexpected(number);
    }
    return sign.isOperator("-") ? "-" + number.value() : number.value();
  }

  private Command drop() {
    boolean ifExists = false;
    if (peek().isWord("if") && peekSecond().isWord("exists")) {
      next();
      next();
      ifExists = true;
    }
    String name = name();
    boolean force = false;
    if (take("with") || peek().isMark('(')) {
      expectMark('(');
      do {
        expect("force");
        force = true;
      } while (takeMark(','));
      expectMark(')');
    }
    return ended(new Command.DropDatabase(name, ifExists, force));
  }

  private Optional<Command> alter(boolean all) {
    String name = name();
    if (take("rename")) {
      expect("to");
      return Optional.of(ended(new Command.RenameDatabase(name, name())));
    }
    if (take("owner")) {
      expect("to");
      Token owner = next();
      if (owner.kind() != Kind.QUOTED && owner.kind() != Kind.WORD) {
        throw unexpected(owner);
      }
      return all
          ? Optional.of(ended(new Command.OwnDatabase(name, owner.value())))
          : Optional.empty();
    }
    if (peek().isWord("set") && peekSecond().isMark('(')) {
      next();
      return Optional.of(ended(new Command.SetDatabase(name, settings())));
    }
    if (!all) {
      return Optional.empty();
    }
    if (peek().kind() == Kind.WORD && OTHER_ALTERS.contains(peek().value())) {
      throw new Refused("0A000", "this form of ALTER DATABASE is not offered on the console",
          "Here there are RENAME TO and SET (ttl = '…', suspend_after = '…'). Settings of Postgres"
              + " are set in a session of the database itself.");
    }
    throw unexpected(peek());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    expectMark('(');
    do {
      Token key = next();
      if (key.kind() != Kind.WORD && key.kind() != Kind.QUOTED) {
        throw unexpected(key);
      }
      if (peek().isOperator("=")) {
        next();
      }
      Token value = next();
      switch (value.kind()) {
        case STRING, QUOTED, NUMBER, WORD -> {
          if (settings.put(key.value(), value.value()) != null) {
            throw new Refused("42601", "conflicting or redundant options").at(position(key));
          }
        }
        case OPERATOR, BITS, PARAMETER, MARK, BROKEN, END -> throw unexpected(value);
      }
    } while (takeMark(','));
    expectMark(')');
    return settings;
  }

  private Command checkpoint() {
    String database = target();
    return ended(new Command.TakeCheckpoint(database,
        take("as") ? Optional.of(name()) : Optional.empty()));
  }

  /** {@code shop@monday}, in one pair of quotes or with parts that are quoted as they need it. */
  private Command dropCheckpoint() {
    Token first = peek();
    String database = name();
    int mark = database.lastIndexOf('@');
    if (first.kind() == Kind.QUOTED && mark > 0 && atEnd()) {
      return ended(new Command.DropCheckpoint(database.substring(0, mark),
          database.substring(mark + 1)));
    }
    if (!peek().isOperator("@")) {
      throw unexpected(peek());
    }
    next();
    return ended(new Command.DropCheckpoint(database, name()));
  }

  private Command restore() {
    expect("database");
    String database = name();
    expect("from");
    return ended(new Command.RestoreDatabase(database, name()));
  }

  /** A name, with the word DATABASE before it or not. */
  private String target() {
    if (peek().isWord("database") && !peekSecond().isWord("as")
        && (peekSecond().kind() == Kind.WORD || peekSecond().kind() == Kind.QUOTED)) {
      next();
    }
    return name();
  }

  private String name() {
    Token token = next();
    if (token.kind() == Kind.QUOTED
        || (token.kind() == Kind.WORD && Keywords.canBeName(token.value()))) {
      return token.value();
    }
    throw unexpected(token);
  }

  private <C extends Command> C ended(C command) {
    if (!atEnd()) {
      throw unexpected(peek());
    }
    return command;
  }

  private boolean atEnd() {
    return peek().kind() == Kind.END || peek().isMark(';');
  }

  private boolean take(String word) {
    boolean there = peek().isWord(word);
    if (there) {
      next();
    }
    return there;
  }

  private boolean takeMark(char mark) {
    boolean there = peek().isMark(mark);
    if (there) {
      next();
    }
    return there;
  }

  private void expect(String word) {
    if (!take(word)) {
      throw unexpected(peek());
    }
  }

  private void expectMark(char mark) {
    if (!takeMark(mark)) {
      throw unexpected(peek());
    }
  }

  private Token next() {
    return atEnd() ? peek() : tokens.get(at++);
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  private int position(Token token) {
    return position(text, token);
  }

  static int position(String text, Token token) {
    return text.codePointCount(0, token.start()) + 1;
  }

  private Refused unexpected(Token token) {
    return syntaxError(text, token);
  }

  /** As scanner_yyerror in parser/scan.l says it. */
  static Refused syntaxError(String text, Token token) {
    String what = token.kind() == Kind.BROKEN ? token.value() : "syntax error";
    String message = token.kind() == Kind.END
        ? what + " at end of input"
        : what + " at or near \"" + text.substring(token.start(), token.end()) + "\"";
    return new Refused("42601", message).at(position(text, token));
  }
}
