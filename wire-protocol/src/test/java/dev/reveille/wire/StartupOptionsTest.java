package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.StartupOptions.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class StartupOptionsTest {

  @Test
  void wordsAreSplitAtWhiteSpaceAndBackslashesTakenOff() {
    assertThat(StartupOptions.split("")).isEmpty();
    assertThat(StartupOptions.split(" \t\n\u000b\f\r")).isEmpty();
    assertThat(StartupOptions.split(" a  b\tc ")).containsExactly("a", "b", "c");
    assertThat(StartupOptions.split("a\\ b c\\\\d \\e")).containsExactly("a b", "c\\d", "e");
    assertThat(StartupOptions.split("a\\\\ b")).containsExactly("a\\", "b");
    assertThat(StartupOptions.split("a\\")).containsExactly("a");
    assertThat(StartupOptions.split("\\")).containsExactly("");
    assertThat(StartupOptions.split("'a b'")).containsExactly("'a", "b'");
  }

  @Test
  void allThreeSpellingsOfASettingAreUnderstood() {
    assertThat(StartupOptions.parse("-c a=1 -cb=2 --c=3")).containsExactly(new Setting("a", "1"),
        new Setting("b", "2"), new Setting("c", "3"));
  }

  @Test
  void dashesInNamesBecomeUnderscoresAndValuesStayAsTheyAre() {
    assertThat(StartupOptions.parse("--search-path=a-b,\\ c -c Work-Mem=8MB -c x=y=z -c e="))
        .containsExactly(new Setting("search_path", "a-b, c"), new Setting("Work_Mem", "8MB"),
            new Setting("x", "y=z"), new Setting("e", ""));
  }

  @Test
  void theWordAfterASingleCIsItsArgumentWhateverItLooksLike() {
    assertThat(StartupOptions.parse("-c --a=1")).containsExactly(new Setting("__a", "1"));
    assertThat(StartupOptions.parse("-c -c=1")).containsExactly(new Setting("_c", "1"));
  }

  @Test
  void aClosingDoubleDashIsAllowed() {
    assertThat(StartupOptions.parse("-c a=1 --")).containsExactly(new Setting("a", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c", "-c a", "-ca", "--a", "a=1", "-", "-- a=1", "-- -c a=1", "-c =1",
      "-c a=1 b", "\\", "--=x"})
  void whatPostgresRefusesIsASyntaxError(String options) {
    assertThat(refusal(options).sqlState()).isEqualTo("42601");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-S 1024", "-e", "-fs", "-d 5", "-C data_directory", "-D/tmp", "-x"})
  void otherSwitchesOfThePostgresProgramAreRefusedByName(String options) {
    MalformedMessageException refusal = refusal(options);

    assertThat(refusal.sqlState()).isEqualTo("0A000");
    assertThat(refusal).hasMessageContaining("only -c name=value and --name=value");
  }

  @Test
  void switchesForDangerousSettingsAreThoseSettings() {
    assertThat(StartupOptions.parse("-P -O")).containsExactly(
        new Setting("ignore_system_indexes", "true"),
        new Setting("allow_system_table_mods", "true"));
  }

  @Test
  void theSettingsOfAPacketAreItsOptionsOverlaidByItsParameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "alice");
    parameters.put("Search_Path", "mine");
    parameters.put("database", "shop");
    parameters.put("options", "-c search-path=theirs -c statement_timeout=1s -c "
        + "Statement_Timeout=2s");
    parameters.put("replication", "false");
    parameters.put("_pq_.x", "y");
    StartupMessage startup = new StartupMessage(ProtocolVersion.V3_0, parameters);

    assertThat(startup.settings()).containsOnly(Map.entry("Search_Path", "mine"),
        Map.entry("Statement_Timeout", "2s"));
  }

  @Test
  void twoSettingsAreTwoSettings() {
    assertThat(StartupOptions.parse("-c a=1 -c a=2"))
        .isEqualTo(List.of(new Setting("a", "1"), new Setting("a", "2")));
  }

  private static MalformedMessageException refusal(String options) {
    return catchThrowableOfType(MalformedMessageException.class,
        () -> StartupOptions.parse(options));
  }
}
