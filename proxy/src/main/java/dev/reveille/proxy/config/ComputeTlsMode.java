package dev.reveille.proxy.config;

/** How a compute across the network is reached; libpq's names for it. */
public enum ComputeTlsMode {
  DISABLE, REQUIRE, VERIFY_CA, VERIFY_FULL
}
