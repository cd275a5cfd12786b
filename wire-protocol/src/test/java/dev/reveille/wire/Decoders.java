package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.GssEncRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** What must hold of every decoder for any bytes at all; noise and fuzzing share it. */
final class Decoders {

  private Decoders() {
  }

  /** Read, refused or waiting; what is read is written back to the same bytes. */
  static void initialPacket(ByteBuf in) {
    ByteBuf original = in.copy();
    InitialPacket packet;
    try {
      packet = InitialPackets.decode(in);
    } catch (MalformedMessageException refusal) {
      assertThat(refusal.sqlState()).isIn("08P01", "0A000", "28000");
      assertThat(in.readerIndex()).isZero();
      return;
    }
    if (packet == null) {
      assertThat(in.readerIndex()).isZero();
      return;
    }
    ByteBuf again = Unpooled.buffer();
    switch (packet) {
      case SslRequest ssl -> FrontendMessages.sslRequest(again);
      case GssEncRequest gss -> FrontendMessages.gssEncRequest(again);
      case CancelRequest cancel ->
        FrontendMessages.cancelRequest(again, cancel.processId(), cancel.secret());
      case StartupMessage startup -> {
        FrontendMessages.startup(again, startup.version(), startup.parameters());
        options(startup);
      }
    }
    assertThat(again).isEqualTo(original.slice(0, in.readerIndex()));
  }

  private static void options(StartupMessage startup) {
    try {
      assertThat(startup.settings()).isNotNull();
    } catch (MalformedMessageException refusal) {
      assertThat(refusal.sqlState()).isIn("42601", "0A000");
    }
  }

  static void options(String options) {
    try {
      assertThat(StartupOptions.parse(options)).noneMatch(setting -> setting.name().isEmpty());
    } catch (MalformedMessageException refusal) {
      assertThat(refusal.sqlState()).isIn("42601", "0A000");
    }
  }

  /** Read to the end, or refused. Errors are written back to the same bytes. */
  static void backendMessage(byte type, ByteBuf body) {
    ByteBuf original = body.copy();
    try {
      BackendMessage message = BackendMessages.decode(type, body);
      assertThat(body.isReadable()).isFalse();
      assertThat(message.toString()).isNotEmpty();
      if (message instanceof BackendMessage.ErrorResponse error) {
        ByteBuf frame = Bytes.written(out -> BackendMessages.errorResponse(out, error.fields()));
        assertThat(Bytes.body(frame)).isEqualTo(original);
      }
    } catch (MalformedMessageException refusal) {
      assertThat(refusal.sqlState()).isEqualTo("08P01");
    }
  }

  static void proofMessage(ByteBuf body) {
    assertThat(ProofMessage.consumeResponse(body.duplicate()).data())
        .hasSize(body.readableBytes());
    try {
      ProofMessage.SaslInitialResponse response = ProofMessage.consumeInitialResponse(body);
      assertThat(response.mechanism().getBytes(StandardCharsets.UTF_8)).doesNotContain(0);
      assertThat(body.isReadable()).isFalse();
    } catch (MalformedMessageException refusal) {
      assertThat(refusal.sqlState()).isEqualTo("08P01");
    }
  }

  /** Whole, byte by byte and in random pieces, a stream has the frames of a plain reader. */
  static void frames(ByteBuf stream, RandomGenerator random) {
    int limit = 1 << 16;
    List<String> expected = plainlyRead(stream, limit);
    assertThat(scanned(stream, limit, null, 1)).isEqualTo(expected);
    assertThat(scanned(stream, limit, null, Math.max(1, stream.readableBytes())))
        .isEqualTo(expected);
    assertThat(scanned(stream, limit, random, 12)).isEqualTo(expected);
  }

  private static List<String> scanned(ByteBuf stream, int limit,
      @Nullable RandomGenerator random, int step) {
    List<String> seen = new ArrayList<>();
    FrameScanner scanner = new FrameScanner(limit);
    int size = stream.writerIndex();
    int piece;
    for (int at = 0; at < size; at += piece) {
      piece = Math.min(random == null ? step : 1 + random.nextInt(step), size - at);
      int base = at;
      try {
        scanner.scan(stream.slice(at, piece), (type, length, offset) -> {
          seen.add(type + " " + length + " at " + (base + offset));
        });
      } catch (MalformedMessageException refusal) {
        assertThat(scanner.atBoundary()).isFalse();
        seen.add("refused");
        return seen;
      }
    }
    seen.add(scanner.atBoundary() ? "boundary" : "inside");
    return seen;
  }

  private static List<String> plainlyRead(ByteBuf stream, int limit) {
    List<String> frames = new ArrayList<>();
    int at = 0;
    int size = stream.writerIndex();
    while (size - at >= 5) {
      byte type = stream.getByte(at);
      int length = stream.getInt(at + 1);
      if (length < 4 || length > limit || (type == 'Z' && length != 5)) {
        frames.add("refused");
        return frames;
      }
      frames.add(type + " " + length + " at " + at);
      if (type == 'Z' && size - at >= 6 && "ITE".indexOf(stream.getByte(at + 5)) < 0) {
        frames.add("refused");
        return frames;
      }
      at += 1 + length;
    }
    frames.add(at == size ? "boundary" : "inside");
    return frames;
  }
}
