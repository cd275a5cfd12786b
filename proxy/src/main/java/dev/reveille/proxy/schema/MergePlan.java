package dev.reveille.proxy.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgcodekeeper.core.model.difftree.TreeElement.DiffSide;

/**
 * Which changes of a branch's schema its parent can take.
 *
 * <p>With the base, the parent's schema when the branch began, it is known who changed what: what the branch changed goes
 * to the parent, unless the parent has changed the same object to something else. Without it nobody can tell an object
 * that the branch dropped from one that the parent has made since: then only what adds to the parent is taken, an object
 * that is in the parent alone stays, and any other difference is a conflict.
 *
 * @param script for the parent; empty when there are conflicts or there is nothing to merge
 * @param objects what it changes, by kind and name
 * @param conflicts what stands in the way, in words; nothing may be merged while there is any
 * @param untouched what is in the parent alone and stays
 */
public record MergePlan(SchemaScript script, List<String> objects, List<String> conflicts,
    List<String> untouched) {

  public MergePlan {
    objects = List.copyOf(objects);
    conflicts = List.copyOf(conflicts);
    untouched = List.copyOf(untouched);
  }

  public static MergePlan of(Optional<Schema> base, Schema parent, Schema branch) {
    return base.map(known -> threeWays(known, parent, branch))
        .orElseGet(() -> twoWays(parent, branch));
  }

  private static MergePlan threeWays(Schema base, Schema parent, Schema branch) {
    Map<String, DiffSide> byBranch = base.differences(branch);
    Map<String, DiffSide> byParent = base.differences(parent);
    Map<String, DiffSide> now = parent.differences(branch);
    Map<String, DiffSide> wanted = new LinkedHashMap<>();
    List<String> conflicts = new ArrayList<>();
    byBranch.forEach((object, side) -> {
      if (!now.containsKey(object)) {
        return; // the parent has it like this already
      }
      if (byParent.containsKey(object)) {
        conflicts.add(object + " was " + said(side) + " in the branch and "
            + said(byParent.getOrDefault(object, DiffSide.BOTH)) + " in the parent");
      }
      wanted.put(object, side);
    });
    return planned(parent, branch, wanted, conflicts, List.of());
  }

  private static String said(DiffSide side) {
    return switch (side) {
      case LEFT -> "dropped";
      case RIGHT -> "created";
      case BOTH -> "changed";
    };
  }

  private static MergePlan twoWays(Schema parent, Schema branch) {
    Map<String, DiffSide> wanted = new LinkedHashMap<>(parent.differences(branch));
    List<String> untouched = wanted.entrySet()
        .stream()
        .filter(entry -> entry.getValue() == DiffSide.LEFT)
        .map(Map.Entry::getKey)
        .toList();
    untouched.forEach(wanted::remove);
    List<String> conflicts = new ArrayList<>();
    for (Change change : parent.to(branch, wanted).changes()) {
      if (!SchemaScript.onlyAdds(change)) {
        conflicts.add("it does not only add to the parent: " + change.sql());
      }
    }
    return planned(parent, branch, wanted, conflicts, untouched);
  }

  private static MergePlan planned(Schema parent, Schema branch, Map<String, DiffSide> wanted,
      List<String> conflicts, List<String> untouched) {
    SchemaScript script = conflicts.isEmpty() && !wanted.isEmpty()
        ? parent.to(branch, wanted)
        : new SchemaScript(List.of());
    return new MergePlan(script, List.copyOf(wanted.keySet()), conflicts, untouched);
  }

  /** Which of the objects are still not in {@code merged} what they are in {@code branch}. */
  public List<String> missing(Schema merged, Schema branch) {
    Map<String, DiffSide> left = merged.differences(branch);
    return objects.stream().filter(left::containsKey).toList();
  }
}
