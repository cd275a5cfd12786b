package dev.reveille.cell.catalog;

import dev.reveille.cell.Allowance;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.RandomScopes;
import dev.reveille.cell.Samples;
import dev.reveille.cell.Scope;
import dev.reveille.cell.TestPostgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whoever writes at the same time: nothing narrowed is ever wider than, or outlives, its parent. */
class CredentialTreeTest {
  private static final int WRITERS = 4;
  private static final Instant FAR = Instant.parse("2040-01-01T00:00:00Z");

  private final PostgresCatalog catalog = new PostgresCatalog(
      TestPostgres.settings(TestPostgres.freshDatabase()));
  private final long seed = new Random().nextLong();

  @AfterEach
  void close() {
    catalog.close();
  }

  @RepeatedTest(4)
  void children_made_while_the_tree_is_narrowed_are_never_wider() throws Exception {
    Credential root = root();

    together(writer -> {
      Random random = new Random(seed + writer);
      for (int i = 0; i < 12; i++) {
        if (writer == 0) {
          narrowed(root, random);
        } else {
          child(root, writer + "_" + i);
        }
      }
      return writer;
    });

    requireOrder();
  }

  @RepeatedTest(4)
  void children_made_while_the_root_is_revoked_are_never_alive() throws Exception {
    Credential root = root();

    together(writer -> {
      for (int i = 0; i < 12; i++) {
        if (writer == 0 && i == 6) {
          catalog.revokeCredential(root.id());
        } else if (writer != 0) {
          child(root, writer + "_" + i);
        }
      }
      return writer;
    });

    assertThat(catalog.credentials(catalog.defaultAccount())).as("seed %d", seed)
        .allMatch(Credential::revoked);
    assertThatThrownBy(() -> catalog.createCredential(of("late", Optional.of(root.id()),
        root.scope()))).isInstanceOf(CatalogException.class).hasMessageContaining("revoked");
  }

  @Test
  void a_child_that_is_wider_is_refused_where_it_is_written() {
    Credential root = root();
    Scope narrow = Scope.usual(CredentialKind.AGENT, new DatabaseScope.All(), Mode.RO,
        root.notBefore());
    catalog.createCredential(of("narrow", Optional.of(root.id()), narrow));
    Credential parent = catalog.credential("narrow").orElseThrow();

    assertThatThrownBy(() -> catalog
        .createCredential(of("wide", Optional.of(parent.id()), root.scope())))
        .isInstanceOfSatisfying(CatalogException.class,
            e -> assertThat(e.sqlState()).isEqualTo("42501"));
    assertThat(catalog.credential("wide")).isEmpty();
  }

  @Test
  void two_verifiers_are_live_and_a_further_rotation_ends_the_oldest() {
    Credential root = root();
    String second = Samples.VERIFIER + "2";
    String third = Samples.VERIFIER + "3";

    catalog.rotateCredential(root.id(), second, true);
    assertThat(verifiers()).containsExactly(second, Samples.VERIFIER);
    catalog.rotateCredential(root.id(), third, true);
    assertThat(verifiers()).containsExactly(third, second);
    catalog.rotateCredential(root.id(), Samples.VERIFIER, false);
    assertThat(verifiers()).containsExactly(Samples.VERIFIER);
  }

  private List<String> verifiers() {
    return catalog.credential("root").orElseThrow().verifiers();
  }

  private Credential root() {
    Scope scope = new Scope(new DatabaseScope.All(), Mode.DDL,
        new ObjectScope.All(), Instant.EPOCH, FAR, Scope.EVERYWHERE,
        CredentialLimits.APP,
        Set.of(Allowance.values()), false);
    catalog.createCredential(of("root", Optional.empty(), scope));
    return catalog.credential("root").orElseThrow();
  }

  private Credential of(String name, Optional<CredentialId> parent, Scope scope) {
    return new Credential(CredentialId.random(), name, catalog.defaultAccount(), parent,
        CredentialKind.APP, List.of(Samples.VERIFIER), scope, false, 1);
  }

  /** Narrows what is there now by something random; databases stay, as these do not exist. */
  private void narrowed(Credential root, Random random) {
    Scope present = catalog.credential(root.name()).orElseThrow().scope();
    Scope by = new RandomScopes(random).next();
    catalog.narrowCredential(root.id(), new Scope(present.databases(), by.mode(), by.objects(),
        by.notBefore(), by.expiresAt(), by.addresses(), by.limits(), by.allowances(),
        by.channelBindingRequired()).intersection(present));
  }

  /** A child with all that the parent had when it was read, and a child of that; or refused. */
  private void child(Credential root, String name) {
    try {
      Scope seen = catalog.credential(root.name()).orElseThrow().scope();
      Credential child = of("c_" + name, Optional.of(root.id()), seen);
      catalog.createCredential(child);
      catalog.createCredential(of("g_" + name, Optional.of(child.id()), seen));
    } catch (CatalogException e) {
      assertThat(e.sqlState()).as("seed %d: %s", seed, e.getMessage()).isIn("42501", "28000");
    }
  }

  private void requireOrder() {
    List<Credential> all = catalog.credentials(catalog.defaultAccount());
    Map<CredentialId, Credential> byId = new HashMap<>();
    all.forEach(one -> byId.put(one.id(), one));
    for (Credential one : all) {
      one.parent()
          .map(byId::get)
          .ifPresent(parent -> assertThat(
              one.scope().within(parent.scope()))
              .as("seed %d: %s within %s", seed, one, parent)
              .isTrue());
    }
  }

  /** Work of one writer. */
  @FunctionalInterface
  private interface Work {
    int by(int writer) throws Exception;
  }

  private static void together(Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        Callable<Integer> task = () -> {
          start.await(30, TimeUnit.SECONDS);
          return work.by(writer);
        };
        done.add(writers.submit(task));
      }
      for (Future<Integer> one : done) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }
}
