package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ErrorFieldsTest {

  @Test
  void whatIsBuiltHasTheFieldsOfPostgresInItsOrder() {
    ErrorFields error = ErrorFields.of(Severity.FATAL, "53300", "too many connections")
        .detail("The limit is 5.")
        .hint("Close some.");

    ByteBuf body = Bytes.body(Bytes.written(out -> BackendMessages.errorResponse(out, error)));

    assertThat(body.toString(java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("SFATAL\0VFATAL\0C53300\0Mtoo many connections\0DThe limit is 5.\0"
            + "HClose some.\0\0");
  }

  @Test
  void everyFieldIsKeptKnownOrNotAndInOrder() {
    String body = "SFEHLER\0VERROR\0C42601\0Mm\0Dd\0Hh\0P7\0p8\0qselect\0Ww\0ss\0tt\0cc\0dd\0nn\0"
        + "Ff.c\0L12\0Rr\0?later\0\0";

    ErrorFields error = ErrorFields.decode(Bytes.text(body));

    assertThat(error.severity()).isEqualTo(Severity.ERROR);
    assertThat(error.sqlState()).isEqualTo("42601");
    assertThat(error.message()).isEqualTo("m");
    assertThat(error.detail()).contains("d");
    assertThat(error.hint()).contains("h");
    assertThat(error.field(ErrorFields.POSITION)).contains("7");
    assertThat(error.field(ErrorFields.INTERNAL_POSITION)).contains("8");
    assertThat(error.field(ErrorFields.INTERNAL_QUERY)).contains("select");
    assertThat(error.field(ErrorFields.WHERE)).contains("w");
    assertThat(error.field(ErrorFields.SCHEMA_NAME)).contains("s");
    assertThat(error.field(ErrorFields.TABLE_NAME)).contains("t");
    assertThat(error.field(ErrorFields.COLUMN_NAME)).contains("c");
    assertThat(error.field(ErrorFields.DATA_TYPE_NAME)).contains("d");
    assertThat(error.field(ErrorFields.CONSTRAINT_NAME)).contains("n");
    assertThat(error.field(ErrorFields.FILE)).contains("f.c");
    assertThat(error.field(ErrorFields.LINE)).contains("12");
    assertThat(error.field(ErrorFields.ROUTINE)).contains("r");
    assertThat(error.field('?')).contains("later");
    assertThat(Bytes.hexOf(encoded(error))).isEqualTo(Bytes.hexOf(Bytes.text(body)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "Mna\u00c3\u00afve\0\0", "Mna\u00efve\0Hh\u00c3\u00a9\0\0",
      "\u00ffx\0Ma\0Mb\0\0"})
  void whatIsDecodedIsEncodedToTheSameBytesInAnyEncoding(String body) {
    assertThat(Bytes.hexOf(encoded(ErrorFields.decode(Bytes.text(body)))))
        .isEqualTo(Bytes.hexOf(Bytes.text(body)));
  }

  @Test
  void missingFieldsHaveTheDefaultsOfPostgres() {
    ErrorFields error = ErrorFields.decode(Bytes.text("\0"));

    assertThat(error.severity()).isEqualTo(Severity.ERROR);
    assertThat(error.sqlState()).isEqualTo("XX000");
    assertThat(error.message()).isEmpty();
    assertThat(error.detail()).isEmpty();
  }

  @Test
  void severityIsReadFromTheOlderFieldWhereTheNewerIsMissing() {
    assertThat(ErrorFields.decode(Bytes.text("SPANIC\0\0")).severity()).isEqualTo(Severity.PANIC);
    assertThat(ErrorFields.decode(Bytes.text("SLOG\0VNOTICE\0\0")).severity())
        .isEqualTo(Severity.NOTICE);
  }

  @Test
  void aFieldThatIsSetAgainTakesTheOldPlaceAndLeavesTheOriginalAlone() {
    ErrorFields first = ErrorFields.of(Severity.ERROR, "42501", "no").hint("one").detail("d");

    ErrorFields second = first.hint("two");

    assertThat(first.hint()).contains("one");
    assertThat(encoded(second).toString(java.nio.charset.StandardCharsets.UTF_8))
        .endsWith("Htwo\0Dd\0\0");
  }

  @Test
  void aNulInATextCannotForgeAField() {
    ErrorFields error = ErrorFields.of(Severity.ERROR, "42501", "a\0Cforged");

    assertThat(ErrorFields.decode(encoded(error))).isEqualTo(error);
    assertThat(error.message()).isEqualTo("a?Cforged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "Mtext", "Mtext\0", "Mtext\0\0\0", "\0x"})
  void aBodyThatDoesNotEndWithItsTerminatorIsRefused(String body) {
    assertThatThrownBy(() -> ErrorFields.decode(Bytes.text(body)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void onlySeverityCodeAndMessageAreShown() {
    assertThat(ErrorFields.of(Severity.ERROR, "23505", "duplicate key").detail("(id)=(7)"))
        .hasToString("ERROR 23505: duplicate key");
  }

  private static ByteBuf encoded(ErrorFields error) {
    return Bytes.body(Bytes.written(out -> BackendMessages.noticeResponse(out, error)));
  }
}
