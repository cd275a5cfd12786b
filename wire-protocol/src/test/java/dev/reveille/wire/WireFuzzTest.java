package dev.reveille.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Fuzz targets. The ordinary build replays the corpus under src/test/resources; with the
 * environment variable JAZZER_FUZZ=1 and one target named, Jazzer looks for new inputs.
 */
class WireFuzzTest {

  @FuzzTest(maxDuration = "5m")
  void initialPackets(byte[] data) {
    Decoders.initialPacket(Unpooled.wrappedBuffer(data));
  }

  @FuzzTest(maxDuration = "5m")
  void startupOptions(byte[] data) {
    Decoders.options(new String(data, StandardCharsets.UTF_8));
  }

  /** The first byte is the message type. */
  @FuzzTest(maxDuration = "5m")
  void backendMessages(byte[] data) {
    ByteBuf in = Unpooled.wrappedBuffer(data);
    if (in.isReadable()) {
      byte type = in.readByte();
      Decoders.backendMessage(type, in);
    }
  }

  @FuzzTest(maxDuration = "5m")
  void proofMessages(byte[] data) {
    Decoders.proofMessage(Unpooled.wrappedBuffer(data));
  }

  /** The first byte seeds how the rest is cut. */
  @FuzzTest(maxDuration = "5m")
  void frames(byte[] data) {
    if (data.length > 0) {
      Decoders.frames(Unpooled.wrappedBuffer(data, 1, data.length - 1), new Random(data[0]));
    }
  }
}
