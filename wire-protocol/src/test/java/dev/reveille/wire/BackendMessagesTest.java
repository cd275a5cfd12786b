package dev.reveille.wire;

import dev.reveille.wire.BackendMessage.AuthenticationMd5;
import dev.reveille.wire.BackendMessage.AuthenticationUnsupported;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.DataRow;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.BackendMessage.Other;
import dev.reveille.wire.BackendMessage.ParameterStatus;
import dev.reveille.wire.BackendMessage.RowDescription;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What whole frames look like is in {@link LoginTranscriptTest}; here is what else may come. */
class BackendMessagesTest {

  /** Bodies of which no byte may be missing, and none added. */
  static Stream<Arguments> exactBodies() {
    return Stream.of(arguments('R', "00000000"), arguments('R', "00000003"),
        arguments('R', "00000005 01020304"), arguments('R', "0000000a 5800 5900 00"),
        arguments('S', "6100 6200"), arguments('Z', "49"), arguments('E', "4d6d00 00"),
        arguments('N', "00"), arguments('v', "00030002 00000001 6100"),
        arguments('T', "0001 6100 00000000 0000 00000019 ffff ffffffff 0000"),
        arguments('D', "0002 ffffffff 00000001 61"), arguments('C', "5300"));
  }

  @ParameterizedTest
  @MethodSource("exactBodies")
  void aBodyThatIsCutShortAnywhereOrGoesOnIsRefused(char type, String hex) {
    ByteBuf body = Bytes.hex(hex);
    assertThat(BackendMessages.decode((byte) type, body.duplicate())).isNotNull();

    for (int length = 0; length < body.readableBytes(); length++) {
      ByteBuf cut = body.slice(0, length);
      assertThatThrownBy(() -> BackendMessages.decode((byte) type, cut))
          .isInstanceOf(MalformedMessageException.class);
    }
    assertThatThrownBy(() -> BackendMessages.decode((byte) type, Bytes.hex(hex + "00")))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void aPasswordIsAskedFor() {
    ByteBuf frame = Bytes.written(BackendMessages::authenticationCleartext);

    assertThat(BackendMessages.decode((byte) 'R', Bytes.body(frame)))
        .isEqualTo(new BackendMessage.AuthenticationCleartext());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 32, 255, 256})
  void secretsOf4To256BytesAreDecoded(int length) {
    CancelSecret secret = CancelSecret.random(new Random(length), length);
    ByteBuf frame = Bytes.written(out -> BackendMessages.backendKeyData(out, -1, secret));

    assertThat(BackendMessages.decode((byte) 'K', Bytes.body(frame)))
        .isEqualTo(new BackendKeyData(-1, secret));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257, 1000})
  void otherSecretsAreRefused(int length) {
    ByteBuf body = Bytes.written(out -> out.writeInt(1).writeZero(length));

    assertThatThrownBy(() -> BackendMessages.decode((byte) 'K', body))
        .isInstanceOf(MalformedMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"T ffff", "T 0001 00", "D ffff", "D 0001 7fffffff", "D 0001 fffffffe",
      "v 00030002 7fffffff", "v 00030002 ffffffff", "v 00030002 00000002 6100"})
  void countsAndLengthsAreCheckedAgainstTheBytesThatAreThere(String message) {
    byte type = (byte) message.charAt(0);

    assertThatThrownBy(() -> BackendMessages.decode(type, Bytes.hex(message.substring(2))))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void rowsComeBackAsTheyWereWritten() {
    List<Column> columns = List.of(Column.text("name"), new Column("pid", 23, 4));
    DataRow row = new DataRow(Arrays.asList("caf\u00e9", null));

    assertThat(BackendMessages.decode((byte) 'T',
        Bytes.body(Bytes.written(out -> BackendMessages.rowDescription(out, columns)))))
        .isEqualTo(new RowDescription(columns));
    assertThat(BackendMessages.decode((byte) 'D',
        Bytes.body(Bytes.written(out -> BackendMessages.dataRow(out, row.values())))))
        .isEqualTo(row);
    assertThat(row).hasToString("DataRow[2 values]");
  }

  @Test
  void theMinorIsReadWithOrWithoutItsMajor() {
    NegotiateProtocolVersion expected = new NegotiateProtocolVersion(2, List.of());

    assertThat(BackendMessages.decode((byte) 'v', Bytes.hex("00030002 00000000")))
        .isEqualTo(expected);
    assertThat(BackendMessages.decode((byte) 'v', Bytes.hex("00000002 00000000")))
        .isEqualTo(expected);
  }

  @Test
  void otherMethodsAndMessagesAreNamedAndTheirBodiesSkipped() {
    assertThat(BackendMessages.decode((byte) 'R', Bytes.hex("00000007")))
        .isEqualTo(new AuthenticationUnsupported(7));
    assertThat(BackendMessages.decode((byte) 'R', Bytes.hex("00000008 aabb")))
        .isEqualTo(new AuthenticationUnsupported(8));
    assertThat(BackendMessages.decode((byte) 'A', Bytes.hex("aabb")))
        .isEqualTo(new Other((byte) 'A'));
    assertThat(((AuthenticationMd5) BackendMessages.decode((byte) 'R',
        Bytes.hex("00000005 01020304"))).salt()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void textOfAComputeThatIsNotUtf8IsReadByteByByte() {
    assertThat(BackendMessages.decode((byte) 'S', Bytes.hex("6100 e900")))
        .isEqualTo(new ParameterStatus("a", "\u00e9"));
  }

  @Test
  void aNulInAStringIsABugOfTheCaller() {
    assertThatThrownBy(
        () -> Bytes.written(out -> BackendMessages.parameterStatus(out, "a", "b\0c")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(chars = {'I', 'T', 'E'})
  void theThreeStatusesAreTheirBytes(char code) {
    assertThat(TransactionStatus.of((byte) code).code()).isEqualTo((byte) code);
    assertThatThrownBy(() -> TransactionStatus.of((byte) 'i'))
        .isInstanceOf(MalformedMessageException.class);
  }
}
