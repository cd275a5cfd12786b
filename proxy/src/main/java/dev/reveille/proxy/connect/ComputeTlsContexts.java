package dev.reveille.proxy.connect;

import dev.reveille.auth.TlsIdentity;
import dev.reveille.compute.ClientCertificate;
import dev.reveille.compute.ComputeTls;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * TLS contexts towards static computes, one for each set of files, made again when one of the files has changed. Safe for
 * any thread; files are read on virtual threads.
 */
final class ComputeTlsContexts {
  private record Key(ComputeTls tls, Optional<ClientCertificate> certificate) {
    /** The latest change of any file. */
    FileTime changed() throws IOException {
      FileTime latest = FileTime.fromMillis(0);
      List<Path> files = Stream.concat(tls.rootCertificate().stream(),
          certificate.stream().flatMap(c -> Stream.of(c.certificate(), c.key()))).toList();
      for (Path file : files) {
        FileTime time = Files.getLastModifiedTime(file);
        latest = time.compareTo(latest) > 0 ? time : latest;
      }
      return latest;
    }
  }

  private record Made(FileTime changed, SslContext context) {}

  private final ConcurrentMap<Key, Made> contexts = new ConcurrentHashMap<>();

  /** Fails with an IOException that names the file which is at fault. */
  CompletionStage<SslContext> context(ComputeTls tls, Optional<ClientCertificate> certificate) {
    CompletableFuture<SslContext> made = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        made.complete(current(new Key(tls, certificate)));
      } catch (IOException | RuntimeException e) {
        made.completeExceptionally(e);
      }
    });
    return made;
  }

  private SslContext current(Key key) throws IOException {
    FileTime changed = key.changed();
    Made known = contexts.get(key);
    if (known != null && known.changed().equals(changed)) {
      return known.context();
    }
    SslContext context = make(key);
    contexts.put(key, new Made(changed, context));
    return context;
  }

  private static SslContext make(Key key) throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient()
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2");
    // Named in full, since netty checks host names unless it is told not to.
    builder.endpointIdentificationAlgorithm(
        key.tls().mode() == ComputeTls.Mode.VERIFY_FULL ? "HTTPS" : "");
    if (key.tls().mode() == ComputeTls.Mode.REQUIRE) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else {
      builder.trustManager(key.tls().rootCertificate().orElseThrow().toFile());
    }
    if (key.certificate().isPresent()) {
      ClientCertificate files = key.certificate().get();
      TlsIdentity identity = TlsIdentity.load(files.certificate(), files.key());
      builder.keyManager(identity.key(), identity.chain());
    }
    return builder.build();
  }
}
