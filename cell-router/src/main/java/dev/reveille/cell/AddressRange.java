package dev.reveille.cell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Addresses with a common prefix, written as in CIDR: {@code 10.0.0.0/8}, {@code 2001:db8::/32}. An
 * address alone is a range of one. Bits behind the prefix must be zero.
 */
public record AddressRange(InetAddress network, int prefix) {
  /** Digits, dots and colons only: a host's name is never looked up. */
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  public AddressRange {
    byte[] bits = network.getAddress();
    if (prefix < 0 || prefix > bits.length * 8) {
      throw new IllegalArgumentException("a prefix is 0 to " + bits.length * 8);
    }
    for (int bit = prefix; bit < bits.length * 8; bit++) {
      if (isSet(bits, bit)) {
        throw new IllegalArgumentException(
            "\"" + network.getHostAddress() + "/" + prefix + "\" has bits behind its prefix");
      }
    }
  }

  /** Throws {@link IllegalArgumentException} for anything but an address or a range of them. */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    try {
      if (!LITERAL.matcher(address).matches()) {
        throw new UnknownHostException(address);
      }
      InetAddress network = InetAddress.getByName(address);
      int prefix = slash < 0
          ? network.getAddress().length * 8
          : Integer.parseInt(text.substring(slash + 1));
      return new AddressRange(network, prefix);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "an address range is written as 10.0.0.0/8 or 2001:db8::/32, not '" + text + "'", e);
    }
  }

  /** Whether the address lies in this range; one of the other family never does. */
  public boolean contains(InetAddress address) {
    byte[] theirs = address.getAddress();
    byte[] ours = network.getAddress();
    if (theirs.length != ours.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      if (isSet(theirs, bit) != isSet(ours, bit)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every address of this range lies in {@code wider}. */
  public boolean within(AddressRange wider) {
    return prefix >= wider.prefix && wider.contains(network);
  }

  private static boolean isSet(byte[] bits, int bit) {
    return (bits[bit >> 3] & 0x80 >> (bit & 7)) != 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
