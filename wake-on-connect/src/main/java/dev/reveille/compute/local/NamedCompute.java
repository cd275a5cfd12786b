package dev.reveille.compute.local;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.RunningCompute;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** A local compute that serves a database. */
record NamedCompute(DatabaseId database, LocalCompute compute) implements RunningCompute {
  static Path socket(RunningCompute compute) {
    return switch (compute.endpoint().address()) {
      case ComputeAddress.UnixSocket unix -> unix.socket();
      case ComputeAddress.Tcp tcp ->
        throw new IllegalArgumentException("not a local compute: " + tcp);
    };
  }

  @Override
  public ComputeEndpoint endpoint() {
    return new ComputeEndpoint(database, compute.address(), compute.epoch(),
        compute.maxConnections());
  }

  @Override
  public CompletionStage<String> gone() {
    return compute.gone();
  }

  @Override
  public boolean present() {
    return compute.alive();
  }

  @Override
  public CompletionStage<Void> stop() {
    return compute.stop();
  }

  @Override
  public OptionalLong processId() {
    return OptionalLong.of(compute.processId());
  }
}
