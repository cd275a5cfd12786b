package dev.reveille.proxy.sim;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.proxy.budget.Spent;
import dev.reveille.proxy.session.LimitFailure;
import dev.reveille.proxy.session.SessionEvent;
import dev.reveille.proxy.session.SessionEvent.SeatTaken;
import dev.reveille.proxy.session.SessionEvent.SlotTaken;
import dev.reveille.proxy.session.Slots;
import org.jspecify.annotations.Nullable;

/** What one session occupies: a seat of its credential's, a slot of its compute's. */
final class SimPlaces {
  private final SimSession session;
  private final SimProxy proxy;
  private @Nullable CredentialId seat;
  private Slots.@Nullable Claim slot;

  SimPlaces(SimSession session, SimProxy proxy) {
    this.session = session;
    this.proxy = proxy;
  }

  void takeSeat(Credential credential) {
    var spent = proxy.ledger.enter(credential.id(), credential.scope().limits());
    if (spent.isPresent()) {
      refuse(credential, spent.get());
    } else {
      seat = credential.id();
      session.tell(new SeatTaken());
    }
  }

  void checkSeat(Credential credential) {
    proxy.ledger.stays(credential.id(), credential.scope().limits())
        .ifPresent(spent -> refuse(credential, spent));
  }

  private void refuse(Credential credential, Spent spent) {
    session.tell(new SessionEvent.SeatRefused(
        new LimitFailure.BudgetSpent(credential.name(), spent)));
  }

  void leaveSeat() {
    if (seat != null) {
      proxy.ledger.leave(seat);
      seat = null;
    }
  }

  boolean isSeatOf(Credential credential) {
    return credential.id().equals(seat);
  }

  void takeSlot(int attempt, ComputeEndpoint endpoint) {
    slot = proxy.slots.claim(endpoint, () -> session.tell(new SlotTaken(attempt)));
  }

  void leaveSlot() {
    if (slot != null) {
      slot.release();
      slot = null;
    }
  }
}
