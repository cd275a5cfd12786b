package dev.reveille.proxy.api;

import dev.reveille.proxy.operations.CredentialLimit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Run with {@code -Dreveille.write-docs=true} to write the document anew. */
class OpenApiPageTest {
  private final Api api = Given.api(List.of());

  @Test
  void the_document_in_docs_is_the_one_that_is_served() throws Exception {
    Path page = Path.of("..", "docs", "openapi.json");
    String text = new String(api.document(), StandardCharsets.UTF_8) + "\n";
    if (Boolean.getBoolean("reveille.write-docs")) {
      Files.writeString(page, text);
    }

    assertThat(page).content().isEqualTo(text);
  }

  @Test
  void every_reference_leads_somewhere_and_every_id_is_given_once() {
    JsonNode document = JsonMapper.shared().readTree(api.document());
    List<String> ids = new ArrayList<>();

    for (JsonNode path : document.path("paths")) {
      path.forEach(operation -> ids.add(operation.path("operationId").asString()));
    }

    assertThat(ids).doesNotHaveDuplicates().hasSize(api.operations().size());
    for (JsonNode reference : document.findValues("$ref")) {
      assertThat(document.at(reference.asString().substring(1)).isMissingNode())
          .as(reference.asString())
          .isFalse();
    }
  }

  @Test
  void a_credential_can_be_given_every_limit_that_there_is() {
    JsonNode schemas = JsonMapper.shared().readTree(api.document()).at("/components/schemas");

    for (String request : List.of("CreateCredentialRequest", "NarrowCredentialRequest",
        "NarrowInPlaceRequest")) {
      for (CredentialLimit limit : CredentialLimit.values()) {
        assertThat(schemas.path(request).path("properties").has(limit.key()))
            .as("%s in %s", limit.key(), request)
            .isTrue();
      }
    }
  }
}
