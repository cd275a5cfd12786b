package dev.reveille.compute;

import java.time.Instant;

/**
 * Leave to start a compute. It is asked for only where a start is needed, and only one of those who
 * wait for a start spends it: a wake that joins another, or finds the compute awake, costs nothing.
 *
 * <p>Any thread; no method blocks.
 */
public interface StartPermit {
  /** Takes leave for one start, if there is any left. */
  boolean take();

  /** Gives back what was taken, because nothing was started for it. */
  void giveBack();

  /** When there may be leave again; asked after {@link #take} was refused. */
  Instant again();

  /** Why {@link #take} was refused; asked after that. */
  default StartRefusal refusal() {
    return new StartRefusal.Until(again());
  }

  /** For an operator, who needs no leave. */
  StartPermit ALWAYS = new StartPermit() {
    @Override
    public boolean take() {
      return true;
    }

    @Override
    public void giveBack() {
    }

    @Override
    public Instant again() {
      return Instant.EPOCH;
    }
  };
}
