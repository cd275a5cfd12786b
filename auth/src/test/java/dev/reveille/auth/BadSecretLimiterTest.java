package dev.reveille.auth;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BadSecretLimiterTest {
  private static final BadSecretLimiter.Settings SETTINGS = new BadSecretLimiter.Settings(3,
      Duration.ofSeconds(6), 4,
      2);
  private static final InetAddress ATTACKER = address("203.0.113.7");
  private static final InetAddress VICTIM = address("198.51.100.1");

  // Close to the end of the range, so that the clock wraps round in every test.
  private long now = Long.MAX_VALUE - Duration.ofSeconds(8).toNanos();
  private final BadSecretLimiter limiter = new BadSecretLimiter(SETTINGS, () -> now);

  @Test
  void so_many_wrong_secrets_are_free_and_then_one_each_recovery() {
    for (int guess = 0; guess < 3; guess++) {
      assertThat(limiter.admits(ATTACKER, "a_one")).isTrue();
      limiter.failed(ATTACKER, "a_one");
    }
    assertThat(limiter.admits(ATTACKER, "a_one")).isFalse();
    assertThat(limiter.retryAfter(ATTACKER, "a_one")).isEqualTo(Duration.ofSeconds(6));

    pass(Duration.ofSeconds(6).minusNanos(1));
    assertThat(limiter.admits(ATTACKER, "a_one")).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(limiter.admits(ATTACKER, "a_one")).isTrue();
    assertThat(limiter.retryAfter(ATTACKER, "a_one")).isZero();

    limiter.failed(ATTACKER, "a_one");
    assertThat(limiter.admits(ATTACKER, "a_one")).isFalse();
    pass(Duration.ofSeconds(18));
    for (int guess = 0; guess < 3; guess++) {
      assertThat(limiter.admits(ATTACKER, "a_one")).isTrue();
      limiter.failed(ATTACKER, "a_one");
    }
    assertThat(limiter.admits(ATTACKER, "a_one")).isFalse();
  }

  @Test
  void failures_past_the_limit_do_not_lengthen_the_wait() {
    fail(ATTACKER, "a_one", 100);

    assertThat(limiter.retryAfter(ATTACKER, "a_one")).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void nobody_is_locked_out_by_another_address_or_for_another_name() {
    fail(ATTACKER, "a_one", 3);

    assertThat(limiter.admits(VICTIM, "a_one")).isTrue();
    assertThat(limiter.admits(ATTACKER, "a_two")).isTrue();
  }

  @Test
  void the_right_secret_wipes_the_slate() {
    fail(ATTACKER, "a_one", 2);
    limiter.succeeded(ATTACKER, "a_one");
    fail(ATTACKER, "a_one", 2);

    assertThat(limiter.admits(ATTACKER, "a_one")).isTrue();
    limiter.succeeded(ATTACKER, "a_one");
    assertThat(limiter.size()).isZero();
  }

  @Test
  void an_ipv6_host_is_its_whole_64_and_no_more() {
    fail(address("2001:db8:0:1::1"), "a_one", 3);

    assertThat(limiter.admits(address("2001:db8:0:1:ffff::2"), "a_one")).isFalse();
    assertThat(limiter.admits(address("2001:db8:0:2::1"), "a_one")).isTrue();
  }

  @Test
  void an_ipv4_address_is_the_same_in_its_ipv6_form_and_is_no_prefix() {
    fail(ATTACKER, "a_one", 3);

    assertThat(limiter.admits(address("::ffff:203.0.113.7"), "a_one")).isFalse();
    assertThat(limiter.admits(address("203.0.113.8"), "a_one")).isTrue();
    assertThat(limiter.admits(address("::203.0.113.7"), "a_one")).isTrue();
  }

  @Test
  void memory_stays_bounded_whatever_is_tried() {
    for (int host = 0; host < 1000; host++) {
      for (int name = 0; name < 10; name++) {
        limiter.failed(address("10.0." + host / 250 + "." + host % 250), "a_" + name);
      }
    }

    assertThat(limiter.size()).isEqualTo(4 * 2);
  }

  @Test
  void spraying_names_does_not_wipe_the_count_of_the_name_under_attack() {
    fail(ATTACKER, "a_one", 3);
    for (int name = 0; name < 100; name++) {
      limiter.failed(ATTACKER, "a_spray_" + name);
    }

    assertThat(limiter.admits(ATTACKER, "a_one")).isFalse();
  }

  @Test
  void the_address_that_failed_least_recently_is_forgotten_first() {
    for (int host = 1; host <= 4; host++) {
      fail(address("10.0.0." + host), "a_one", 3);
    }
    limiter.failed(address("10.0.0.1"), "a_one");
    limiter.failed(address("10.0.0.5"), "a_one");

    assertThat(limiter.admits(address("10.0.0.1"), "a_one")).isFalse();
    assertThat(limiter.admits(address("10.0.0.2"), "a_one")).isTrue();
    assertThat(limiter.admits(address("10.0.0.3"), "a_one")).isFalse();
  }

  @Test
  void settings_have_to_make_sense() {
    assertThatThrownBy(() -> new BadSecretLimiter.Settings(0, Duration.ofSeconds(1), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BadSecretLimiter.Settings(1, Duration.ZERO, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void fail(InetAddress address, String name, int times) {
    for (int i = 0; i < times; i++) {
      limiter.failed(address, name);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
