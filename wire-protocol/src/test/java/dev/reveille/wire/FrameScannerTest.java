package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameScannerTest {

  /** Parse complete (empty body), a DataRow of 3 bytes, ReadyForQuery. */
  private static final String STREAM = "3100000004 4400000007aabbcc 5a0000000554";

  private final Recording seen = new Recording();
  private final FrameScanner scanner = new FrameScanner(Limits.MAX_FRAME);

  @Test
  void wholeFramesAreReportedWhereTheyStand() {
    ByteBuf buf = Bytes.hex(STREAM);

    scanner.scan(buf, seen);

    assertThat(seen.events).containsExactly("1 4 @0", "D 7 @5", "Z 5 @13", "status T");
    assertThat(scanner.atBoundary()).isTrue();
    assertThat(scanner.lastBoundary()).isEqualTo(19);
    assertThat(buf.readerIndex()).isZero();
    assertThat(buf.writerIndex()).isEqualTo(19);
  }

  @Test
  void offsetsCountFromTheReaderIndex() {
    ByteBuf buf = Bytes.hex("ffff" + STREAM.replace(" ", ""));
    buf.skipBytes(2);

    scanner.scan(buf, seen);

    assertThat(seen.events).containsExactly("1 4 @0", "D 7 @5", "Z 5 @13", "status T");
    assertThat(buf.readerIndex()).isEqualTo(2);
  }

  @Test
  void byteByByteAHeaderIsReportedWithItsLastByte() {
    ByteBuf buf = Bytes.hex(STREAM);
    List<Integer> boundaries = new ArrayList<>();
    for (int i = 0; i < buf.readableBytes(); i++) {
      scanner.scan(buf.slice(i, 1), seen);
      assertThat(scanner.lastBoundary()).isEqualTo(scanner.atBoundary() ? 1 : 0);
      if (scanner.atBoundary()) {
        boundaries.add(i + 1);
      }
    }

    assertThat(seen.events).containsExactly("1 4 @-4", "D 7 @-4", "Z 5 @-4", "status T");
    assertThat(boundaries).containsExactly(5, 13, 19);
  }

  @Test
  void emptyBuffersChangeNothing() {
    scanner.scan(Unpooled.EMPTY_BUFFER, seen);
    assertThat(scanner.atBoundary()).isTrue();

    scanner.scan(Bytes.hex("44000000"), seen);
    scanner.scan(Unpooled.EMPTY_BUFFER, seen);
    assertThat(scanner.atBoundary()).isFalse();
    scanner.scan(Bytes.hex("05"), seen);
    scanner.scan(Unpooled.EMPTY_BUFFER, seen);

    assertThat(seen.events).containsExactly("D 5 @-4");
    assertThat(scanner.remaining()).isEqualTo(1);
    assertThat(scanner.lastBoundary()).isZero();
  }

  @Test
  void theLastBoundaryIsWhereTheLastWholeFrameEnds() {
    scanner.scan(Bytes.hex("4400000006 aabb 310000"), seen);
    assertThat(scanner.lastBoundary()).isEqualTo(7);

    scanner.scan(Bytes.hex("0004 4400000006 aa"), seen);
    assertThat(scanner.lastBoundary()).isEqualTo(2);
    assertThat(scanner.atBoundary()).isFalse();

    scanner.scan(Bytes.hex("bb"), seen);
    assertThat(scanner.lastBoundary()).isEqualTo(1);
    assertThat(scanner.atBoundary()).isTrue();
    assertThat(seen.events).containsExactly("D 6 @0", "1 4 @-3", "D 6 @2");
  }

  @Test
  void aFrameOfAGigabyteNeedsNoMoreThanItsHeader() {
    scanner.scan(Bytes.hex("443fffffff"), seen);
    ByteBuf chunk = Unpooled.wrappedBuffer(new byte[1 << 20]);
    for (int i = 0; i < 1023; i++) {
      scanner.scan(chunk, seen);
    }

    assertThat(scanner.remaining()).isEqualTo(0x3fffffff - 4 - 1023 * (1 << 20));
    assertThat(seen.events).containsExactly("D 1073741823 @0");
  }

  @ParameterizedTest
  @CsvSource({"3,false", "4,true", "5,true", "99,true", "100,true", "101,false", "-1,false",
      "-2147483648,false", "2147483647,false"})
  void lengthsAreLetPassFrom4ToTheLimit(int length, boolean passes) {
    FrameScanner limited = new FrameScanner(100);
    ByteBuf buf = Bytes.written(out -> out.writeByte('Q').writeInt(length));
    if (passes) {
      limited.scan(buf, seen);
      assertThat(seen.events).hasSize(1);
    } else {
      assertThatThrownBy(() -> limited.scan(buf, seen))
          .isInstanceOf(MalformedMessageException.class);
      assertThat(seen.events).isEmpty();
    }
  }

  @Test
  void afterAMalformedFrameTheWholeOnesBeforeItStandAndNothingIsReadAnyMore() {
    assertThatThrownBy(() -> scanner.scan(Bytes.hex("3100000004 4400000003"), seen))
        .isInstanceOf(MalformedMessageException.class);

    assertThat(seen.events).containsExactly("1 4 @0");
    assertThat(scanner.lastBoundary()).isEqualTo(5);
    assertThat(scanner.atBoundary()).isFalse();
    assertThatThrownBy(() -> scanner.scan(Bytes.hex(STREAM), seen))
        .isInstanceOf(MalformedMessageException.class);
    assertThat(seen.events).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5a00000004", "5a0000000600", "5a0000000500", "5a0000000569"})
  void aReadyForQueryThatIsNoneIsRefused(String hex) {
    assertThatThrownBy(() -> scanner.scan(Bytes.hex(hex), seen))
        .isInstanceOf(MalformedMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyCutsGiveTheSameFrames(long seed) {
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    ByteBuf stream = Unpooled.buffer();
    for (int i = 0; i < 2_000; i++) {
      boolean ready = random.nextInt(10) == 0;
      int body = ready ? 1 : random.nextInt(random.nextInt(20) == 0 ? 3_000 : 12);
      char type = ready ? 'Z' : (char) ('a' + random.nextInt(25));
      stream.writeByte(type).writeInt(body + 4);
      expected.add(type + " " + (body + 4) + " at " + (stream.writerIndex() - 5));
      if (ready) {
        byte status = (byte) "ITE".charAt(random.nextInt(3));
        stream.writeByte(status);
        expected.add("status " + (char) status);
      } else {
        byte[] noise = new byte[body];
        random.nextBytes(noise);
        stream.writeBytes(noise);
      }
    }

    List<String> reported = new ArrayList<>();
    int at = 0;
    while (at < stream.writerIndex()) {
      int step = Math.min(1 + random.nextInt(40), stream.writerIndex() - at);
      int base = at;
      scanner.scan(stream.slice(at, step), new FrameListener() {
        @Override
        public void frame(byte type, int length, int offset) {
          reported.add((char) type + " " + length + " at " + (base + offset));
        }

        @Override
        public void transactionStatus(byte status) {
          reported.add("status " + (char) status);
        }
      });
      at += step;
    }

    assertThat(reported).as("seed %d", seed).isEqualTo(expected);
    assertThat(scanner.atBoundary()).isTrue();
  }

  private static final class Recording implements FrameListener {
    private final List<String> events = new ArrayList<>();

    @Override
    public void frame(byte type, int length, int offset) {
      events.add((char) type + " " + length + " @" + offset);
    }

    @Override
    public void transactionStatus(byte status) {
      events.add("status " + (char) status);
    }
  }
}
