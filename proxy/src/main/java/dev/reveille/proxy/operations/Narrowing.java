package dev.reveille.proxy.operations;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Says where one scope is wider than another, field by field, in words. Decides nothing: {@link
 * Scope#within} does, and a test holds that both agree.
 */
final class Narrowing {
  private final Scope asked;
  private final Scope given;
  private final Function<DatabaseId, String> names;
  private final List<String> wider = new ArrayList<>();

  private Narrowing(Scope asked, Scope given, Function<DatabaseId, String> names) {
    this.asked = asked;
    this.given = given;
    this.names = names;
  }

  /** Each field of {@code asked} that is not within the same field of {@code given}; both values. */
  static List<String> wider(Scope asked, Scope given, Function<DatabaseId, String> names) {
    Narrowing narrowing = new Narrowing(asked, given, names);
    narrowing.compare();
    return narrowing.wider;
  }

  private void compare() {
    differ(asked.databases().within(given.databases()), "databases",
        text(asked.databases(), names), text(given.databases(), names));
    differ(asked.mode().compareTo(given.mode()) <= 0, "mode", asked.mode().word(),
        given.mode().word());
    differ(asked.objects().within(given.objects()), "schemas and tables", text(asked.objects()),
        text(given.objects()));
    differ(!asked.notBefore().isBefore(given.notBefore()), "not_before",
        asked.notBefore().toString(), given.notBefore().toString());
    differ(!asked.expiresAt().isAfter(given.expiresAt()), "expires_at",
        asked.expiresAt().toString(), given.expiresAt().toString());
    differ(asked.addresses()
        .stream()
        .allMatch(own -> given.addresses().stream().anyMatch(own::within)), "addresses",
        joined(asked.addresses()), joined(given.addresses()));
    for (CredentialLimit limit : CredentialLimit.values()) {
      differ(limit.within(asked.limits(), given.limits()), limit.key(),
          limit.text(asked.limits()), limit.text(given.limits()));
    }
    differ(given.allowances().containsAll(asked.allowances()), "allow",
        words(asked.allowances()), words(given.allowances()));
    differ(asked.channelBindingRequired() || !given.channelBindingRequired(),
        "require_channel_binding", String.valueOf(asked.channelBindingRequired()),
        String.valueOf(given.channelBindingRequired()));
    differ(asked.checkpointBefore().compareTo(given.checkpointBefore()) >= 0, "checkpoint_before",
        asked.checkpointBefore().word(), given.checkpointBefore().word());
  }

  private void differ(boolean within, String field, String asks, String has) {
    if (!within) {
      wider.add(field + " (" + asks + ", not within " + has + ")");
    }
  }

  static String text(DatabaseScope databases, Function<DatabaseId, String> names) {
    return switch (databases) {
      case DatabaseScope.All all -> "all";
      case DatabaseScope.Only only -> only.databases().isEmpty()
          ? "none"
          : String.join(", ", only.databases().stream().map(names).sorted().toList());
    };
  }

  static String text(ObjectScope objects) {
    return switch (objects) {
      case ObjectScope.All all -> "all";
      case ObjectScope.Only only -> {
        List<String> listed = Stream.concat(
            only.schemas().stream().sorted().map(schema -> schema + ".*"),
            only.tables().stream().sorted().map(Object::toString)).toList();
        yield listed.isEmpty() ? "none" : String.join(", ", listed);
      }
    };
  }

  static String words(Collection<Allowance> allowances) {
    return allowances.isEmpty()
        ? "nothing"
        : String.join(", ", allowances.stream().sorted().map(Allowance::word).toList());
  }

  private static String joined(List<AddressRange> ranges) {
    return ranges.isEmpty()
        ? "none"
        : String.join(", ", ranges.stream().map(AddressRange::toString).toList());
  }
}
