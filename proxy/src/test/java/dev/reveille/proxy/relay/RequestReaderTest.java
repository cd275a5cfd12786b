package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameListener;
import dev.reveille.wire.FrameScanner;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestReaderTest {
  private record Heard(RequestKind kind, Optional<String> sha256, long bytes,
      Optional<String> text) {}

  private final List<Heard> heard = new ArrayList<>();

  @Test
  void statements_are_digested_whole() throws Exception {
    pass(0, Messages.query("select 1"), Messages.parse("select $1"), Messages.SYNC);

    assertThat(heard).containsExactly(of(RequestKind.QUERY, "select 1", Optional.empty()),
        of(RequestKind.PARSE, "select $1", Optional.empty()));
  }

  @Test
  void what_is_heard_does_not_depend_on_how_the_bytes_are_cut() throws Exception {
    byte[] stream = join(Messages.query("select 'Größe'"),
        parse("named", "insert into t values ($1)"),
        bind("a parameter"), Messages.EXECUTE, Messages.SYNC, Messages.query(""),
        Messages.functionCall(7), Messages.query("select 2"), Messages.TERMINATE);
    List<Heard> whole = heardOf(stream, new int[]{stream.length});
    long seed = System.nanoTime();
    Random random = new Random(seed);

    assertThat(whole).hasSize(5);
    for (int size : new int[]{1, 2, 3, 5, 7, 11}) {
      assertThat(heardOf(stream, new int[]{size})).as("pieces of %d", size).isEqualTo(whole);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(heardOf(stream, random.ints(50, 1, 40).toArray())).as("seed %d", seed)
          .isEqualTo(whole);
    }
  }

  @Test
  void parameters_and_names_are_never_read() throws Exception {
    pass(1000, parse("the name", "select $1"), bind("select 'hush'"), Messages.EXECUTE);

    assertThat(heard).containsExactly(of(RequestKind.PARSE, "select $1", Optional.of("select $1")));
  }

  @Test
  void a_long_text_is_cut_and_its_digest_is_not() throws Exception {
    String sql = "select '" + "x".repeat(200_000) + "'";

    pass(16, Messages.query(sql), Messages.query("select 1"));

    assertThat(heard).containsExactly(of(RequestKind.QUERY, sql, Optional.of("select 'xxxxxxxx")),
        of(RequestKind.QUERY, "select 1", Optional.of("select 1")));
  }

  @Test
  void a_statement_that_does_not_end_is_none() {
    pass(0, Messages.frame(FrameTypes.QUERY, Unpooled.copiedBuffer("select 1",
        StandardCharsets.US_ASCII)), Messages.SYNC);

    assertThat(heard).isEmpty();
  }

  @Test
  void the_data_of_a_copy_is_not_taken_for_statements() throws Exception {
    pass(0, Messages.query("copy t from stdin"), Messages.copyData("select 1\0"),
        Messages.COPY_DONE);
    new RequestReader(listener(0)).answer(FrameTypes.COPY_IN_RESPONSE);
    new RequestReader(listener(0)).answer(FrameTypes.COPY_OUT_RESPONSE);

    assertThat(heard).extracting(Heard::kind)
        .containsExactly(RequestKind.QUERY, RequestKind.COPY_IN, RequestKind.COPY_OUT);
  }

  private List<Heard> heardOf(byte[] stream, int[] sizes) {
    heard.clear();
    RequestReader reader = new RequestReader(listener(5));
    FrameScanner scanner = new FrameScanner(Limits.MAX_FRAME);
    int turn = 0;
    for (int at = 0; at < stream.length;) {
      int size = Math.min(sizes[turn++ % sizes.length], stream.length - at);
      read(reader, scanner, stream, at, size);
      at += size;
    }
    return List.copyOf(heard);
  }

  private void pass(int textBytes, byte[]... messages) {
    byte[] stream = join(messages);
    read(new RequestReader(listener(textBytes)), new FrameScanner(Limits.MAX_FRAME), stream, 0,
        stream.length);
  }

  private static void read(RequestReader reader, FrameScanner scanner, byte[] stream, int from,
      int size) {
    ByteBuf piece = Unpooled.directBuffer(size + 3).writeZero(3).writeBytes(stream, from, size);
    piece.skipBytes(3);
    reader.next(piece);
    scanner.scan(piece, new FrameListener() {
      @Override
      public void frame(byte type, int length, int offset) {
        reader.frame(type, length, offset);
      }
    });
    assertThat(piece.readableBytes()).isEqualTo(size);
    piece.release();
  }

  private RequestListener listener(int textBytes) {
    return new RequestListener() {
      @Override
      public int textBytes() {
        return textBytes;
      }

      @Override
      public void requested(RequestKind kind, Optional<String> sha256, long bytes,
          Optional<String> text) {
        heard.add(new Heard(kind, sha256, bytes, text));
      }
    };
  }

  private static Heard of(RequestKind kind, String sql, Optional<String> text) throws Exception {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    return new Heard(kind, Optional.of(digest), bytes.length, text);
  }

  private static byte[] parse(String name, String sql) {
    return Messages.frame(FrameTypes.PARSE,
        Unpooled.copiedBuffer(name + "\0" + sql + "\0\0\1\0\0\0\7",
            StandardCharsets.UTF_8));
  }

  private static byte[] bind(String parameter) {
    return Messages.frame(FrameTypes.BIND,
        Unpooled.copiedBuffer("\0named\0\0\0\0\1\0\0\0" + (char) parameter.length() + parameter
            + "\0\0", StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... messages) {
    ByteBuf all = Unpooled.wrappedBuffer(messages);
    byte[] stream = new byte[all.readableBytes()];
    all.readBytes(stream);
    return stream;
  }
}
