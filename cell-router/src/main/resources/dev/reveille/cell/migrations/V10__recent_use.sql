-- What was used lately is asked for by the console, which knows the rest.

create index database_use_recent on reveille.database_use (used_at);
