package dev.reveille.auth;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * The part of a client's address that is counted together: an IPv4 address, or the /64 of an IPv6 address, which one
 * host has to itself.
 *
 * @param prefix the first eight bytes at most, as one number
 * @param addressBytes how long the address is, so that no IPv4 address is taken for a prefix
 */
public record ClientOrigin(long prefix, int addressBytes) {
  /** What is counted of this address. */
  public static ClientOrigin of(InetAddress address) {
    byte[] bytes = address.getAddress();
    long prefix = 0;
    for (byte part : Arrays.copyOf(bytes, Math.min(bytes.length, Long.BYTES))) {
      prefix = prefix << 8 | (part & 0xFF);
    }
    return new ClientOrigin(prefix, bytes.length);
  }
}
