package dev.reveille.wire;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.netty.channel.ChannelHandlerContext;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Bytes and nothing else: no sockets, no threads, no policy. */
@AnalyzeClasses(packages = "dev.reveille.wire", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule WIRE_KNOWS_ONLY_BUFFERS_AND_CODECS = classes().should()
      .onlyDependOnClassesThat(
          resideInAnyPackage("dev.reveille.wire..", "java..", "io.netty.buffer..",
              "io.netty.handler.codec", "io.netty.util..", "org.jspecify.annotations..")
              .or(type(ChannelHandlerContext.class)));

  /** The context is in the signature of ByteToMessageDecoder. */
  @ArchTest
  static final ArchRule ONLY_THE_FRAME_DECODER_SITS_IN_A_PIPELINE = noClasses().that()
      .doNotHaveSimpleName("FrameDecoder")
      .should()
      .dependOnClassesThat(resideInAnyPackage("io.netty.channel.."));

  @ArchTest
  static final ArchRule WIRE_OWNS_NO_THREAD_SOCKET_FILE_OR_CLOCK = noClasses().should()
      .dependOnClassesThat(resideInAnyPackage("java.util.concurrent..", "java.net..",
          "java.nio.file..", "java.nio.channels..", "java.time..", "java.sql..").or(
              type(Thread.class)));
}
