"""Whether the process answers, and whether it can work."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from portico.access.middleware import open_to_all


@open_to_all
def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "ok"})


@open_to_all
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, nothing is left to migrate and a worker was heard of lately; else 503."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) > 0 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
            )
            checks["worker"] = bool(cursor.fetchone()[0])
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass  # the answer says which check failed
    return JsonResponse(
        {"status": "ok" if all(checks.values()) else "waiting", **checks},
        status=200 if all(checks.values()) else 503,
    )
