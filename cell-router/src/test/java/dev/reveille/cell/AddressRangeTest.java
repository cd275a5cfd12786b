package dev.reveille.cell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({"10.0.0.0/8,10.255.255.255,true", "10.0.0.0/8,11.0.0.0,false",
      "10.1.2.3,10.1.2.3,true", "10.1.2.3,10.1.2.4,false", "0.0.0.0/0,8.8.8.8,true",
      "0.0.0.0/0,::1,false", "10.1.2.128/25,10.1.2.127,false", "10.1.2.128/25,10.1.2.129,true",
      "2001:db8::/32,2001:db8:ffff::1,true", "2001:db8::/32,2001:db9::1,false"})
  void it_holds_the_addresses_with_its_prefix(String range, String address, boolean held)
      throws UnknownHostException {
    assertThat(AddressRange.parse(range).contains(InetAddress.getByName(address)))
        .isEqualTo(held);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "localhost",
      "example.org/8", "10.0.0.0/8/8", "10.0.0.256", "::/129", "2001:db8::1/32"})
  void anything_else_is_refused_and_no_name_is_looked_up(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse(text));
  }

  @Test
  void a_longer_prefix_lies_within_a_shorter_one_of_the_same_bits() {
    AddressRange wide = AddressRange.parse("10.0.0.0/8");

    assertThat(AddressRange.parse("10.9.0.0/16").within(wide)).isTrue();
    assertThat(wide.within(wide)).isTrue();
    assertThat(wide.within(AddressRange.parse("10.0.0.0/16"))).isFalse();
    assertThat(AddressRange.parse("11.0.0.0/16").within(wide)).isFalse();
    assertThat(AddressRange.parse("::/64").within(wide)).isFalse();
  }
}
