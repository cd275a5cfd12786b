-- The secret that all proxies of this catalog share: salts of logins follow from it, so that a name
-- that nobody has is answered like any other. Made here, once: 244 random bits, hashed.
create table reveille.shared_key (
  one boolean primary key default true check (one),
  key bytea not null check (octet_length(key) = 32)
);
revoke all on reveille.shared_key from public;
insert into reveille.shared_key (key)
  values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
