package dev.reveille.compute.clone;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * A file or directory opened by {@code open(2)}, for the calls that the JDK does not make:
 * {@code ioctl(2)}, {@code flock(2)} and {@code syncfs(2)}. For one thread; a call holds its thread, which should be
 * none that others need.
 */
public final class OpenFile implements AutoCloseable {
  private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;
  private static final int LOCK_SHARED_NOW = 1 | 4;
  private static final int LOCK_ALONE_NOW = 2 | 4;
  private static final int WOULD_BLOCK = 11;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE
      .varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN = function("open",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
      Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL = function("ioctl",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS),
      Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FLOCK = function("flock",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle SYNCFS = function("syncfs",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE = function("close",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final Path path;
  private final int descriptor;
  private boolean closed;

  private OpenFile(Path path, int descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  @SuppressWarnings("restricted") // native access is enabled for the class path by the launcher
  private static MethodHandle function(String name, FunctionDescriptor descriptor,
      Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, all);
  }

  /** Opens it for reading. */
  public static OpenFile of(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int descriptor = (int) OPEN.invokeExact(state,
          arena.allocateFrom(path.toAbsolutePath().toString()), READ_ONLY_CLOSE_ON_EXEC);
      if (descriptor < 0) {
        throw failure("open", path, state);
      }
      return new OpenFile(path, descriptor);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("open(2) cannot be called", e);
    }
  }

  int descriptor() {
    return descriptor;
  }

  /** @param what the request's name, for the message */
  void control(String what, long request, MemorySegment argument) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) IOCTL.invokeExact(state, descriptor, request, argument);
      if (result < 0) {
        throw failure(what, path, state);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("ioctl(2) cannot be called", e);
    }
  }

  /**
   * Locks the file against those who lock it by {@code flock(2)}, until this is closed.
   *
   * @param alone whether nobody else may hold it, or others may share it
   * @return whether that could be had at once
   */
  public boolean lock(boolean alone) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) FLOCK.invokeExact(state, descriptor,
          alone ? LOCK_ALONE_NOW : LOCK_SHARED_NOW);
      if (result < 0 && (int) ERRNO.get(state, 0L) != WOULD_BLOCK) {
        throw failure("flock", path, state);
      }
      return result == 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("flock(2) cannot be called", e);
    }
  }

  /** Makes everything on the file system of a directory durable. */
  static void syncFileSystem(Path directory) throws IOException {
    try (Arena arena = Arena.ofConfined(); OpenFile open = of(directory)) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) SYNCFS.invokeExact(state, open.descriptor);
      if (result < 0) {
        throw failure("syncfs", directory, state);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("syncfs(2) cannot be called", e);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(arena.allocate(STATE), descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("close(2) cannot be called", e);
    }
  }

  private static IOException failure(String what, Path path, MemorySegment state) {
    return new IOException(
        what + " failed on " + path + " with error " + (int) ERRNO.get(state, 0L));
  }
}
