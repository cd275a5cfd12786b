package dev.reveille.proxy.http;

/** What a refused control call answers, beside its status. {@code code} is a bounded word. */
record Failure(String code, String message, String hint) {}
