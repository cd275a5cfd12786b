"""Alembic's environment: one connection, each migration in a transaction of its own."""

import os

import sqlalchemy
from alembic import context

url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
