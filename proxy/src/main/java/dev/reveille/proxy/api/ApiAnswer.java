package dev.reveille.proxy.api;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a listener sends. Mutable until it is sent; one thread. */
public final class ApiAnswer {
  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";

  private final int status;
  private final String contentType;
  private final byte[] body;
  private final Map<String, String> headers = new LinkedHashMap<>();

  ApiAnswer(int status, String contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  public static ApiAnswer of(ProblemException refused) {
    ApiAnswer answer = new ApiAnswer(refused.problem().status(), PROBLEM,
        ApiJson.write(refused.problem()));
    refused.headers().forEach(answer::with);
    return answer;
  }

  ApiAnswer with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  public int status() {
    return status;
  }

  public String contentType() {
    return contentType;
  }

  /** Empty for none. */
  public byte[] body() {
    return body;
  }

  public Map<String, String> headers() {
    return headers;
  }
}
