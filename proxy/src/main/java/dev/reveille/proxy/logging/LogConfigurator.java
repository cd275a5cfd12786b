package dev.reveille.proxy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.LogFormat;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up in code: reading an XML file would cost a tenth of a second at every start. Found
 * as a service; until {@link #apply} is called only warnings are written, to standard error.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  private static final String FILE_SIZE = "10MB";
  private static final int FILES = 5;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    console(context, false);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Writes as configured from now on: to a file that is rolled over, else to standard error. */
  public static void apply(Configuration.Log log, Optional<Path> file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    boolean json = log.format() == LogFormat.JSON;
    if (file.isPresent()) {
      rolling(context, json, file.get());
    } else {
      console(context, json);
    }
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger("dev.reveille").setLevel(Level.valueOf(log.level().name()));
    // Both say at WARN what a stranger can cause, or what the caller reports in its own words.
    context.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
  }

  private static void console(LoggerContext context, boolean json) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    attach(context, appender, json);
  }

  private static void rolling(LoggerContext context, boolean json, Path file) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setFile(file.toString());
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(appender);
    window.setFileNamePattern(file + ".%i");
    window.setMinIndex(1);
    window.setMaxIndex(FILES);
    window.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(FileSize.valueOf(FILE_SIZE));
    trigger.start();
    appender.setRollingPolicy(window);
    appender.setTriggeringPolicy(trigger);
    attach(context, appender, json);
  }

  private static void attach(LoggerContext context, OutputStreamAppender<ILoggingEvent> appender,
      boolean json) {
    LineEncoder encoder = new LineEncoder(json);
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }
}
