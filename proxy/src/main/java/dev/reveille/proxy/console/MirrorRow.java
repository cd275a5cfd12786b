package dev.reveille.proxy.console;

import dev.reveille.compute.admin.Sql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One row of a mirrored table, each value as Postgres reads it from text. */
record MirrorRow(List<@Nullable String> values) {
  MirrorRow {
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  /** Of texts, numbers, instants and the like; an empty Optional is NULL, a collection an array. */
  static MirrorRow of(@Nullable Object... values) {
    List<@Nullable String> texts = new ArrayList<>(values.length);
    for (Object value : values) {
      texts.add(text(value));
    }
    return new MirrorRow(texts);
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Optional<?> maybe -> maybe.map(MirrorRow::text).orElse(null);
      case Collection<?> many -> many.stream()
          .map(one -> '"' + String.valueOf(one).replace("\\", "\\\\").replace("\"", "\\\"") + '"')
          .collect(Collectors.joining(",", "{", "}"));
      default -> value.toString().replace('\0', '?');
    };
  }

  String at(int column) {
    return String.valueOf(values.get(column));
  }

  /** {@code (…, …)} for VALUES. */
  String literals() {
    return values.stream()
        .map(value -> value == null ? "NULL" : Sql.literal(value))
        .collect(Collectors.joining(",", "(", ")"));
  }
}
