package dev.reveille.auth;

import java.time.Instant;

/**
 * A certificate that was just made.
 *
 * @param pem its text form; public
 * @param expiresAt when it stops being valid
 */
public record IssuedCertificate(String pem, Instant expiresAt) {}
