package dev.reveille.compute;

import dev.reveille.cell.CellId;
import dev.reveille.cell.StorageId;

/**
 * An initialised storage without a name, taken out of its cell's pool. It belongs to the taker until
 * it is named or given back.
 */
public record PreparedStorage(CellId cell, StorageId storage) {}
