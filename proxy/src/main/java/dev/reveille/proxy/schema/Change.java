package dev.reveille.proxy.schema;

/**
 * One statement that changes a schema.
 *
 * @param sql without the semicolon that ends it
 * @param losesData whether rows or values can be gone after it
 */
public record Change(String sql, boolean losesData) {}
