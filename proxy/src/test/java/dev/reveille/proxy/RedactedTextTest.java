package dev.reveille.proxy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.RecordComponent;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A record prints what it holds, unless it says otherwise; one that may hold a secret must. */
class RedactedTextTest {
  /** Texts that may be secrets, by the name of the component. Paths and digests are none. */
  private static final Pattern SECRET = Pattern
      .compile("(?i).*(secret|password|verifier|passphrase|credentials?url|bearer|jwt).*");

  private record Careless(String name, String secret) {}

  private record Careful(String name, String secret) {
    @Override
    public String toString() {
      return "Careful[redacted]";
    }
  }

  @Test
  void records_that_hold_secrets_do_not_print_them() {
    TreeSet<String> careless = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("dev.reveille")
        .stream()
        .filter(JavaClass::isRecord)
        .map(JavaClass::reflect)
        .filter(RedactedTextTest::printsASecret)
        .map(Class::getName)
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(careless).isEmpty();
  }

  @Test
  void the_test_tells_one_from_the_other() {
    assertThat(printsASecret(Careless.class)).isTrue();
    assertThat(printsASecret(Careful.class)).isFalse();
  }

  private static boolean printsASecret(Class<?> record) {
    return Stream.of(record.getRecordComponents()).anyMatch(RedactedTextTest::mayBeASecret)
        && printsEverything(record);
  }

  /** Arrays print no content, and types of ours answer for themselves. */
  private static boolean mayBeASecret(RecordComponent component) {
    return SECRET.matcher(component.getName()).matches()
        && component.getGenericType().getTypeName().matches(".*(String|CharSequence|Object).*");
  }

  /** Whether its toString is the one that the compiler makes. */
  private static boolean printsEverything(Class<?> record) {
    String file = record.getName().replaceFirst(".*\\.", "") + ".class";
    try (InputStream in = Objects.requireNonNull(record.getResourceAsStream(file))) {
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      return model.methods()
          .stream()
          .filter(method -> method.methodName().equalsString("toString"))
          .filter(method -> method.methodType().equalsString("()Ljava/lang/String;"))
          .anyMatch(RedactedTextTest::isGenerated);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isGenerated(MethodModel method) {
    return method.code()
        .stream()
        .flatMap(code -> code.elementStream())
        .anyMatch(RedactedTextTest::bindsRecords);
  }

  private static boolean bindsRecords(CodeElement element) {
    return element instanceof InvokeDynamicInstruction call
        && call.invokedynamic()
            .bootstrap()
            .bootstrapMethod()
            .reference()
            .owner()
            .asInternalName()
            .equals("java/lang/runtime/ObjectMethods");
  }
}
