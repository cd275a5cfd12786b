package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ProofRead;
import dev.reveille.wire.Frame;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.MalformedMessageException;
import dev.reveille.wire.ProofMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * Reads the messages of the proof (Frontend/Backend Protocol, SASL Authentication): first
 * SASLInitialResponse, then SASLResponse, or where a password is asked for PasswordMessage, and
 * nothing else. Event loop only; not sharable.
 */
final class ProofHandler extends SimpleChannelInboundHandler<Frame> {
  private final SessionDriver driver;
  private final ProofDemand demand;
  private boolean begun;

  ProofHandler(SessionDriver driver, ProofDemand demand) {
    this.driver = driver;
    this.demand = demand;
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
      driver.handle(new ProofRead(read(frame.body())));
      begun = true;
    } catch (MalformedMessageException e) {
      driver.handle(
          new Broken(new SessionFailure.Malformed(e.sqlState(), String.valueOf(e.getMessage()))));
    }
  }

  private ProofMessage read(ByteBuf body) {
    if (demand instanceof ProofDemand.Token(_, var challenge) && challenge.isEmpty()) {
      return ProofMessage.consumePassword(body);
    }
    return begun
        ? ProofMessage.consumeResponse(body)
        : ProofMessage.consumeInitialResponse(body);
  }
}
