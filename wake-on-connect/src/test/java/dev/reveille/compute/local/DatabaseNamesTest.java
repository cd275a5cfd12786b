package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.admin.Sql;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseNamesTest {
  @Test
  void anyNameThatPostgresAllowsIsTakenAsItIs() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      for (String name : List.of("Shop", "we\"ird 'name'", "a\\b;DROP DATABASE postgres",
          "naïve 数据库", "x".repeat(63), RoleNames.UNNAMED)) {
        LocalCell.Named database = cell.create(name);
        assertThat(sql(database.compute(), "a_ddl", name, "SELECT current_database()"))
            .containsExactly(List.of(name));
        await(database.compute().stop());
      }
    }
  }

  @Test
  void namingCanBeRepeatedAfterACrash() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      PreparedStorage prepared = await(cell.provider().takePrepared());
      Route route = LocalCell.route("again", prepared.storage());
      RunningCompute first = await(
          cell.provider().name(prepared, route, LocalCell.ddl()));
      await(first.stop());

      RunningCompute second = await(
          cell.provider().name(prepared, route, LocalCell.ddl()));

      assertThat(sql(second, "a_ddl", "again", "SELECT 1")).hasSize(1);
      await(second.stop());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reveille_admin", "pg_monitor", "Upper", "a-b", "", "a b"})
  void aRoleCannotHaveAReservedOrOddName(String name) {
    assertThatThrownBy(() -> new LoginRole(name, Mode.RO, new ObjectScope.All(), 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quotingHoldsWhateverIsQuoted() {
    assertThat(Sql.identifier("a\"b")).isEqualTo("\"a\"\"b\"");
    assertThat(Sql.literal("it's \\ here")).isEqualTo("E'it''s \\\\ here'");
    assertThatThrownBy(() -> Sql.literal("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Sql.identifier("")).isInstanceOf(IllegalArgumentException.class);
  }
}
