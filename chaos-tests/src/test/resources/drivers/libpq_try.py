"""Connects once, by libpq, with the parameters given; prints what came of it as one line."""

import sys

import psycopg

try:
    with psycopg.connect(sys.argv[1], connect_timeout=20) as conn:
        row = conn.execute("select current_database()").fetchone()
        tls = conn.pgconn.ssl_in_use if hasattr(conn.pgconn, "ssl_in_use") else None
        print(f"row {row[0]} tls {tls}")
except psycopg.Error as e:
    print("refused: " + " ".join(str(e).split()))
