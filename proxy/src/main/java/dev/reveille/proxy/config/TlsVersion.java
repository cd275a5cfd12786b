package dev.reveille.proxy.config;

/** The oldest TLS version that is spoken with clients. */
public enum TlsVersion {
  TLS_1_2, TLS_1_3
}
