package dev.reveille.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlacementTest {
  private static CellLoad load(String id, CellState state, int capacity, int databases) {
    return new CellLoad(new Cell(new CellId(id), state, "local", capacity), databases);
  }

  @Test
  void only_active_cells_with_room_are_chosen() {
    List<CellLoad> none = List.of(load("full", CellState.ACTIVE, 5, 5),
        load("draining", CellState.DRAINING, 5, 0), load("down", CellState.DOWN, 5, 0));
    assertThat(Placement.choose(none, new Random(1))).isEmpty();
    assertThat(Placement.choose(List.of(), new Random(1))).isEmpty();

    List<CellLoad> one = new ArrayList<>(none);
    one.add(load("fit", CellState.ACTIVE, 5, 4));
    assertThat(Placement.choose(one, new Random(1))).contains(new CellId("fit"));
  }

  @Test
  void the_same_chance_gives_the_same_cell() {
    List<CellLoad> cells = List.of(load("a", CellState.ACTIVE, 5, 0),
        load("b", CellState.ACTIVE, 5, 0));
    for (long seed = 0; seed < 50; seed++) {
      assertThat(Placement.choose(cells, new Random(seed)))
          .isEqualTo(Placement.choose(cells, new Random(seed)));
    }
  }

  @Test
  void whatever_the_cells_are_they_fill_evenly_and_no_further() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Cell> cells = new ArrayList<>();
      int room = 0;
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        CellState state = random.nextInt(4) == 0 ? CellState.DRAINING : CellState.ACTIVE;
        Cell cell = new Cell(new CellId("c" + i), state, "local", 1 + random.nextInt(40));
        cells.add(cell);
        room += state == CellState.ACTIVE ? cell.capacity() : 0;
      }
      int[] databases = new int[cells.size()];

      for (int made = 0; made <= room; made++) {
        List<CellLoad> loads = new ArrayList<>();
        for (int i = 0; i < databases.length; i++) {
          loads.add(new CellLoad(cells.get(i), databases[i]));
        }
        Optional<CellId> chosen = Placement.choose(loads, random);
        assertThat(chosen.isPresent()).as("seed %s database %s", seed, made)
            .isEqualTo(made < room);
        if (chosen.isPresent()) {
          int index = Integer.parseInt(chosen.get().value().substring(1));
          CellLoad taken = loads.get(index);
          assertThat(loads).as("seed %s", seed)
              .noneMatch(other -> other.fit() && other.fill() < taken.fill());
          databases[index]++;
        }
      }
    }
  }

  @Test
  void proxies_that_look_at_the_same_moment_do_not_all_choose_the_same() {
    List<CellLoad> cells = List.of(load("a", CellState.ACTIVE, 100, 3),
        load("b", CellState.ACTIVE, 100, 3));
    int a = 0;
    for (long seed = 0; seed < 1000; seed++) {
      a += Placement.choose(cells, new Random(seed * 7919)).orElseThrow().value().equals("a")
          ? 1
          : 0;
    }
    assertThat(a).isBetween(400, 600);
  }
}
