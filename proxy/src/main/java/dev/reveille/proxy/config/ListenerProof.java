package dev.reveille.proxy.config;

/** What a listener asks of clients. One listener asks everyone for the same. */
public enum ListenerProof {
  SCRAM, TOKEN, OAUTHBEARER, CERTIFICATE
}
