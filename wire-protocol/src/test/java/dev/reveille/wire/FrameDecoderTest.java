package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameDecoderTest {

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final List<String> seen = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  FrameDecoderTest() {
    channel.config().setAllocator(allocator);
  }

  @AfterEach
  void everyBufferIsReleased() {
    channel.finishAndReleaseAll();

    assertThat(allocator.metric().usedHeapMemory()).isZero();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }

  @Test
  void twoFramesInOneBufferComeOutInOrder() {
    channel.pipeline().addLast(new FrameDecoder(100), new Seen());

    write("7000000006 aabb 5300000004");

    assertThat(seen).containsExactly("p aabb", "S ");
  }

  @Test
  void byteByByteTheFramesAreTheSame() {
    channel.pipeline().addLast(new FrameDecoder(100), new Seen());

    for (String octet : "70 00 00 00 06 aa bb 53 00 00 00 04".split(" ", -1)) {
      write(octet);
    }

    assertThat(seen).containsExactly("p aabb", "S ");
  }

  @ParameterizedTest
  @CsvSource({"3,false", "4,true", "99,true", "100,true", "101,false", "-1,false",
      "2147483647,false"})
  void lengthsAreCheckedBeforeTheBodyComes(int length, boolean accepted) {
    channel.pipeline().addLast(new FrameDecoder(100), new Seen());
    ByteBuf header = allocator.buffer().writeByte('p').writeInt(length);
    if (accepted) {
      channel.writeInbound(header);
      assertThat(seen.size()).isEqualTo(length == 4 ? 1 : 0);
    } else {
      assertThatThrownBy(() -> channel.writeInbound(header))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void afterAMalformedFrameEverythingIsDroppedInSilence() {
    channel.pipeline().addLast(new FrameDecoder(100), new Seen());

    assertThatThrownBy(() -> write("5300000004 7000000003 5300000004"))
        .isInstanceOf(MalformedMessageException.class);
    write("5300000004");
    channel.finish();

    assertThat(seen).containsExactly("S ");
  }

  @Test
  void whenItIsRemovedAtAFrameTheRestGoesOnUntouched() {
    channel.pipeline().addLast("frames", new FrameDecoder(100));
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        record(message);
        if (message instanceof Frame) {
          ctx.pipeline().remove("frames");
        }
      }
    });

    write("5a0000000549 4400000005");

    assertThat(seen).containsExactly("Z 49", "bytes 4400000005");
  }

  @Test
  void aHalfFrameIsHandedOnWhenItIsRemovedFromOutside() {
    channel.pipeline().addLast("frames", new FrameDecoder(100));
    channel.pipeline().addLast(new Seen());
    write("53000000");

    channel.pipeline().remove("frames");

    assertThat(seen).containsExactly("bytes 53000000");
  }

  @Test
  void aConnectionThatEndsInMidFrameYieldsNothing() {
    channel.pipeline().addLast(new FrameDecoder(100), new Seen());
    write("7000000006 aa");

    channel.finish();

    assertThat(seen).isEmpty();
  }

  private void write(String hex) {
    ByteBuf bytes = Bytes.hex(hex);
    channel.writeInbound(allocator.buffer().writeBytes(bytes));
  }

  private void record(Object message) {
    seen.add(message instanceof Frame frame
        ? (char) frame.type() + " " + Bytes.hexOf(frame.body())
        : "bytes " + Bytes.hexOf((ByteBuf) message));
    ReferenceCountUtil.release(message);
  }

  private final class Seen extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      record(message);
    }
  }
}
