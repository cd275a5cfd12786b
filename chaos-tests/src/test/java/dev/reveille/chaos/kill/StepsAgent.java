package dev.reveille.chaos.kill;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.sql.PreparedStatement;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Java agent that leads what the product does to its storages and to its catalog through {@link Steps}: the calls
 * that change something are the same, and can be waited at. The product itself is the one that was built.
 */
public final class StepsAgent implements ClassFileTransformer {
  private static final Pattern WHERE = Pattern.compile(
      "dev/reveille/(compute/(local|clone)/.*|cell/catalog/(Database|Lifetime|Checkpoint)Rows)");
  private static final Set<String> OWNERS = Stream
      .of(Files.class, FileChannel.class, PreparedStatement.class)
      .map(owner -> owner.getName().replace('.', '/'))
      .collect(Collectors.toSet());
  private static final ClassDesc STEPS = ClassDesc.of(Steps.class.getName());
  private static final Set<String> CALLS = Stream.of(Steps.class.getDeclaredMethods())
      .map(StepsAgent::signature)
      .collect(Collectors.toSet());

  private StepsAgent() {
  }

  /** Called by the JVM with the directory where {@link Halts} says what is to be waited at. */
  public static void premain(String directory, Instrumentation instrumentation) {
    Steps.directory = Path.of(directory);
    instrumentation.addTransformer(new StepsAgent());
  }

  @Override
  public byte @Nullable [] transform(@Nullable ClassLoader loader, String name,
      @Nullable Class<?> before, @Nullable ProtectionDomain domain, byte[] bytes) {
    if (!WHERE.matcher(name).matches()) {
      return null;
    }
    ClassFile format = ClassFile.of();
    return format.transformClass(format.parse(bytes),
        ClassTransform.transformingMethodBodies(StepsAgent::led));
  }

  private static void led(CodeBuilder code, CodeElement element) {
    if (element instanceof InvokeInstruction call
        && OWNERS.contains(call.owner().asInternalName())) {
      MethodTypeDesc type = call.opcode() == Opcode.INVOKESTATIC
          ? call.typeSymbol()
          : call.typeSymbol().insertParameterTypes(0, call.owner().asSymbol());
      String name = call.name().stringValue();
      if (CALLS.contains(name + type.descriptorString())) {
        code.invokestatic(STEPS, name, type);
        return;
      }
    }
    code.with(element);
  }

  private static String signature(Method method) {
    return method.getName() + MethodTypeDesc.ofDescriptor(java.lang.invoke.MethodType
        .methodType(method.getReturnType(), method.getParameterTypes())
        .descriptorString()).descriptorString();
  }
}
