package dev.reveille.compute;

import java.nio.file.Path;

/** PEM files with which the proxy proves itself to a compute: a chain and its private key. */
public record ClientCertificate(Path certificate, Path key) {}
