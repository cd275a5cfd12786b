package dev.reveille.proxy.undo;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Scope;
import dev.reveille.cell.StorageId;
import dev.reveille.proxy.relay.Precaution;
import dev.reveille.proxy.relay.Precaution.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UndoNetTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
  private static final AccountId ACCOUNT = new AccountId(new UUID(0, 1));
  private static final DatabaseId SHOP = new DatabaseId(new UUID(0, 2));

  private final List<Checkpoint> made = new ArrayList<>();
  private final Queue<Runnable> work = new ArrayDeque<>();
  private Instant now = T;
  private Optional<RuntimeException> failure = Optional.empty();
  private final UndoNet net = new UndoNet(this::take, database -> List.copyOf(made),
      Duration.ofMinutes(1), () -> now, work::add);

  private String take(Credential who, String database) {
    failure.ifPresent(thrown -> {
      throw thrown;
    });
    String name = "auto-" + made.size();
    made.addFirst(checkpoint(name, CheckpointKind.AUTOMATIC));
    assertThat(who.name()).isEqualTo("a_careful");
    assertThat(database).isEqualTo("shop");
    return name;
  }

  private Checkpoint checkpoint(String name, CheckpointKind kind) {
    return new Checkpoint(new CheckpointId(UUID.randomUUID()), ACCOUNT, SHOP, "shop", name,
        new CellId("a"), new StorageId(UUID.randomUUID()), kind, "a_careful", now,
        Optional.empty(), 1);
  }

  private static Credential credential(CheckpointBefore before) {
    Scope usual = Scope.usual(CredentialKind.AGENT, new DatabaseScope.All(), Mode.DDL, T);
    return new Credential(new CredentialId(new UUID(0, 3)), "a_careful", ACCOUNT, Optional.empty(),
        CredentialKind.AGENT, List.of(),
        new Scope(usual.databases(), usual.mode(), usual.objects(), usual.notBefore(),
            usual.expiresAt(), usual.addresses(), usual.limits(), usual.allowances(), false,
            before),
        false, 1);
  }

  private Precaution session() {
    return net.of(credential(CheckpointBefore.DESTRUCTIVE), SHOP, "shop").orElseThrow();
  }

  private Outcome taken(boolean inTransaction) {
    var outcome = session().take("DROP", inTransaction).toCompletableFuture();
    work.forEach(Runnable::run);
    work.clear();
    return outcome.join();
  }

  private String notice(boolean inTransaction) {
    return taken(inTransaction) instanceof Outcome.Passed(var notice)
        ? notice.message() + " | " + notice.detail().orElse("") + " | "
            + notice.hint().orElse("")
        : "refused";
  }

  @Test
  void a_credential_without_the_mark_goes_as_it_is() {
    assertThat(net.of(credential(CheckpointBefore.NOTHING), SHOP, "shop")).isEmpty();
  }

  @Test
  void the_notice_names_the_checkpoint_and_both_ways_back() {
    assertThat(notice(false)).isEqualTo("checkpoint \"auto-0\" was taken before DROP"
        + " | It has what was committed. | To bring it back: RESTORE DATABASE \"shop\" FROM"
        + " \"auto-0\" on the console, or: reveille restore shop auto-0");
  }

  @Test
  void in_a_transaction_it_says_what_is_missing() {
    assertThat(notice(true)).contains("nothing of the transaction that is open");
  }

  @Test
  void a_younger_one_stands_until_its_time_has_passed() {
    var _ = notice(false);
    now = T.plusSeconds(59);
    assertThat(notice(false)).startsWith("checkpoint \"auto-0\", 59 s old, is the one before DROP"
        + " | One is taken in 60 s. What was committed after 2030-01-01T00:00:00Z is not in it.");

    now = T.plusSeconds(60);
    assertThat(notice(false)).startsWith("checkpoint \"auto-1\" was taken");
  }

  @Test
  void one_that_was_dropped_or_is_of_what_was_before_a_restore_does_not_stand() {
    var _ = notice(false);
    made.clear();
    assertThat(notice(false)).startsWith("checkpoint \"auto-0\" was taken");

    made.addFirst(checkpoint("before-restore", CheckpointKind.RESTORE));
    assertThat(notice(false)).startsWith("checkpoint \"auto-2\" was taken");
  }

  @Test
  void statements_that_come_at_once_share_one() {
    var first = session().take("DROP", false).toCompletableFuture();
    var second = session().take("TRUNCATE", false).toCompletableFuture();
    assertThat(work).hasSize(1);
    work.remove().run();

    assertThat(first.join()).isInstanceOf(Outcome.Passed.class);
    assertThat(second.join()).isInstanceOf(Outcome.Passed.class);
    assertThat(made).hasSize(1);
  }

  @Test
  void without_a_checkpoint_the_statement_is_refused_and_the_next_one_tries_again() {
    failure = Optional.of(new NoCheckpoint("57P03", "The catalog does not answer.", ""));
    assertThat(taken(false)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
      assertThat(refused.error().sqlState()).isEqualTo("58000");
      assertThat(refused.error().message())
          .isEqualTo("no checkpoint could be taken before DROP, which was not run");
      assertThat(refused.error().detail().orElse("")).endsWith("The catalog does not answer.");
    });

    failure = Optional.of(new NoCheckpoint("53400", "The budget is used up.", "Wait."));
    assertThat(taken(false)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
      assertThat(refused.error().sqlState()).isEqualTo("53400");
      assertThat(refused.error().hint()).contains("Wait.");
    });

    failure = Optional.of(new IllegalStateException("secret"));
    assertThat(taken(false)).isInstanceOfSatisfying(Outcome.Refused.class,
        refused -> assertThat(refused.error().detail().orElse("")).doesNotContain("secret"));

    failure = Optional.empty();
    assertThat(taken(false)).isInstanceOf(Outcome.Passed.class);
  }
}
