package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.StartupMessage;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class StartupStrictnessTest {

  private static final int V3 = 0x00030000;

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4, 7, 10_001, 0x47455420, Integer.MAX_VALUE})
  void aLengthOutsideOf8To10000IsRefusedByItsFourBytes(int length) {
    assertThat(refused(Bytes.written(out -> out.writeInt(length)))).isEqualTo("08P01");
  }

  @ParameterizedTest
  @ValueSource(ints = {9_999, 10_000})
  void aPacketOfTheGreatestLengthIsRead(int length) {
    String head = "user\0alice\0application_name\0";
    ByteBuf in = Bytes.startup(head + "x".repeat(length - 8 - head.length() - 2) + "\0\0");

    assertThat(in.readableBytes()).isEqualTo(length);
    assertThat(InitialPackets.decode(in)).isInstanceOf(StartupMessage.class);
  }

  @Test
  void theShortestPossiblePacketsAreReadAsFarAsTheyGo() {
    assertThat(refused(Bytes.startup(""))).isEqualTo("08P01");
    assertThat(refused(Bytes.startup("\0"))).isEqualTo("28000");
  }

  @ParameterizedTest
  @CsvSource({"7,08P01", "8,", "9,08P01"})
  void encryptionRequestsAreEightBytesLong(int length, String sqlState) {
    for (int code : new int[]{0x04d2162f, 0x04d21630}) {
      ByteBuf in = Bytes.written(out -> out.writeInt(length).writeInt(code).writeByte(0));
      if (sqlState != null) {
        assertThat(refused(in)).isEqualTo(sqlState);
      } else {
        assertThat(InitialPackets.decode(in)).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"15,08P01", "16,", "17,", "267,", "268,", "269,08P01"})
  void cancelRequestsCarrySecretsOf4To256Bytes(int length, String sqlState) {
    ByteBuf in = Bytes
        .written(out -> out.writeInt(length).writeInt(0x04d2162e).writeZero(length - 8));
    if (sqlState != null) {
      assertThat(refused(in)).isEqualTo(sqlState);
    } else {
      assertThat(InitialPackets.decode(in)).isNotNull();
    }
  }

  @Test
  void anOverlongCancelRequestIsRefusedBeforeItsSecretHasCome() {
    assertThat(refused(Bytes.hex("0000010d 04d2162e"))).isEqualTo("08P01");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00000000, 0x00010000, 0x00020000, 0x00040000, 0x04d20000, 0x7fff0000,
      0xffff0000})
  void otherMajorVersionsAreNotSupported(int code) {
    assertThat(refused(Bytes.written(out -> out.writeInt(296).writeInt(code)))).isEqualTo("0A000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user\0alice\0", "user\0alice", "user\0alice\0\0x", "user\0alice\0\0\0",
      "user\0alice\0\0database\0shop\0\0", "user\0", "user\0alice\0database\0", "\0user\0alice\0\0",
      "user\0alice\0database\0shop"})
  void oddNulsAreRefused(String payload) {
    assertThat(refused(Bytes.startup(payload))).isEqualTo("08P01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user\0alice\0user\0bob\0\0", "user\0alice\0user\0alice\0\0",
      "user\0alice\0database\0a\0database\0b\0\0", "user\0a\0search_path\0b\0Search_Path\0c\0\0"})
  void duplicateKeysAreRefusedInAnyCase(String payload) {
    assertThat(refused(Bytes.startup(payload))).isEqualTo("08P01");
  }

  @Test
  void onlyTheLettersAToZAreTheSameInAnyCase() {
    ByteBuf in = Bytes.startup("user\0a\0k\0b\0\u00e2\u0084\u00aa\0c\0"
        + "\u00c3\u00a9\0d\0\u00c3\u0089\0e\0\0");

    assertThat(InitialPackets.decode(in)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user\0al\u00ffce\0\0", "user\0\u00c0\u0080\0\0",
      "user\0\u00ed\u00a0\u0080\0\0", "user\0\u00e9\0\0", "us\u00e9r\0alice\0\0",
      "user\0\u00f4\u0090\u0080\u0080\0\0"})
  void whatIsNotUtf8IsRefused(String payload) {
    assertThat(refused(Bytes.startup(payload))).isEqualTo("08P01");
  }

  @ParameterizedTest
  @CsvSource({"62,", "63,", "64,08P01", "67,08P01"})
  void namesOver63BytesAreRefusedWherePostgresCutsThem(int length, String sqlState) {
    // Two bytes each, so that bytes and not characters are counted.
    String name = "\u00c3\u00a9".repeat(length / 2) + "x".repeat(length % 2);
    for (String payload : new String[]{"user\0" + name + "\0\0",
        "user\0alice\0database\0" + name + "\0\0"}) {
      if (sqlState != null) {
        assertThat(refused(Bytes.startup(payload))).isEqualTo(sqlState);
      } else {
        assertThat(InitialPackets.decode(Bytes.startup(payload))).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"database\0shop\0\0", "user\0\0\0", "User\0alice\0\0"})
  void aPacketWithoutAUserIsRefusedInPostgresWords(String payload) {
    MalformedMessageException refusal = refusal(Bytes.startup(payload));

    assertThat(refusal.sqlState()).isEqualTo("28000");
    assertThat(refusal).hasMessage("no PostgreSQL user name specified in startup packet");
    assertThat(refusal.toErrorFields())
        .isEqualTo(ErrorFields.of(Severity.FATAL, "28000", String.valueOf(refusal.getMessage())));
  }

  @Test
  void aRefusalIsCheapAndQuotesNothing() {
    MalformedMessageException refusal = refusal(
        Bytes.startup("user\0alice\0secret_key\0a\0secret_key\0b\0\0"));

    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(refusal.getMessage()).doesNotContain("secret_key", "alice");
  }

  @Test
  void aRefusedPacketIsNotConsumed() {
    ByteBuf in = Bytes.initial(V3, Bytes.text("user\0alice\0\0x"));

    assertThat(refused(in)).isEqualTo("08P01");
    assertThat(in.readerIndex()).isZero();
  }

  private static String refused(ByteBuf in) {
    return refusal(in).sqlState();
  }

  private static MalformedMessageException refusal(ByteBuf in) {
    return catchThrowableOfType(MalformedMessageException.class, () -> InitialPackets.decode(in));
  }
}
