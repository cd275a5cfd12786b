-- What a credential may do, its kind, and the one that it was narrowed from.

alter table reveille.credentials
  add column kind text not null default 'app' check (kind in ('agent', 'app')),
  add column parent_id uuid references reveille.credentials,
  -- Objects, addresses, limits, allowances; what is missing takes the default of the kind.
  add column scope jsonb not null default '{}' check (jsonb_typeof(scope) = 'object'),
  drop constraint credentials_verifiers_check,
  add constraint credentials_verifiers_check check (cardinality(verifiers) <= 2);
create index credentials_parent on reveille.credentials (parent_id) where parent_id is not null;

-- Every credential ends some day.
update reveille.credentials set expires_at = created_at + interval '90 days'
  where expires_at is null;
alter table reveille.credentials alter column expires_at set not null;

-- A credential and all that were narrowed from it, from the widest down.
create function reveille.credential_tree(root uuid)
returns table (id uuid, parent_id uuid, depth integer) language sql stable as $$
  with recursive tree as (
    select c.id, c.parent_id, 0 as depth from reveille.credentials c where c.id = root
    union all
    select c.id, c.parent_id, t.depth + 1
      from reveille.credentials c join tree t on c.parent_id = t.id)
  select tree.id, tree.parent_id, tree.depth from tree order by tree.depth
$$;
