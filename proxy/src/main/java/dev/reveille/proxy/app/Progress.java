package dev.reveille.proxy.app;

/** Told what takes time while the process starts, in words for a person who waits. */
public interface Progress {
  void step(String what);
}
