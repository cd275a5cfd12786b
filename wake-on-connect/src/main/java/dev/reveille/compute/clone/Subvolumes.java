package dev.reveille.compute.clone;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Subvolumes of btrfs by {@code ioctl(2)} on the directory that holds them, as in the kernel's
 * {@code include/uapi/linux/btrfs.h}; no program of btrfs is needed. Each call ends with the commit of
 * a transaction, so what it did is durable. Blocking.
 */
final class Subvolumes {
  /** {@code struct btrfs_ioctl_vol_args} and {@code …_v2} have this size. */
  private static final long SIZE = 4096;
  private static final long CREATE = 0x5000_9418L;
  private static final long SNAPSHOT = 0x5000_9417L;
  private static final long DESTROY = 0x5000_940FL;
  private static final long NAME = 8;
  private static final long NAME_V2 = 56;
  private static final long ROOT_INODE = 256;

  private Subvolumes() {
  }

  /** The root of a subvolume has always this number, and nothing else on a btrfs has it. */
  static boolean is(Path directory) throws IOException {
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && Files.getAttribute(directory, "unix:ino", LinkOption.NOFOLLOW_LINKS)
            .equals(ROOT_INODE)
        && Files.getFileStore(directory).type().equals("btrfs");
  }

  static void create(Path subvolume) throws IOException {
    try (Arena arena = Arena.ofConfined(); OpenFile parent = parent(subvolume)) {
      parent.control("BTRFS_IOC_SUBVOL_CREATE_V2", CREATE,
          argument(arena, 0, NAME_V2, subvolume));
    }
  }

  /** All files of one moment. Others may write meanwhile. */
  static void snapshot(Path source, Path target) throws IOException {
    try (Arena arena = Arena.ofConfined();
        OpenFile from = OpenFile.of(source);
        OpenFile parent = parent(target)) {
      parent.control("BTRFS_IOC_SNAP_CREATE_V2", SNAPSHOT,
          argument(arena, from.descriptor(), NAME_V2, target));
    }
  }

  /** With everything in it. An ordinary user may need the mount option user_subvol_rm_allowed. */
  static void destroy(Path subvolume) throws IOException {
    try (Arena arena = Arena.ofConfined(); OpenFile parent = parent(subvolume)) {
      parent.control("BTRFS_IOC_SNAP_DESTROY", DESTROY, argument(arena, 0, NAME, subvolume));
    }
  }

  private static OpenFile parent(Path path) throws IOException {
    return OpenFile.of(Objects.requireNonNull(path.toAbsolutePath().getParent()));
  }

  private static MemorySegment argument(Arena arena, long descriptor, long nameOffset, Path path) {
    MemorySegment argument = arena.allocate(SIZE, Long.BYTES);
    argument.set(ValueLayout.JAVA_LONG, 0, descriptor);
    byte[] name = String.valueOf(path.getFileName()).getBytes(StandardCharsets.UTF_8);
    if (name.length > 255) {
      throw new IllegalArgumentException("too long for a subvolume: " + path);
    }
    MemorySegment.copy(name, 0, argument, ValueLayout.JAVA_BYTE, nameOffset, name.length);
    return argument;
  }
}
