package dev.reveille.wire;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FrameScannerAllocationTest {

  private static final int FRAMES = 100_000;

  private final FrameScanner scanner = new FrameScanner(Limits.MAX_FRAME);
  private final Counting counting = new Counting();

  @Test
  void aHundredThousandFramesAllocateNothing() {
    ByteBuf stream = Unpooled.buffer();
    for (int i = 0; i < FRAMES; i++) {
      if (i % 4 == 0) {
        BackendMessages.readyForQuery(stream, TransactionStatus.IDLE);
      } else {
        stream.writeByte('D').writeInt(4 + i % 7).writeZero(i % 7);
      }
    }
    for (int i = 0; i < 20; i++) {
      scanInPieces(stream);
    }
    counting.frames = 0;

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    scanInPieces(stream);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(counting.frames).isEqualTo(FRAMES);
    assertThat(counting.statuses).isPositive();
    assertThat(allocated).as("bytes allocated for %d frames", FRAMES).isLessThan(4_096);
  }

  /** Moves the indices of one buffer, so that cuts fall inside headers and no slice is made. */
  private void scanInPieces(ByteBuf stream) {
    int end = stream.writerIndex();
    stream.readerIndex(0);
    for (int at = 0; at < end; at += 1_021) {
      stream.setIndex(at, Math.min(at + 1_021, end));
      scanner.scan(stream, counting);
    }
    stream.setIndex(0, end);
  }

  private static final class Counting implements FrameListener {
    private int frames;
    private int statuses;

    @Override
    public void frame(byte type, int length, int offset) {
      frames++;
    }

    @Override
    public void transactionStatus(byte status) {
      statuses++;
    }
  }
}
