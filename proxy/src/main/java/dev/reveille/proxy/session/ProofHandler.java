package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ProofRead;
import dev.reveille.wire.Frame;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.MalformedMessageException;
import dev.reveille.wire.ProofMessage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * Reads the messages of the SASL exchange (Frontend/Backend Protocol, SASL Authentication): first
 * SASLInitialResponse, then SASLResponse, and nothing else. Event loop only; not sharable.
 */
final class ProofHandler extends SimpleChannelInboundHandler<Frame> {
  private final SessionDriver driver;
  private boolean begun;

  ProofHandler(SessionDriver driver) {
    this.driver = driver;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
    if (frame.type() != FrameTypes.PASSWORD) {
      driver.handle(new Broken(
          new SessionFailure.Malformed("expected SASL response, got message type "
              + (frame.type() & 0xff))));
      return;
    }
    try {
      var message = begun
          ? ProofMessage.consumeResponse(frame.body())
          : ProofMessage.consumeInitialResponse(frame.body());
      begun = true;
      driver.handle(new ProofRead(message));
    } catch (MalformedMessageException e) {
      driver.handle(
          new Broken(new SessionFailure.Malformed(e.sqlState(), String.valueOf(e.getMessage()))));
    }
  }
}
