package dev.reveille.compute.admin;

import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the administrative role over a compute's private Unix socket: simple queries, text
 * results. Blocking and for one thread at a time, meant for virtual threads. Each call has a time
 * limit, at which the connection is closed under it.
 */
public final class AdminConnection implements AutoCloseable {
  private static final int LARGEST_MESSAGE = 16 * 1024 * 1024;
  private static final int HEADER = 5;

  private final SocketChannel channel;
  private final Duration limit;

  private AdminConnection(SocketChannel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /** Connects and logs in; the compute has to trust the socket. */
  public static AdminConnection open(Path socket, String role, String database, Duration limit)
      throws IOException {
    return open(socket, role, database, Map.of(), limit);
  }

  /** The same with settings for the session, which win over those of its role and database. */
  public static AdminConnection open(Path socket, String role, String database,
      Map<String, String> settings, Duration limit) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    AdminConnection connection = new AdminConnection(channel, limit);
    try {
      connection.logIn(role, database, settings);
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void logIn(String role, String database, Map<String, String> settings)
      throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", role);
    parameters.put("database", database);
    parameters.put("application_name", "reveille");
    parameters.put("client_encoding", "UTF8");
    parameters.putAll(settings);
    ByteBuf out = Unpooled.buffer();
    FrontendMessages.startup(out, ProtocolVersion.V3_0, parameters);
    exchange(out);
  }

  /**
   * Runs one or more statements, as one transaction if there are several, and answers the rows of all
   * of them.
   *
   * @throws SqlFailedException if the compute refused
   */
  public List<List<@Nullable String>> query(String sql) throws IOException {
    ByteBuf out = Unpooled.buffer(sql.length() + 16);
    FrontendMessages.query(out, sql);
    return exchange(out);
  }

  /** Like {@link #query}, for statements without a result. */
  public void execute(String sql) throws IOException {
    query(sql);
  }

  /** Sends, and reads up to ReadyForQuery (PostgreSQL documentation, "Message Flow", 54.2). */
  private List<List<@Nullable String>> exchange(ByteBuf request) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    done.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).whenComplete((nothing, timeout) -> {
      if (timeout != null) {
        abort();
      }
    });
    try {
      ByteBuffer bytes = request.nioBuffer();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return answer();
    } finally {
      done.complete(null);
    }
  }

  private List<List<@Nullable String>> answer() throws IOException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    SqlFailedException failure = null;
    while (true) {
      switch (next()) {
        case BackendMessage.ReadyForQuery ready -> {
          if (failure != null) {
            throw failure;
          }
          return rows;
        }
        case BackendMessage.ErrorResponse error -> {
          failure = new SqlFailedException(error.fields());
          if (error.fields().severity() != dev.reveille.wire.Severity.ERROR) {
            throw failure;
          }
        }
        case BackendMessage.DataRow row -> rows.add(row.values());
        case BackendMessage.AuthenticationOk ok -> {
        }
        case BackendMessage.NoticeResponse notice -> {
        }
        case BackendMessage.ParameterStatus status -> {
        }
        case BackendMessage.BackendKeyData key -> {
        }
        case BackendMessage.RowDescription columns -> {
        }
        case BackendMessage.CommandComplete complete -> {
        }
        case BackendMessage.Other other -> {
        }
        case BackendMessage.NegotiateProtocolVersion version -> {
        }
        case BackendMessage.AuthenticationCleartext asked -> throw untrusted();
        case BackendMessage.AuthenticationMd5 asked -> throw untrusted();
        case BackendMessage.AuthenticationSasl asked -> throw untrusted();
        case BackendMessage.AuthenticationSaslContinue asked -> throw untrusted();
        case BackendMessage.AuthenticationSaslFinal asked -> throw untrusted();
        case BackendMessage.AuthenticationUnsupported asked -> throw untrusted();
      }
    }
  }

  private static IOException untrusted() {
    return new IOException("the compute asks for a proof on its private socket");
  }

  private BackendMessage next() throws IOException {
    ByteBuffer header = read(HEADER);
    byte type = header.get();
    int length = header.getInt();
    if (length < Integer.BYTES || length > LARGEST_MESSAGE) {
      throw new IOException("a message of " + length + " bytes from a compute");
    }
    return BackendMessages.decode(type, Unpooled.wrappedBuffer(read(length - Integer.BYTES)));
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the compute closed its administrative connection");
      }
    }
    return bytes.flip();
  }

  private void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      // Closing is all that can be done; the reader sees the end.
      return;
    }
  }

  /** Says goodbye and closes; harmless when the compute has gone. */
  @Override
  public void close() {
    try (channel) {
      ByteBuf out = Unpooled.buffer(HEADER);
      FrontendMessages.terminate(out);
      channel.write(out.nioBuffer());
    } catch (IOException e) {
      // The compute has gone, and its session with it.
      return;
    }
  }
}
