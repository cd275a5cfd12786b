package dev.reveille.auth;

import dev.reveille.auth.TlsIdentityWatcher.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.reveille.auth.TestCertificates.keyPair;
import static dev.reveille.auth.TestCertificates.pem;
import static dev.reveille.auth.TestCertificates.pkcs8;
import static dev.reveille.auth.TestCertificates.selfSigned;
import static dev.reveille.auth.TestCertificates.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TlsIdentityWatcherTest {
  private final TestClock clock = new TestClock();
  @TempDir
  private Path directory;
  private Path certificateFile;
  private Path keyFile;
  private KeyPair old;
  private KeyPair fresh;
  private TlsIdentityWatcher watcher;

  @BeforeEach
  void watch_a_sound_pair() throws Exception {
    certificateFile = directory.resolve("tls.crt");
    keyFile = directory.resolve("tls.key");
    old = keyPair("EC256");
    fresh = keyPair("EC256");
    write(certificateFile, certificateOf(old));
    write(keyFile, pkcs8(old));
    watcher = TlsIdentityWatcher.open(certificateFile, keyFile, clock);
  }

  @Test
  void nothing_new_is_nothing_to_do() throws Exception {
    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());

    Files.setLastModifiedTime(keyFile, FileTime.from(clock.instant()));

    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());
    assertThat(watcher.current().key()).isEqualTo(old.getPrivate());
    assertThat(watcher.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(90)));
  }

  @Test
  void new_content_is_taken_up_even_with_the_old_time() throws Exception {
    FileTime time = Files.getLastModifiedTime(certificateFile);
    clock.pass(Duration.ofDays(1));
    write(keyFile, pkcs8(fresh));
    write(certificateFile, certificateOf(fresh));
    Files.setLastModifiedTime(certificateFile, time);
    Files.setLastModifiedTime(keyFile, time);

    assertThat(watcher.poll()).isEqualTo(new Poll.Reloaded(watcher.current()));

    assertThat(watcher.current().key()).isEqualTo(fresh.getPrivate());
    assertThat(watcher.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(90)));
    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());
  }

  @Test
  void a_renewed_certificate_of_the_same_key_is_taken_up() throws Exception {
    clock.pass(Duration.ofDays(1));
    write(certificateFile, certificateOf(old));

    assertThat(watcher.poll()).isInstanceOf(Poll.Reloaded.class);
  }

  @Test
  void between_the_two_files_the_old_identity_is_served() throws Exception {
    write(certificateFile, certificateOf(fresh));

    assertThat(watcher.poll()).isInstanceOfSatisfying(Poll.Broken.class,
        broken -> assertThat(broken.reason())
            .contains("tls.key is not the key of the first certificate"));
    assertThat(watcher.problem()).isPresent();
    assertThat(watcher.current().key()).isEqualTo(old.getPrivate());

    write(keyFile, pkcs8(fresh));

    assertThat(watcher.poll()).isInstanceOf(Poll.Reloaded.class);
    assertThat(watcher.problem()).isEmpty();
  }

  @Test
  void what_is_broken_is_told_once_and_again_when_it_is_broken_otherwise() throws Exception {
    write(keyFile, "junk");
    assertThat(watcher.poll()).isInstanceOf(Poll.Broken.class);
    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());
    assertThat(watcher.problem()).isPresent();

    Files.delete(keyFile);
    assertThat(watcher.poll()).isInstanceOf(Poll.Broken.class);
    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());

    write(keyFile, "other junk");
    assertThat(watcher.poll()).isInstanceOf(Poll.Broken.class);
    assertThat(watcher.current().key()).isEqualTo(old.getPrivate());

    write(keyFile, pkcs8(old));
    assertThat(watcher.poll()).isEqualTo(new Poll.Unchanged());
    assertThat(watcher.problem()).isEmpty();
  }

  @Test
  void an_expired_replacement_is_not_taken_up() throws Exception {
    write(certificateFile, certificateOf(fresh));
    write(keyFile, pkcs8(fresh));
    clock.pass(Duration.ofDays(90));

    assertThat(watcher.poll()).isInstanceOfSatisfying(Poll.Broken.class,
        broken -> assertThat(broken.reason()).contains("expired at"));
    assertThat(watcher.current().key()).isEqualTo(old.getPrivate());
  }

  @Test
  void a_directory_swapped_underneath_is_noticed() throws Exception {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Path link = Files.createSymbolicLink(directory.resolve("live"), first);
    for (Path mounted : List.of(first, second)) {
      KeyPair pair = mounted.equals(first) ? old : fresh;
      write(mounted.resolve("tls.crt"), certificateOf(pair));
      write(mounted.resolve("tls.key"), pkcs8(pair));
    }
    TlsIdentityWatcher mounted = TlsIdentityWatcher.open(link.resolve("tls.crt"),
        link.resolve("tls.key"), clock);

    Files.move(Files.createSymbolicLink(directory.resolve("next"), second), link,
        StandardCopyOption.ATOMIC_MOVE);

    assertThat(mounted.poll()).isInstanceOf(Poll.Reloaded.class);
    assertThat(mounted.current().key()).isEqualTo(fresh.getPrivate());
  }

  @Test
  void a_renewed_server_certificate_of_our_own_is_taken_up() throws Exception {
    CertificateAuthority authority = CertificateAuthority.openOrCreate(directory.resolve("own"),
        clock,
        new SecureRandom());
    ServerCertificate server = ServerCertificate.open(authority, List.of(), Optional.empty());
    TlsIdentityWatcher own = TlsIdentityWatcher.open(server.certificatePath(), server.keyPath(),
        clock);
    clock.pass(Duration.ofDays(61));

    assertThat(server.renewIfNeeded()).isTrue();

    assertThat(own.poll()).isInstanceOf(Poll.Reloaded.class);
    assertThat(own.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(90)));
  }

  @Test
  void there_has_to_be_something_to_start_with() throws Exception {
    Files.delete(certificateFile);

    assertThatThrownBy(() -> TlsIdentityWatcher.open(certificateFile, keyFile, clock))
        .isInstanceOf(IOException.class);
  }

  private String certificateOf(KeyPair pair) throws Exception {
    return pem(selfSigned(pair, "SHA256withECDSA", clock.instant()));
  }
}
