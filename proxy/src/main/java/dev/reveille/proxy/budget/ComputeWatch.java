package dev.reveille.proxy.budget;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;

/** Told of computes that come. Any thread; must not block. */
public interface ComputeWatch {
  /** Its compute may be started now. */
  void belongs(Route route);

  /** It was started; told once or more for each epoch. */
  void started(Route route, long epoch);

  /** It will be started no more. */
  void dropped(DatabaseId database);

  /** Nobody looks. */
  ComputeWatch NOBODY = new ComputeWatch() {
    @Override
    public void belongs(Route route) {
    }

    @Override
    public void started(Route route, long epoch) {
    }

    @Override
    public void dropped(DatabaseId database) {
    }
  };
}
