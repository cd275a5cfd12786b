package dev.reveille.cell;

import java.util.Arrays;
import java.util.Optional;

/** One thing that a key of the HTTP API may do. */
public enum ApiScope {
  DATABASES_READ("databases:read", "see databases and checkpoints"), DATABASES_WRITE(
      "databases:write", "make, branch, change, restore and drop databases"), CREDENTIALS_READ(
          "credentials:read", "see credentials, without their secrets"), CREDENTIALS_WRITE(
              "credentials:write",
              "make, rotate, narrow and revoke credentials"), USAGE_READ("usage:read",
                  "see usage, budgets and events"), SQL_RUN("sql:run",
                      "run SQL that reads"), SQL_WRITE("sql:write", "run SQL that writes");

  private final String word;
  private final String about;

  ApiScope(String word, String about) {
    this.word = word;
    this.about = about;
  }

  /** As it is written everywhere: {@code databases:read}. */
  public String word() {
    return word;
  }

  /** What it allows, in words. */
  public String about() {
    return about;
  }

  /** The scope with this word; empty for one that only a newer proxy knows. */
  public static Optional<ApiScope> ofWord(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word.equals(word)).findFirst();
  }
}
