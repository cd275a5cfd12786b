package dev.reveille.cell;

/**
 * How often something happened to an account through one proxy, lately.
 *
 * @param counted what; the proxies agree on words and on the length of slices
 */
public record AccountCount(AccountId account, String counted, SlicedCount counts) {}
