package dev.reveille.proxy.schema;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pgcodekeeper.core.PgCodekeeperException;
import org.pgcodekeeper.core.api.DatabaseFactory;
import org.pgcodekeeper.core.api.PgCodeKeeperApi;
import org.pgcodekeeper.core.model.difftree.DbObjType;
import org.pgcodekeeper.core.model.difftree.DiffTree;
import org.pgcodekeeper.core.model.difftree.TreeElement;
import org.pgcodekeeper.core.model.difftree.TreeFlattener;
import org.pgcodekeeper.core.schema.AbstractDatabase;
import org.pgcodekeeper.core.schema.PgPrivilege;
import org.pgcodekeeper.core.schema.PgStatement;
import org.pgcodekeeper.core.settings.CoreSettings;

/**
 * The schema of a database at one moment: schemas, types, tables with all that belongs to them, views, functions,
 * sequences, extensions and comments, and what of them is granted to everybody or to the groups that every database has.
 * Owners and other grants are not in it: roles are credentials, and a branch does not share those with its parent. Neither
 * are rows, and the order of columns is no difference.
 *
 * <p>Immutable as far as is known here; the work is pgCodeKeeper's. Methods block while they compute.
 */
public final class Schema {
  private static final Set<String> EVERYWHERE = Set.of("PUBLIC", "reveille_readers",
      "reveille_writers");

  private final AbstractDatabase database;

  private Schema(AbstractDatabase database) {
    this.database = database;
  }

  /**
   * Reads a schema. Blocks.
   *
   * @param url for pgjdbc, with user and password
   * @throws UnreadableSchema when it cannot be read
   */
  public static Schema read(String url) {
    try {
      AbstractDatabase database = new DatabaseFactory(settings()).loadFromJdbc(url);
      database.getDescendants().forEach(Schema::forgetRoles);
      return new Schema(database);
    } catch (IOException | PgCodekeeperException e) {
      throw new UnreadableSchema(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableSchema(e);
    }
  }

  private static void forgetRoles(PgStatement statement) {
    List<PgPrivilege> kept = statement.getPrivileges()
        .stream()
        .filter(privilege -> EVERYWHERE.contains(privilege.getRole()))
        .toList();
    statement.clearPrivileges();
    kept.forEach(statement::addPrivilege);
    statement.setOwner(null);
  }

  private static CoreSettings settings() {
    CoreSettings settings = new CoreSettings();
    settings.setIgnoreColumnOrder(true);
    settings.setEnableFunctionBodiesDependencies(true);
    return settings;
  }

  /** What would turn this schema into the other. */
  public SchemaScript to(Schema other) {
    TreeElement tree = tree(other);
    tree.setAllChecked();
    return script(tree, other);
  }

  /** Those changes that would turn this one into the other which concern these objects. */
  SchemaScript to(Schema other, Map<String, ?> objects) {
    TreeElement tree = tree(other);
    for (TreeElement element : edits(tree, other)) {
      element.setSelected(objects.containsKey(key(element)));
    }
    return script(tree, other);
  }

  /** The objects that differ, by kind and name, each with the side that has it: LEFT is this one. */
  Map<String, TreeElement.DiffSide> differences(Schema other) {
    Map<String, TreeElement.DiffSide> found = new LinkedHashMap<>();
    for (TreeElement element : edits(tree(other), other)) {
      found.put(key(element), element.getSide());
    }
    return found;
  }

  private List<TreeElement> edits(TreeElement tree, Schema other) {
    return new TreeFlattener().onlyEdits(database, other.database)
        .flatten(tree)
        .stream()
        .filter(element -> element.getType() != DbObjType.DATABASE)
        .toList();
  }

  private static String key(TreeElement element) {
    return element.getType().getTypeName().toLowerCase(Locale.ROOT) + " "
        + element.getQualifiedName();
  }

  private TreeElement tree(Schema other) {
    try {
      return DiffTree.create(settings(), database, other.database);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableSchema(e);
    }
  }

  private SchemaScript script(TreeElement tree, Schema other) {
    try {
      return SchemaScript.of(PgCodeKeeperApi.diff(settings(), tree, database, other.database,
          null, null, List.of()));
    } catch (IOException e) {
      throw new UnreadableSchema(e);
    }
  }
}
