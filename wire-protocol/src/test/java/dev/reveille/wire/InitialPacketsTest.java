package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.GssEncRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class InitialPacketsTest {

  private static final CancelSecret SHORT = CancelSecret.of(new byte[]{1, 2, 3, 4});
  private static final CancelSecret LONG = CancelSecret.of(new byte[256]);

  /** Every packet as the protocol chapter writes it down, and what it means. */
  static Stream<Arguments> packets() {
    return Stream.of(Arguments.of(Bytes.hex("00000008 04d2162f"), new SslRequest()),
        Arguments.of(Bytes.hex("00000008 04d21630"), new GssEncRequest()),
        Arguments.of(Bytes.hex("00000010 04d2162e 0000002a 01020304"),
            new CancelRequest(42, SHORT)),
        Arguments.of(
            Bytes.written(out -> out.writeInt(268)
                .writeInt(0x04d2162e)
                .writeInt(-7)
                .writeZero(256)),
            new CancelRequest(-7, LONG)),
        Arguments.of(Bytes.startup("user\0alice\0\0"),
            new StartupMessage(ProtocolVersion.V3_0, Map.of("user", "alice"))),
        Arguments.of(Bytes.initial(0x00030002, Bytes.text("database\0shop\0user\0alice\0\0")),
            new StartupMessage(ProtocolVersion.V3_2,
                Map.of("user", "alice", "database", "shop"))));
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aWholePacketIsDecodedAndConsumedExactly(ByteBuf bytes, InitialPacket expected) {
    ByteBuf in = bytes.copy();

    assertThat(InitialPackets.decode(in)).isEqualTo(expected);
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("packets")
  void byteByByteNothingIsConsumedUntilTheLastOne(ByteBuf bytes, InitialPacket expected) {
    ByteBuf in = Unpooled.buffer();
    for (int i = 0; i < bytes.readableBytes() - 1; i++) {
      in.writeByte(bytes.getByte(i));

      assertThat(InitialPackets.decode(in)).isNull();
      assertThat(in.readerIndex()).isZero();
    }
    in.writeByte(bytes.getByte(bytes.readableBytes() - 1));

    assertThat(InitialPackets.decode(in)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("packets")
  void ofTwoInOneBufferTheSecondIsLeftAlone(ByteBuf bytes, InitialPacket expected) {
    ByteBuf in = Bytes.joined(List.of(bytes, bytes));

    assertThat(InitialPackets.decode(in)).isEqualTo(expected);
    assertThat(in.readerIndex()).isEqualTo(bytes.readableBytes());
    assertThat(InitialPackets.decode(in)).isEqualTo(expected);
  }

  @Test
  void whatFollowsAnSslRequestStaysInTheBuffer() {
    ByteBuf in = Bytes.hex("00000008 04d2162f 16 03 01");

    assertThat(InitialPackets.decode(in)).isEqualTo(new SslRequest());
    assertThat(Bytes.hexOf(in)).isEqualTo("160301");
    assertThat(InitialPackets.looksLikeTls(in)).isTrue();
  }

  @Test
  void tlsIsToldByItsFirstByte() {
    assertThat(InitialPackets.looksLikeTls(Bytes.hex("16"))).isTrue();
    assertThat(InitialPackets.looksLikeTls(Bytes.hex("00000008"))).isFalse();
    assertThat(InitialPackets.looksLikeTls(Unpooled.EMPTY_BUFFER)).isFalse();
  }

  @Test
  void parametersKeepTheirOrderAndTheirBytes() {
    StartupMessage startup = decodeStartup(
        "user\0\u00c3\u00a9ve\0IntervalStyle\0iso_8601\0options\0\0app.x\0 a \0\0");

    assertThat(startup.parameters()).containsExactly(Map.entry("user", "\u00e9ve"),
        Map.entry("IntervalStyle", "iso_8601"), Map.entry("options", ""),
        Map.entry("app.x", " a "));
    assertThat(startup.parameter("IntervalStyle")).contains("iso_8601");
    assertThat(startup.parameter("intervalstyle")).isEmpty();
  }

  @Test
  void aMissingOrEmptyDatabaseIsTheUsersName() {
    assertThat(decodeStartup("user\0alice\0\0").database()).isEqualTo("alice");
    assertThat(decodeStartup("user\0alice\0database\0\0\0").database()).isEqualTo("alice");
    assertThat(decodeStartup("database\0shop\0user\0alice\0\0").database()).isEqualTo("shop");
  }

  @Test
  void aNewerMinorIsDecodedSoThatItCanBeNegotiatedDown() {
    StartupMessage startup = decodeStartup(Bytes.initial(0x0003270f,
        Bytes.text("user\0alice\0_pq_.grease\0on\0_pq_.more\0\0\0")));

    assertThat(startup.version()).isEqualTo(new ProtocolVersion(3, 9999));
    assertThat(startup.version().negotiated()).isEqualTo(ProtocolVersion.V3_2);
    assertThat(startup.protocolExtensions())
        .containsExactly(Map.entry("_pq_.grease", "on"), Map.entry("_pq_.more", ""));
    assertThat(startup.settings()).isEmpty();
  }

  @Test
  void anOlderOrEqualMinorStaysAsItIs() {
    assertThat(ProtocolVersion.V3_0.negotiated()).isEqualTo(ProtocolVersion.V3_0);
    assertThat(ProtocolVersion.V3_2.negotiated()).isEqualTo(ProtocolVersion.V3_2);
    assertThat(ProtocolVersion.V3_0.hasLongCancelSecrets()).isFalse();
    assertThat(ProtocolVersion.V3_2.hasLongCancelSecrets()).isTrue();
  }

  private static StartupMessage decodeStartup(String payload) {
    return decodeStartup(Bytes.startup(payload));
  }

  private static StartupMessage decodeStartup(ByteBuf packet) {
    return (StartupMessage) Objects.requireNonNull(InitialPackets.decode(packet));
  }
}
