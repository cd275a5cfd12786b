"""Looks, creates, looks, drops and looks, as an application's tests do. The URL is the argument."""

import sys

from sqlalchemy import create_engine, text
from sqlalchemy_utils import create_database, database_exists, drop_database

url = sys.argv[1]
assert not database_exists(url)
create_database(url)
assert database_exists(url)
engine = create_engine(url)
with engine.connect() as connection:
    connection.execute(text("create table t (n int)"))
    connection.commit()
engine.dispose()  # while a connection is open, Postgres refuses to drop its database
drop_database(url)
assert not database_exists(url)
