"""Logs in by OAUTHBEARER through libpq 18's own hook for tokens (PQsetAuthDataHook)."""
import ctypes
import glob
import os
import sys

import psycopg  # its wheel brings libpq and what that needs

site = os.path.dirname(os.path.dirname(psycopg.__file__))
pq = ctypes.CDLL(glob.glob(os.path.join(site, "psycopg_binary.libs", "libpq-*"))[0])


class Request(ctypes.Structure):  # PGoauthBearerRequest of libpq-fe.h
    _fields_ = [("configuration", ctypes.c_char_p), ("scope", ctypes.c_char_p),
                ("run", ctypes.c_void_p), ("cleanup", ctypes.c_void_p),
                ("token", ctypes.c_char_p), ("user", ctypes.c_void_p)]


HOOK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
token = os.environ["TOKEN"].encode()
asked = []


def hook(kind, connection, data):
    if kind != 1:  # PQAUTHDATA_OAUTH_BEARER_TOKEN
        return 0
    request = ctypes.cast(data, ctypes.POINTER(Request)).contents
    asked.append((request.configuration or b"").decode() + " " + (request.scope or b"").decode())
    request.token = token
    return 1


kept = HOOK(hook)
pq.PQsetAuthDataHook(kept)
for name in ("PQconnectdb", "PQexec"):
    getattr(pq, name).restype = ctypes.c_void_p
for name in ("PQerrorMessage", "PQgetvalue"):
    getattr(pq, name).restype = ctypes.c_char_p
connection = ctypes.c_void_p(pq.PQconnectdb(sys.argv[1].encode()))
if pq.PQstatus(connection) != 0:
    print("refused", pq.PQerrorMessage(connection).decode().strip())
else:
    rows = ctypes.c_void_p(pq.PQexec(connection, b"select session_user || ' ' || current_database()"))
    print("row", pq.PQgetvalue(rows, 0, 0).decode(), "after", asked)
pq.PQfinish(connection)
