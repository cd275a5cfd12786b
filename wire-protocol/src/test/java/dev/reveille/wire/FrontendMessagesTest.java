package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProofMessage.SaslInitialResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrontendMessagesTest {

  @Test
  void aStartupPacketComesBackAsItWasWritten() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "\u00e9ve");
    parameters.put("options", "");
    parameters.put("database", "shop");

    assertThat(InitialPackets.decode(
        Bytes.written(out -> FrontendMessages.startup(out, ProtocolVersion.V3_2, parameters))))
        .isEqualTo(new StartupMessage(ProtocolVersion.V3_2, parameters));
  }

  @ParameterizedTest
  @ValueSource(ints = {9_999, 10_000, 10_001})
  void aStartupPacketLongerThanPostgresReadsIsABugOfTheCaller(int length) {
    // 8 bytes of header, "user", its NUL, the name's NUL, the last NUL.
    Map<String, String> parameters = Map.of("user", "x".repeat(length - 8 - 7));
    ByteBuf out = Unpooled.buffer();

    if (length > 10_000) {
      assertThatThrownBy(() -> FrontendMessages.startup(out, ProtocolVersion.V3_0, parameters))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(out.isReadable()).isFalse();
    } else {
      FrontendMessages.startup(out, ProtocolVersion.V3_0, parameters);
      assertThat(out.readableBytes()).isEqualTo(length);
    }
  }

  @Test
  void aStartupParameterCannotEndThePacketEarly() {
    ByteBuf out = Unpooled.buffer();

    assertThatThrownBy(
        () -> FrontendMessages.startup(out, ProtocolVersion.V3_0, Map.of("", "value")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
        () -> FrontendMessages.startup(out, ProtocolVersion.V3_0, Map.of("user", "a\0b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 32, 256})
  void aCancelRequestComesBackAsItWasWritten(int length) {
    CancelSecret secret = CancelSecret.of(new byte[length]);

    assertThat(InitialPackets
        .decode(Bytes.written(out -> FrontendMessages.cancelRequest(out, 7, secret))))
        .isEqualTo(new CancelRequest(7, secret));
  }

  @Test
  void anInitialResponseWithoutDataIsAnEmptyOne() {
    SaslInitialResponse response = ProofMessage.consumeInitialResponse(Bytes.hex("5800 ffffffff"));

    assertThat(response.mechanism()).isEqualTo("X");
    assertThat(response.data()).isEmpty();
    assertThat(ProofMessage.consumeInitialResponse(Bytes.hex("5800 00000000")).data()).isEmpty();
    assertThat(ProofMessage.consumeInitialResponse(Bytes.hex("5800 00000001 61")).data())
        .containsExactly('a');
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "58", "5800", "5800 000000", "5800 00000001", "5800 00000001 6161",
      "5800 fffffffe", "5800 7fffffff 61", "5800 ffffffff 61", "ff00 00000000"})
  void anInitialResponseMustBeExactlyAsLongAsItSays(String hex) {
    assertThatThrownBy(() -> ProofMessage.consumeInitialResponse(Bytes.hex(hex)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void aPasswordComesBackAsItWasWritten() {
    ByteBuf frame = Bytes.written(out -> FrontendMessages.password(out, "p\u00e4ss"));

    assertThat(ProofMessage.consumePassword(Bytes.body(frame)))
        .isEqualTo(new ProofMessage.Password("p\u00e4ss"));
    assertThat(ProofMessage.consumePassword(Bytes.hex("00")).text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "61", "6100 00", "6100 61", "ff00"})
  void aPasswordIsExactlyOneString(String hex) {
    assertThatThrownBy(() -> ProofMessage.consumePassword(Bytes.hex(hex)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void proofsAndSecretsAreNotShown() {
    byte[] proof = "p=secret".getBytes(StandardCharsets.UTF_8);

    assertThat(new SaslInitialResponse("SCRAM-SHA-256", proof)).hasToString(
        "SaslInitialResponse[8 bytes]");
    assertThat(ProofMessage.consumeResponse(Unpooled.wrappedBuffer(proof)))
        .hasToString("SaslResponse[8 bytes]");
    assertThat(new ProofMessage.Password("secret")).hasToString("Password[6 characters]");
    assertThat(new CancelRequest(1, CancelSecret.of(new byte[]{9, 9, 9, 9}))).hasToString(
        "CancelRequest[processId=1, secret=CancelSecret[4 bytes]]");
  }
}
