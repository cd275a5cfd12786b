package dev.reveille.proxy.config;

/** What runs a cell's computes. */
public enum CellKind {
  LOCAL, STATIC
}
