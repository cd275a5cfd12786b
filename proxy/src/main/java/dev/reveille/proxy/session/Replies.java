package dev.reveille.proxy.session;

import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import io.netty.buffer.ByteBuf;

/** Turns what the machine says into bytes. */
final class Replies {
  private Replies() {
  }

  /** Appends one whole frame to {@code out}, which stays the caller's. */
  static void append(ByteBuf out, BackendMessage message) {
    switch (message) {
      case BackendMessage.AuthenticationOk _ -> BackendMessages.authenticationOk(out);
      case BackendMessage.AuthenticationCleartext _ ->
        BackendMessages.authenticationCleartext(out);
      case BackendMessage.AuthenticationSasl(var mechanisms) ->
        BackendMessages.authenticationSasl(out, mechanisms);
      case BackendMessage.AuthenticationSaslContinue(var data) ->
        BackendMessages.authenticationSaslContinue(out, data);
      case BackendMessage.AuthenticationSaslFinal(var data) ->
        BackendMessages.authenticationSaslFinal(out, data);
      case BackendMessage.ErrorResponse(var fields) -> BackendMessages.errorResponse(out, fields);
      case BackendMessage.NoticeResponse(var fields) ->
        BackendMessages.noticeResponse(out, fields);
      case BackendMessage.ParameterStatus(var name, var value) ->
        BackendMessages.parameterStatus(out, name, value);
      case BackendMessage.BackendKeyData(var processId, var secret) ->
        BackendMessages.backendKeyData(out, processId, secret);
      case BackendMessage.ReadyForQuery(var status) -> BackendMessages.readyForQuery(out, status);
      case BackendMessage.NegotiateProtocolVersion(var minor, var unsupported) ->
        BackendMessages.negotiateProtocolVersion(out, minor, unsupported);
      case BackendMessage.AuthenticationMd5 _,BackendMessage.AuthenticationUnsupported _,BackendMessage.RowDescription _,BackendMessage.DataRow _,BackendMessage.CommandComplete _,BackendMessage.Other _ ->
        throw new IllegalArgumentException("a session does not send this by itself");
    }
  }
}
