package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.TransactionStatus;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static java.util.Objects.requireNonNull;

/** A compute that accepts anyone and then says and does what a test wants, over real sockets. */
final class FakeCompute implements AutoCloseable {
  private static final int CANCEL_REQUEST_CODE = 80877102;

  /** One connection, past its startup packet. */
  static final class Connection {
    final Socket socket;
    final DataInputStream in;
    final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    /** The type of the next message, whose body is read and dropped. */
    char message() throws IOException {
      char type = (char) in.readByte();
      in.skipNBytes(in.readInt() - 4L);
      return type;
    }
  }

  final BlockingQueue<Connection> sessions = new LinkedBlockingQueue<>();
  final BlockingQueue<Connection> cancels = new LinkedBlockingQueue<>();
  private final ServerSocket listener;

  FakeCompute() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  Connection session() throws InterruptedException {
    return requireNonNull(sessions.poll(20, TimeUnit.SECONDS), "nobody has logged in");
  }

  Connection cancel() throws InterruptedException {
    return requireNonNull(cancels.poll(20, TimeUnit.SECONDS), "nobody has cancelled");
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(listener.accept());
        int length = connection.in.readInt();
        boolean cancel = connection.in.readInt() == CANCEL_REQUEST_CODE;
        connection.in.skipNBytes(length - 8L);
        if (!cancel) {
          connection.out.write(RelayFixture.answer(out -> {
            BackendMessages.authenticationOk(out);
            BackendMessages.backendKeyData(out, 42, CancelSecret.of(new byte[4]));
            BackendMessages.readyForQuery(out, TransactionStatus.IDLE);
          }));
        }
        (cancel ? cancels : sessions).add(connection);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
