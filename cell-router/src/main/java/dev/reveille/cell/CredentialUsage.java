package dev.reveille.cell;

/**
 * What a credential has used through one proxy.
 *
 * @param sessions live ones
 * @param connects sessions begun, lately
 * @param wakes computes started, lately
 * @param day days of UTC since 1970
 * @param bytesOut bytes sent to clients on that day
 */
public record CredentialUsage(CredentialId credential, int sessions, SlicedCount connects,
    SlicedCount wakes, long day, long bytesOut) {}
