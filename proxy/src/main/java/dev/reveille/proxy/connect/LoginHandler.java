package dev.reveille.proxy.connect;

import dev.reveille.proxy.connect.ConnectOutcome.Ready;
import dev.reveille.proxy.connect.ConnectOutcome.Refused;
import dev.reveille.proxy.connect.ConnectOutcome.Unreachable;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.Frame;
import dev.reveille.wire.FrameDecoder;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a compute says between StartupMessage and ReadyForQuery (PostgreSQL documentation, Frontend/Backend Protocol,
 * Message Flow, Start-up), behind a {@link FrameDecoder}. At ReadyForQuery it makes room for the bytes after it and leaves.
 *
 * <p>Runs on the channel's event loop.
 */
final class LoginHandler extends SimpleChannelInboundHandler<Frame> {
  /** Key derivation is milliseconds of arithmetic: it must not hold up the other sessions of an event loop. */
  private static final Executor ASIDE = Thread::startVirtualThread;

  private final Proof proof;
  private final ProtocolVersion asked;
  private final LoginListener listener;
  private final Promise<ConnectOutcome> outcome;
  private final LinkMaker links;
  private BackendMessage.@Nullable BackendKeyData key;
  private boolean proved;

  /** Turns a channel that is ready into a link. */
  interface LinkMaker {
    ComputeLink make(BackendMessage.BackendKeyData key, BackendMessage.ReadyForQuery ready);
  }

  LoginHandler(Proof proof, ProtocolVersion asked, LoginListener listener,
      Promise<ConnectOutcome> outcome,
      LinkMaker links) {
    this.proof = proof;
    this.asked = asked;
    this.listener = listener;
    this.outcome = outcome;
    this.links = links;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
    if (outcome.isDone()) {
      return;
    }
    BackendMessage message = BackendMessages.decode(frame.type(), frame.body());
    switch (message) {
      case BackendMessage.AuthenticationOk ok -> {
        proof.ok();
        proved = true;
      }
      case BackendMessage.AuthenticationCleartext asks -> answer(ctx, proof::cleartext);
      case BackendMessage.AuthenticationMd5 asks -> answer(ctx, out -> proof.md5(asks, out));
      case BackendMessage.AuthenticationSasl offered ->
        answer(ctx, out -> proof.sasl(offered, out));
      case BackendMessage.AuthenticationSaslContinue first -> continueSasl(ctx, first);
      case BackendMessage.AuthenticationSaslFinal last -> proof.saslFinal(last);
      case BackendMessage.AuthenticationUnsupported asks -> throw new LoginFailedException(
          "the compute asks for authentication method " + asks.method()
              + ", which is not offered here");
      case BackendMessage.ErrorResponse error -> end(ctx, new Refused(error.fields()));
      case BackendMessage.NoticeResponse notice -> listener.notice(notice.fields());
      case BackendMessage.ParameterStatus status ->
        listener.parameterStatus(status.name(), status.value());
      case BackendMessage.BackendKeyData given -> key = given;
      case BackendMessage.NegotiateProtocolVersion offered -> follow(offered);
      case BackendMessage.ReadyForQuery ready -> ready(ctx, ready);
      case BackendMessage.RowDescription unexpected -> throw unexpected(frame);
      case BackendMessage.DataRow unexpected -> throw unexpected(frame);
      case BackendMessage.CommandComplete unexpected -> throw unexpected(frame);
      case BackendMessage.Other unexpected -> throw unexpected(frame);
    }
  }

  /** Before PostgreSQL 18 this is how a compute says that it speaks 3.0 only. Nothing else was asked of it. */
  private void follow(BackendMessage.NegotiateProtocolVersion offered) {
    if (proved || offered.minor() > asked.minor()) {
      throw new LoginFailedException(
          "the compute negotiated a protocol version that was not asked for");
    }
  }

  private void ready(ChannelHandlerContext ctx, BackendMessage.ReadyForQuery ready) {
    if (!proved || key == null) {
      throw new LoginFailedException("the compute is ready without having logged us in");
    }
    ctx.channel().config().setAutoRead(false);
    ComputeLink link = links.make(key, ready);
    ctx.pipeline().remove(FrameDecoder.class);
    ctx.pipeline().remove(this);
    if (!outcome.trySuccess(new Ready(link))) {
      link.close();
    }
  }

  private interface Answer {
    void write(ByteBuf out);
  }

  private static void answer(ChannelHandlerContext ctx, Answer answer) {
    ByteBuf out = ctx.alloc().buffer();
    try {
      answer.write(out);
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
    ctx.writeAndFlush(out);
  }

  private void continueSasl(ChannelHandlerContext ctx,
      BackendMessage.AuthenticationSaslContinue first) {
    CompletableFuture.supplyAsync(() -> proof.saslContinue(first), ASIDE)
        .whenCompleteAsync((last, failure) -> {
          if (failure != null) {
            exceptionCaught(ctx, failure.getCause() == null ? failure : failure.getCause());
          } else if (ctx.channel().isActive()) {
            answer(ctx, out -> FrontendMessages.saslResponse(out, last));
          }
        }, ctx.executor());
  }

  private static LoginFailedException unexpected(Frame frame) {
    return new LoginFailedException(
        "the compute sent a message of type " + frame.type() + " during the login");
  }

  private void end(ChannelHandlerContext ctx, ConnectOutcome how) {
    outcome.trySuccess(how);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx, new Unreachable("the compute closed the connection during the login"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(ctx, new Unreachable(Reasons.of(cause)));
  }
}
