-- What a branch began as, for as long as the branch is there: a checkpoint of a kind of its own.

alter table reveille.checkpoints
  drop constraint checkpoints_kind_check,
  add constraint checkpoints_kind_check check (kind in ('named', 'automatic', 'restore', 'base'));
