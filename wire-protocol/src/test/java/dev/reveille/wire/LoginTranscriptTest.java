package dev.reveille.wire;

import dev.reveille.wire.BackendMessage.AuthenticationCleartext;
import dev.reveille.wire.BackendMessage.AuthenticationMd5;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import dev.reveille.wire.BackendMessage.AuthenticationUnsupported;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.CommandComplete;
import dev.reveille.wire.BackendMessage.DataRow;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.BackendMessage.Other;
import dev.reveille.wire.BackendMessage.ParameterStatus;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.BackendMessage.RowDescription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole conversations. Each line is one message: its direction, its bytes ({@code \0} and
 * {@code \xhh} escaped), and after a tab what it is decoded to.
 */
class LoginTranscriptTest {

  static Stream<String> lines() throws IOException {
    try (InputStream in = Objects
        .requireNonNull(LoginTranscriptTest.class.getResourceAsStream("login.transcript"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> line.startsWith("> ") || line.startsWith("< "))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void eachMessageIsReadAndWrittenAsTheTranscriptSays(String line) {
    int tab = line.indexOf('\t');
    ByteBuf bytes = unescaped(line.substring(2, tab));
    String meaning = line.substring(tab).strip();
    ByteBuf again = Unpooled.buffer();

    if (line.startsWith("<")) {
      assertThat(bytes.getInt(1)).as("length").isEqualTo(bytes.readableBytes() - 1);
      BackendMessage message = BackendMessages.decode(bytes.getByte(0), Bytes.body(bytes));
      assertThat(message.toString().replaceAll("@[0-9a-f]+", "")).isEqualTo(meaning);
      write(message, again);
    } else if (bytes.getByte(0) == 0) {
      InitialPacket packet = Objects.requireNonNull(InitialPackets.decode(bytes.duplicate()));
      assertThat(packet).hasToString(meaning);
      Decoders.initialPacket(bytes);
      return;
    } else {
      writeProof(meaning, Bytes.body(bytes), again);
    }

    assertThat(ByteBufUtil.hexDump(again)).isEqualTo(ByteBufUtil.hexDump(bytes));
  }

  private static void writeProof(String meaning, ByteBuf body, ByteBuf out) {
    ProofMessage message = meaning.startsWith("SaslInitial")
        ? ProofMessage.consumeInitialResponse(body)
        : ProofMessage.consumeResponse(body);
    assertThat(message).hasToString(meaning);
    switch (message) {
      case ProofMessage.SaslInitialResponse initial ->
        FrontendMessages.saslInitialResponse(out, initial.mechanism(), initial.data());
      case ProofMessage.Password password -> FrontendMessages.password(out, password.text());
      case ProofMessage.SaslResponse response ->
        FrontendMessages.saslResponse(out, response.data());
    }
  }

  private static void write(BackendMessage message, ByteBuf out) {
    switch (message) {
      case AuthenticationOk ok -> BackendMessages.authenticationOk(out);
      case AuthenticationSasl sasl -> BackendMessages.authenticationSasl(out, sasl.mechanisms());
      case AuthenticationSaslContinue step ->
        BackendMessages.authenticationSaslContinue(out, step.data());
      case AuthenticationSaslFinal step ->
        BackendMessages.authenticationSaslFinal(out, step.data());
      case ErrorResponse error -> BackendMessages.errorResponse(out, error.fields());
      case NoticeResponse notice -> BackendMessages.noticeResponse(out, notice.fields());
      case ParameterStatus status ->
        BackendMessages.parameterStatus(out, status.name(), status.value());
      case BackendKeyData key ->
        BackendMessages.backendKeyData(out, key.processId(), key.secret());
      case ReadyForQuery ready -> BackendMessages.readyForQuery(out, ready.status());
      case NegotiateProtocolVersion negotiate -> BackendMessages.negotiateProtocolVersion(out,
          negotiate.minor(), negotiate.unsupported());
      case RowDescription rows -> BackendMessages.rowDescription(out, rows.columns());
      case DataRow row -> BackendMessages.dataRow(out, row.values());
      case CommandComplete complete -> BackendMessages.commandComplete(out, complete.tag());
      case AuthenticationCleartext cleartext -> throw notWritten(cleartext);
      case AuthenticationMd5 md5 -> throw notWritten(md5);
      case AuthenticationUnsupported other -> throw notWritten(other);
      case Other other -> throw notWritten(other);
    }
  }

  private static AssertionError notWritten(BackendMessage message) {
    return new AssertionError("never written by the proxy: " + message);
  }

  private static ByteBuf unescaped(String text) {
    ByteBuf bytes = Unpooled.buffer();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.writeByte(c);
      } else if (text.charAt(i + 1) == '0') {
        bytes.writeByte(0);
        i++;
      } else {
        bytes.writeByte(Integer.parseInt(text, i + 2, i + 4, 16));
        i += 3;
      }
    }
    return bytes;
  }
}
