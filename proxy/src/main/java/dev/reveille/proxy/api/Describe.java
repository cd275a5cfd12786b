package dev.reveille.proxy.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the schema says of a property beside its type. What is not given is not said. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Describe {
  /** What it is, in one sentence. */
  String value();

  /** A regular expression (ECMA-262 and Java alike) for the whole text. */
  String pattern() default "";

  int maxLength() default -1;

  int minItems() default -1;

  int maxItems() default -1;

  long min() default Long.MIN_VALUE;

  long max() default Long.MAX_VALUE;

  /** All values that there are. */
  String[] oneOf() default {};
}
