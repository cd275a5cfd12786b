package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds a cell as an earlier life of the proxy left it, and makes it fit to be used. Blocking. */
final class LocalRecovery {
  private final StorageTree tree;
  private final StrayComputes strays;
  private final Path runDirectory;
  private final String templateKey;

  LocalRecovery(StorageTree tree, StrayComputes strays, Path runDirectory, String templateKey) {
    this.tree = tree;
    this.strays = strays;
    this.runDirectory = runDirectory;
    this.templateKey = templateKey;
  }

  /** Answers the prepared storages that can be used again. */
  List<StorageDirectory> run() throws IOException, InterruptedException {
    tree.create();
    List<StorageDirectory> storages = tree.all();
    stopStrays(storages);
    tree.clearUnfinished();
    List<StorageDirectory> prepared = new ArrayList<>();
    for (StorageDirectory storage : storages) {
      clearSockets(storage);
      StorageArchive.recover(tree, storage);
      if (Files.exists(storage.unnamedMark())) {
        if (Files.readString(storage.unnamedMark()).equals(templateKey)) {
          prepared.add(storage);
        } else {
          tree.discard(storage.id());
        }
      }
    }
    return prepared;
  }

  private void stopStrays(List<StorageDirectory> storages) throws IOException {
    Map<Path, List<Long>> processes = ProcessesOf.all();
    List<StorageDirectory> occupied = new ArrayList<>();
    for (StorageDirectory storage : storages) {
      if (Files.isDirectory(storage.data())
          && processes.containsKey(storage.data().toRealPath())) {
        occupied.add(storage);
      }
    }
    strays.stopAll(occupied);
  }

  private void clearSockets(StorageDirectory storage) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(runDirectory,
        SocketDirectory.token(storage.id()) + ".*")) {
      for (Path directory : left) {
        FileTrees.delete(directory);
      }
    }
  }
}
