package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random bytes, and real messages with random damage, against every decoder. */
class NoiseTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void damagedPacketsAreReadOrRefusedAndNothingElse(long seed) {
    Random random = new Random(seed);
    List<ByteBuf> models = List.of(Bytes.startup("user\0alice\0database\0shop\0\0"),
        Bytes.startup("user\0\u00c3\u00a9\0options\0-c a=b\0\0"),
        Bytes.hex("00000010 04d2162e 0000002a 01020304"), Bytes.hex("00000008 04d2162f"));
    for (int i = 0; i < 20_000; i++) {
      Decoders.initialPacket(damaged(models.get(random.nextInt(models.size())), random));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void damagedBodiesAreReadOrRefusedAndNothingElse(long seed) {
    Random random = new Random(seed);
    String types = "RESKZvTDCNA";
    List<ByteBuf> models = List.of(Bytes.hex("0000000a 5800 5900 00"),
        Bytes.text("SERROR\0C42601\0Mm\0\0"), Bytes.hex("0000002a 01020304"),
        Bytes.hex("00030002 00000001 6100"),
        Bytes.hex("0001 6100 00000000 0000 00000019 ffff ffffffff 0000"),
        Bytes.hex("0002 ffffffff 00000001 61"));
    for (int i = 0; i < 20_000; i++) {
      ByteBuf body = damaged(models.get(random.nextInt(models.size())), random);
      Decoders.backendMessage((byte) types.charAt(random.nextInt(types.length())), body.copy());
      Decoders.proofMessage(body);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void noiseInAnyPiecesGivesTheScannerTheSameFrames(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      ByteBuf stream = Unpooled.buffer();
      for (int frames = random.nextInt(5); frames > 0; frames--) {
        int body = random.nextInt(9);
        stream.writeByte(random.nextInt(256)).writeInt(4 + body).writeZero(body);
      }
      Decoders.frames(random.nextInt(3) == 0 ? damaged(stream, random) : stream, random);
    }
  }

  private static ByteBuf damaged(ByteBuf model, Random random) {
    ByteBuf bytes = Unpooled.buffer().writeBytes(model.duplicate());
    for (int i = random.nextInt(4); i > 0 && bytes.isReadable(); i--) {
      bytes.setByte(random.nextInt(bytes.writerIndex()), random.nextInt(256));
    }
    if (random.nextInt(4) == 0) {
      bytes.writerIndex(random.nextInt(bytes.writerIndex() + 1));
    }
    for (int i = random.nextInt(8) == 0 ? random.nextInt(20) : 0; i > 0; i--) {
      bytes.writeByte(random.nextInt(256));
    }
    return bytes;
  }
}
