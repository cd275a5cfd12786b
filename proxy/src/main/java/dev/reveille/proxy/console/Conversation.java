package dev.reveille.proxy.console;

import dev.reveille.compute.Recall;
import dev.reveille.proxy.console.Messages.Text;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one client's messages and finds the commands in them, in the simple and in the extended
 * protocol. What stands for a command on the compute is {@link #NOTHING}, a statement that does nothing
 * and answers with a tag: so Parse, Bind, Describe, Close and portals are the compute's own, and only
 * the answer to its execution is replaced.
 *
 * <p>A command runs when every earlier message is answered, outside of transaction blocks and before
 * anything else of its pipeline, as Postgres demands of CREATE DATABASE. When it fails, something that
 * fails is sent in its place, so that the compute skips or aborts as it would have. Event loop only.
 */
final class Conversation {
  static final String NOTHING = "UNLISTEN reveille_nothing";
  /** Fails in the scanner, whatever the state of the transaction is. */
  private static final String FAILING = "reveille";
  private static final String NO_PORTAL = "reveille_nothing";
  private static final int BODY = 5;

  private final Line line;
  private final Desk desk;
  private final Place place;
  private final Map<String, Prepared> statements = new HashMap<>();
  private final Map<String, Command> portals = new HashMap<>();
  /** Whether something was executed since the last Sync or Query. */
  private boolean executed;

  /** A prepared statement that is a command, or that reads mirrored tables. */
  private record Prepared(@Nullable Command command, Topics topics, Optional<String> ends) {
    static Prepared of(Script script) {
      return new Prepared(script.command().orElse(null), script.topics(), script.ends());
    }
  }

  Conversation(Line line, Desk desk, Place place) {
    this.line = line;
    this.desk = desk;
    this.place = place;
  }

  /** @param whole whether that is all of it; of a long message it is the beginning */
  void message(byte[] message, boolean whole) {
    switch (message[0]) {
      case FrameTypes.QUERY -> query(message, whole);
      case FrameTypes.PARSE -> parse(message, whole);
      case FrameTypes.BIND -> bind(message, whole);
      case FrameTypes.EXECUTE -> execute(message);
      case FrameTypes.CLOSE -> close(message);
      case FrameTypes.SYNC -> {
        executed = false;
        line.forward(message);
      }
      default -> line.forward(message);
    }
  }

  /** ReadyForQuery: portals end with their transaction. */
  void ready(char status) {
    if (status == 'I') {
      portals.clear();
    }
  }

  private void query(byte[] message, boolean whole) {
    statements.remove("");
    portals.remove("");
    executed = false;
    if (!whole) {
      line.forward(message);
      return;
    }
    Text text = Messages.text(message);
    Script script = Script.of(text.value(), place);
    if (script.error().isPresent()) {
      line.whenQuiet(() -> fail(script.error().get().fields(), message, failingQuery()));
    } else if (script.command().isPresent()) {
      line.whenQuiet(() -> order(script.command().get(), false, nothingQuery(), failingQuery()));
    } else {
      byte[] sent = script.changed() ? Messages.query(script.text(), text.charset()) : message;
      prepared(Prepared.of(script), false, sent,
          script.among().map(Conversation::amongOthers).orElse(null), failingQuery());
    }
  }

  private void parse(byte[] message, boolean whole) {
    Text name = Messages.text(message);
    Prepared known = statements.get(name.value());
    if (!whole) {
      statements.remove(name.value());
      line.forward(message);
      return;
    }
    Text text = Messages.text(message, name.end());
    Script script = Script.of(text.value(), place);
    if (script.error().isPresent()) {
      byte[][] failing = name.value().isEmpty()
          ? new byte[][]{Messages.parse("", FAILING), Messages.flush()}
          : failingExecute();
      line.whenQuiet(() -> fail(script.error().get().fields(), message, failing));
      return;
    }
    byte[] sent = script.command().isPresent()
        ? Messages.parse(message, NOTHING, StandardCharsets.UTF_8)
        : script.changed() ? Messages.parse(message, script.text(), text.charset()) : message;
    if (isPlain(script) && known == null) {
      line.forward(sent);
    } else {
      // What the name stands for is known when the compute has taken it, and not before.
      watched(FrameTypes.PARSE_COMPLETE, sent, () -> {
        if (isPlain(script)) {
          statements.remove(name.value());
        } else {
          statements.put(name.value(), Prepared.of(script));
        }
      });
    }
  }

  private static boolean isPlain(Script script) {
    return script.command().isEmpty() && script.topics().isEmpty() && script.ends().isEmpty();
  }

  private void bind(byte[] message, boolean whole) {
    Text portal = Messages.text(message);
    Text name = Messages.text(message, portal.end());
    Prepared prepared = statements.get(name.value());
    Command command = prepared == null ? null : prepared.command();
    if (command != null && whole) {
      watched(FrameTypes.BIND_COMPLETE, message, () -> portals.put(portal.value(), command));
    } else {
      portals.remove(portal.value());
      if (prepared == null) {
        line.forward(message);
      } else {
        prepared(prepared, true, message, null, failingExecute());
      }
    }
  }

  private void execute(byte[] message) {
    Command command = portals.get(Messages.text(message).value());
    if (command == null) {
      executed = true;
      line.forward(message);
    } else {
      line.whenQuiet(() -> order(command, true, new byte[][]{message, Messages.flush()},
          failingExecute()));
    }
  }

  private void close(byte[] message) {
    boolean statement = message.length > BODY && message[BODY] == 'S';
    String name = Messages.text(message, BODY + 1).value();
    if (statement ? !statements.containsKey(name) : !portals.containsKey(name)) {
      line.forward(message);
    } else {
      watched(FrameTypes.CLOSE_COMPLETE, message, () -> {
        if (statement) {
          statements.remove(name);
        } else {
          portals.remove(name);
        }
      });
    }
  }

  /** Sends a message by itself and does something if the compute takes it. */
  private void watched(byte success, byte[] message, Runnable taken) {
    line.whenQuiet(() -> {
      if (passes(message)) {
        return;
      }
      line.substitute((type, answer, out) -> {
        out.writeBytes(answer, answer.readerIndex(), answer.readableBytes());
        if (type == success) {
          taken.run();
        }
        return type == success || type == FrameTypes.ERROR_RESPONSE;
      }, message, Messages.flush());
    });
  }

  /** Whether the compute drops or eats the message anyway, so that it went there as it was. */
  private boolean passes(byte[]... messages) {
    if (line.isSkipping() || line.takesCopy()) {
      line.forward(messages);
      line.proceed();
      return true;
    }
    return false;
  }

  private void fail(ErrorFields error, byte[] message, byte[]... failing) {
    if (!passes(message)) {
      line.substitute(failed(error), failing);
    }
  }

  /** All earlier messages are answered: it is the command's turn. */
  private void order(Command command, boolean extended, byte[][] nothing, byte[]... failing) {
    if (passes(nothing)) {
      return;
    }
    if (line.status() == 'E') {
      line.forward(nothing); // the compute itself says what state the transaction is in
      line.proceed();
    } else if (line.status() == 'T') {
      line.substitute(failed(notHere(command, "run inside a transaction block")), failing);
    } else if (extended && executed) {
      line.substitute(failed(notHere(command, "be executed within a pipeline")), failing);
    } else {
      executed = extended;
      timed(extended, limit -> {
        Recall recall = new Recall();
        Patience patience = new Patience(line, limit, recall::ask);
        desk.perform(command, recall).whenComplete((notices, failure) -> line.later(() -> {
          patience.end();
          if (failure == null) {
            line.substitute(done(command, notices), nothing);
          } else {
            line.substitute(failed(patience.fields(failure)), failing);
          }
        }));
      });
    }
  }

  /** Finds out first how long the client's statement may take. */
  private void timed(boolean extended, Consumer<Duration> work) {
    StatementTimeout timeout = new StatementTimeout(extended);
    line.ask(timeout, () -> {
      if (timeout.failed()) {
        line.proceed();
      } else {
        work.accept(timeout.limit());
      }
    }, timeout.question());
  }

  private static ErrorFields notHere(Command command, String what) {
    return ErrorFields.of(Severity.ERROR, "25001", command.words() + " cannot " + what);
  }

  private static Replies done(Command command, List<String> notices) {
    return (type, answer, out) -> {
      if (type == FrameTypes.COMMAND_COMPLETE) {
        notices.forEach(text -> BackendMessages.noticeResponse(out,
            ErrorFields.of(Severity.NOTICE, "00000", text)));
        BackendMessages.commandComplete(out, command.tag());
        return true;
      }
      out.writeBytes(answer, answer.readerIndex(), answer.readableBytes());
      return type == FrameTypes.ERROR_RESPONSE;
    };
  }

  private static Replies failed(ErrorFields error) {
    return (type, answer, out) -> {
      if (type == FrameTypes.ERROR_RESPONSE) {
        BackendMessages.errorResponse(out, error);
        return true;
      }
      out.writeBytes(answer, answer.readerIndex(), answer.readableBytes());
      return type == FrameTypes.READY_FOR_QUERY;
    };
  }

  /** A command among other statements fails in a block of PL/pgSQL, of which nobody has to hear. */
  private static Replies amongOthers(Command command) {
    return (type, answer, out) -> {
      if (type == FrameTypes.ERROR_RESPONSE
          && ErrorFields.decode(answer.slice(answer.readerIndex() + BODY,
              answer.readableBytes() - BODY)).message().equals(Script.notHere(command))) {
        BackendMessages.errorResponse(out, notHere(command, "run inside a transaction block"));
      } else {
        out.writeBytes(answer, answer.readerIndex(), answer.readableBytes());
      }
      return type == FrameTypes.READY_FOR_QUERY || type == FrameTypes.COPY_IN_RESPONSE;
    };
  }

  /**
   * Does what a statement needs before it may run, and passes it on.
   *
   * @param replies what becomes of its answers; null if they pass as they come
   * @param failing what fails in its place if the client does not want to wait
   */
  private void prepared(Prepared statement, boolean extended, byte[] message,
      @Nullable Replies replies, byte[]... failing) {
    if (statement.topics().isEmpty() && statement.ends().isEmpty() && replies == null) {
      line.forward(message);
      return;
    }
    line.whenQuiet(() -> {
      if (passes(message)) {
        return;
      }
      if (statement.topics().isEmpty() && statement.ends().isEmpty()) {
        pass(message, replies);
      } else if (line.status() == 'E') { // in which nothing can be asked
        makeReady(statement, Duration.ZERO, () -> pass(message, replies), failing);
      } else {
        timed(extended,
            limit -> makeReady(statement, limit, () -> pass(message, replies), failing));
      }
    });
  }

  private void makeReady(Prepared statement, Duration limit, Runnable then, byte[]... failing) {
    CompletableFuture<Optional<String>> ready = ended(statement.ends())
        .thenCompose(done -> desk.refresh(statement.topics()))
        .toCompletableFuture()
        .copy();
    Patience patience = new Patience(line, limit,
        () -> ready.completeExceptionally(Patience.cancelled()));
    ready.whenComplete((warning, failure) -> line.later(() -> {
      patience.end();
      if (failure != null) {
        line.substitute(failed(patience.fields(failure)), failing);
        return;
      }
      warning.ifPresent(text -> line.tell(List.of(text)));
      then.run();
    }));
  }

  private void pass(byte[] message, @Nullable Replies replies) {
    if (replies == null) {
      line.forward(message);
      line.proceed();
    } else {
      line.substitute(replies, message);
    }
  }

  /** Whether that went well is seen by whoever drops the database next. */
  private CompletionStage<Void> ended(Optional<String> database) {
    return database.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : desk.perform(new Command.EndSessions(database.get()), Recall.current())
            .handle((notices, failure) -> null);
  }

  private static byte[][] nothingQuery() {
    return new byte[][]{Messages.query(NOTHING, StandardCharsets.UTF_8)};
  }

  private static byte[] failingQuery() {
    return Messages.query(FAILING, StandardCharsets.UTF_8);
  }

  private static byte[][] failingExecute() {
    return new byte[][]{Messages.execute(NO_PORTAL), Messages.flush()};
  }
}
